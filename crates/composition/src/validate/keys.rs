//! `@key`.

use super::selection::walk;
use crate::error::{CompositionError, ErrorCode};
use crate::model::{SubgraphSchema, TypeDef, TypeKind};

/// Keys on interfaces came with v2.3.
const MINOR_OF_INTERFACE_KEYS: u32 = 3;

pub(super) fn check(subgraph: &SubgraphSchema, def: &TypeDef, errors: &mut Vec<CompositionError>) {
    for key in &def.keys {
        let directive = format!("@key(fields: \"{}\")", key.fields);
        let mut fail = |code, message: String| {
            let message = format!("On type \"{}\", for {directive}: {message}.", def.name);
            errors.push(subgraph.error(code, def.name.as_str(), key.location, message));
        };
        let mut found = Vec::new();
        if matches!(def.kind, TypeKind::Interface(_)) && subgraph.minor < MINOR_OF_INTERFACE_KEYS {
            found.push((
                ErrorCode::KeyUnsupportedOnInterface,
                format!(
                    "an interface can have a @key from federation v2.3 on, and v2.{} is linked",
                    subgraph.minor
                ),
            ));
        }
        let walked = walk(subgraph, &def.name, &key.fields, &mut |visit| {
            let coordinate = format!("{}.{}", visit.parent.name, visit.field.name);
            if visit.has_arguments {
                found.push((
                    ErrorCode::KeyFieldsHasArgs,
                    format!("field \"{coordinate}\" has arguments, which a @key cannot give"),
                ));
            }
            let target = subgraph.types.get(visit.field.ty.inner_named_type());
            if target.is_some_and(TypeDef::is_abstract) && !subgraph.is_v1 {
                found.push((
                    ErrorCode::KeyFieldsSelectInvalidType,
                    format!("field \"{coordinate}\" is a union or interface, which a @key cannot select"),
                ));
            }
        });
        if let Err(why) = walked {
            found.push((ErrorCode::KeyInvalidFields, why));
        }
        for (code, message) in found {
            fail(code, message);
        }
    }
}
