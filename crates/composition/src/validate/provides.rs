//! `@provides`.

use super::selection::walk;
use crate::error::{CompositionError, ErrorCode};
use crate::model::{FieldDef, SubgraphSchema, TypeDef, TypeKind};

pub(super) fn check(
    subgraph: &SubgraphSchema,
    def: &TypeDef,
    field: &FieldDef,
    errors: &mut Vec<CompositionError>,
) {
    let Some(set) = &field.provides else { return };
    let coordinate = format!("{}.{}", def.name, field.name);
    let mut fail = |code, message: String| {
        let message = format!("On field \"{coordinate}\", for @provides(fields: \"{set}\"): {message}.");
        errors.push(subgraph.error(code, coordinate.as_str(), field.location, message));
    };
    if matches!(def.kind, TypeKind::Interface(_)) {
        fail(
            ErrorCode::ProvidesUnsupportedOnInterface,
            "@provides is not supported on interface fields".to_owned(),
        );
        return;
    }
    let target = field.ty.inner_named_type();
    if !subgraph.types.get(target).is_some_and(TypeDef::is_composite) {
        let message = format!("the field is a \"{}\", which has no fields to provide", field.ty);
        fail(ErrorCode::ProvidesOnNonObjectField, message);
        return;
    }
    let mut found = Vec::new();
    let walked = walk(subgraph, target, set, &mut |visit| {
        let own = format!("{}.{}", visit.parent.name, visit.field.name);
        if visit.has_arguments {
            found.push((
                ErrorCode::ProvidesFieldsHasArgs,
                format!("field \"{own}\" has arguments, which a @provides cannot give"),
            ));
        } else if visit.is_leaf && !visit.under_external && !subgraph.is_v1 && !visit.field.uses.key {
            found.push((
                ErrorCode::ProvidesFieldsMissingExternal,
                format!("field \"{own}\" is resolved by this subgraph anyway (it is not marked @external)"),
            ));
        }
    });
    if let Err(why) = walked {
        found.push((ErrorCode::ProvidesInvalidFields, why));
    }
    for (code, message) in found {
        fail(code, message);
    }
}
