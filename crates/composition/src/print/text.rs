//! Strings and descriptions in GraphQL syntax.

use std::fmt::Write as _;

/// `value` as a quoted GraphQL string.
pub(super) fn string(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 2);
    out.push('"');
    for c in value.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() && u32::from(c) <= 0xFFFF => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Writes a description before what it describes: a block string where that says the same.
pub(super) fn description(out: &mut String, indent: &str, text: Option<&str>) {
    let Some(text) = text else { return };
    if !fits_block(text) {
        let _ = writeln!(out, "{indent}{}", string(text));
        return;
    }
    let _ = writeln!(out, "{indent}\"\"\"");
    for line in text.split('\n') {
        if line.is_empty() {
            out.push('\n');
        } else {
            let _ = writeln!(out, "{indent}{}", line.replace("\"\"\"", "\\\"\"\""));
        }
    }
    let _ = writeln!(out, "{indent}\"\"\"");
}

/// Block strings lose outer blank lines, common indentation and control characters (GraphQL, `BlockStringValue()`).
fn fits_block(text: &str) -> bool {
    let blank = |line: Option<&str>| line.is_none_or(|line| line.trim_matches([' ', '\t']).is_empty());
    let mut lines = text.split('\n');
    let first_blank = blank(text.split('\n').next());
    let last_blank = blank(text.split('\n').next_back());
    let flush = lines.any(|line| !line.is_empty() && !line.starts_with([' ', '\t']));
    !first_blank && !last_blank && flush && !text.chars().any(|c| c.is_control() && c != '\n' && c != '\t')
}
