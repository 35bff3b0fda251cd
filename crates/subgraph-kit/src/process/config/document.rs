//! The defaults as a commented file. Each subgraph configures something else, so the file is made of the JSON Schema,
//! whose descriptions are the documentation in the code: defaults and documentation can't drift apart.

use std::path::Path;

use serde_json::{Map, Value};

use super::super::Program;
use super::ProcessConfig;

/// Every key with its default, and above it what it is.
pub(super) fn commented<P: Program>() -> String {
    let schema = schemars::schema_for!(ProcessConfig<P::Config>).to_value();
    let defaults = serde_json::to_value(ProcessConfig::of::<P>(Path::new("data"))).unwrap_or(Value::Null);
    let mut text = format!(
        "# The configuration of the {} subgraph: every key with its default. What is not set stays as it is here.\n\
         # The environment goes before the file: TRIBUTARY_SUBGRAPH__TELEMETRY__FILTER=debug sets telemetry.filter.\n",
        P::NAME
    );
    if let Value::Object(defaults) = &defaults {
        table(&mut text, &schema, &schema, "", defaults);
    }
    text
}

/// The keys of one table, then the tables within it.
fn table(text: &mut String, root: &Value, schema: &Value, path: &str, defaults: &Map<String, Value>) {
    for (key, default) in defaults.iter().filter(|(_, default)| !default.is_object()) {
        let property = schema.pointer(&format!("/properties/{key}")).unwrap_or(&Value::Null);
        text.push('\n');
        comment(text, property);
        match toml::Value::try_from(default) {
            Ok(value) => text.push_str(&format!("{key} = {value}\n")),
            // Nothing: TOML has no word for it.
            Err(_) => text.push_str(&format!("# {key} =\n")),
        }
    }
    for (key, default) in defaults {
        let Value::Object(defaults) = default else { continue };
        let property = schema.pointer(&format!("/properties/{key}")).unwrap_or(&Value::Null);
        let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        text.push('\n');
        comment(text, property);
        text.push_str(&format!("[{path}]\n"));
        table(text, root, resolved(root, property), &path, defaults);
    }
}

fn comment(text: &mut String, property: &Value) {
    let description = property.get("description").and_then(Value::as_str).unwrap_or_default();
    for line in description.lines() {
        text.push_str(&format!("# {line}\n"));
    }
}

/// What `$ref` points at.
fn resolved<'a>(root: &'a Value, property: &'a Value) -> &'a Value {
    property
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|reference| reference.strip_prefix('#'))
        .and_then(|pointer| root.pointer(pointer))
        .unwrap_or(property)
}
