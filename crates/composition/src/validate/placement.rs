//! Directives on fields where they have no meaning.

use crate::error::{CompositionError, ErrorCode};
use crate::model::{FieldDef, SubgraphSchema, TypeDef, TypeKind};

pub(super) fn check(
    subgraph: &SubgraphSchema,
    def: &TypeDef,
    field: &FieldDef,
    errors: &mut Vec<CompositionError>,
) {
    let coordinate = format!("{}.{}", def.name, field.name);
    let is_interface = matches!(def.kind, TypeKind::Interface(_));
    let mut fail = |code, message: String| {
        errors.push(subgraph.error(code, coordinate.as_str(), field.location, message));
    };
    // Key fields count as shareable, in interfaces too: only what was written can be wrong.
    if is_interface && field.shareable && !field.uses.key && !subgraph.is_v1 {
        fail(
            ErrorCode::InvalidShareableUsage,
            format!(
                "Invalid use of @shareable on field \"{coordinate}\": only object type fields can be marked with @shareable."
            ),
        );
    }
    if def.name == "Subscription" && field.shareable && !subgraph.is_v1 {
        fail(
            ErrorCode::InvalidShareableUsage,
            format!(
                "Fields on root level subscription object cannot be marked as @shareable: \"{coordinate}\"."
            ),
        );
    }
    let Some(rule) = &field.overrides else { return };
    if is_interface {
        fail(
            ErrorCode::OverrideOnInterface,
            format!(
                "@override cannot be used on field \"{coordinate}\": it is not supported on interface fields."
            ),
        );
    }
    if let Some(label) = rule.label.as_deref().filter(|label| !is_label(label)) {
        fail(
            ErrorCode::OverrideLabelInvalid,
            format!(
                "Invalid @override label \"{label}\" on \"{coordinate}\": a label starts with a letter and contains letters, \
                 digits and \"_-:./\" only, or is \"percent(x)\" with x from 0 to 100."
            ),
        );
    }
}

fn is_label(label: &str) -> bool {
    if let Some(percent) = label.strip_prefix("percent(").and_then(|rest| rest.strip_suffix(')')) {
        let digits = percent.chars().all(|c| c.is_ascii_digit() || c == '.');
        return digits && percent.parse::<f64>().is_ok_and(|value| (0.0..=100.0).contains(&value));
    }
    label.starts_with(|c: char| c.is_ascii_alphabetic())
        && label.chars().all(|c| c.is_ascii_alphanumeric() || "_-:./".contains(c))
}
