//! `@requires`.

use super::selection::walk;
use crate::error::{CompositionError, ErrorCode};
use crate::model::{FieldDef, SubgraphSchema, TypeDef, TypeKind};

pub(super) fn check(
    subgraph: &SubgraphSchema,
    def: &TypeDef,
    field: &FieldDef,
    errors: &mut Vec<CompositionError>,
) {
    let Some(set) = &field.requires else { return };
    let coordinate = format!("{}.{}", def.name, field.name);
    let mut fail = |code, message: String| {
        let message = format!("On field \"{coordinate}\", for @requires(fields: \"{set}\"): {message}.");
        errors.push(subgraph.error(code, coordinate.as_str(), field.location, message));
    };
    if matches!(def.kind, TypeKind::Interface(_)) {
        fail(
            ErrorCode::RequiresUnsupportedOnInterface,
            "@requires is not supported on interface fields".to_owned(),
        );
        return;
    }
    let mut here = Vec::new();
    let walked = walk(subgraph, &def.name, set, &mut |visit| {
        if visit.is_leaf && !visit.under_external {
            here.push(format!("{}.{}", visit.parent.name, visit.field.name));
        }
    });
    if let Err(why) = walked {
        fail(ErrorCode::RequiresInvalidFields, why);
        return;
    }
    // v1 allowed to require what the subgraph has anyway.
    if subgraph.is_v1 {
        return;
    }
    for own in here {
        fail(
            ErrorCode::RequiresFieldsMissingExternal,
            format!("field \"{own}\" is resolved by this subgraph itself (it is not marked @external)"),
        );
    }
}
