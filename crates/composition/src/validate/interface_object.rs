//! `@interfaceObject`, and keys on interfaces.

use crate::error::{CompositionError, ErrorCode};
use crate::model::{SubgraphSchema, TypeDef, TypeKind};

pub(super) fn check(subgraph: &SubgraphSchema, def: &TypeDef, errors: &mut Vec<CompositionError>) {
    if def.is_interface_object && def.keys.is_empty() {
        errors.push(subgraph.error(
            ErrorCode::InterfaceObjectUsageError,
            def.name.as_str(),
            def.location,
            format!(
                "The @interfaceObject directive can only be applied to entity types but type \"{}\" has no @key in this subgraph.",
                def.name
            ),
        ));
    }
    if !matches!(def.kind, TypeKind::Interface(_)) {
        return;
    }
    for key in &def.keys {
        for name in subgraph.possible_types(&def.name) {
            let Some(object) = subgraph.types.get(&name) else { continue };
            let own = object.keys.iter().find(|own| own.fields.sorted() == key.fields.sorted());
            if own.is_some_and(|own| own.resolvable || !key.resolvable) {
                continue;
            }
            errors.push(subgraph.error(
                ErrorCode::InterfaceKeyNotOnImplementation,
                name.as_str(),
                object.location,
                format!(
                    "Key \"{}\" on interface \"{}\" is missing on the implementation type \"{name}\".",
                    key.fields, def.name
                ),
            ));
        }
    }
}
