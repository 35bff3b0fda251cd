use super::Value;

/// Appends the value's JSON text.
pub(crate) fn write_value(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null | Value::Lost(_) => out.extend_from_slice(b"null"),
        Value::Leaf(text) => out.extend_from_slice(text),
        Value::List(items) => {
            out.push(b'[');
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    out.push(b',');
                }
                write_value(out, item);
            }
            out.push(b']');
        }
        Value::Object(object) => {
            out.push(b'{');
            for (place, (key, value)) in object.iter().enumerate() {
                if place > 0 {
                    out.push(b',');
                }
                write_string(out, &String::from_utf8_lossy(key));
                out.push(b':');
                write_value(out, value);
            }
            out.push(b'}');
        }
    }
}

/// Appends text as a JSON string.
pub(crate) fn write_string(out: &mut Vec<u8>, text: &str) {
    let plain = text.bytes().all(|byte| byte >= 0x20 && byte != b'"' && byte != b'\\');
    if plain {
        out.push(b'"');
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
    } else {
        // Writing a string into memory does not fail.
        let _ = serde_json::to_writer(out, text);
    }
}
