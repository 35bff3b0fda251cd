//! `@external`.

use crate::error::{CompositionError, ErrorCode};
use crate::model::{FieldDef, SubgraphSchema, TypeDef, TypeKind};

pub(super) fn check(
    subgraph: &SubgraphSchema,
    def: &TypeDef,
    field: &FieldDef,
    errors: &mut Vec<CompositionError>,
) {
    if !field.external {
        return;
    }
    let coordinate = format!("{}.{}", def.name, field.name);
    let mut fail = |code, message: String| {
        errors.push(subgraph.error(code, coordinate.as_str(), field.location, message));
    };
    if matches!(def.kind, TypeKind::Interface(_)) {
        fail(
            ErrorCode::ExternalOnInterface,
            format!(
                "Interface field \"{coordinate}\" is marked @external, but @external is not allowed on interface fields."
            ),
        );
        return;
    }
    for (collides, directive) in
        [(field.requires.is_some(), "@requires"), (field.provides.is_some(), "@provides")]
    {
        if collides && !subgraph.is_v1 {
            fail(
                ErrorCode::ExternalCollisionWithAnotherDirective,
                format!(
                    "Field \"{coordinate}\" cannot be @external and have {directive}: this subgraph does not resolve it."
                ),
            );
        }
    }
    if !subgraph.is_v1 && !field.annotations.is_empty() {
        fail(
            ErrorCode::MergedDirectiveApplicationOnExternal,
            format!(
                "Field \"{coordinate}\" is @external, so directives that the supergraph takes over (@tag, @inaccessible, …) must \
                 stand where it is resolved."
            ),
        );
    }
    let used = field.uses.any() || implements_interface(subgraph, def, field);
    if !used && !subgraph.is_v1 {
        fail(
            ErrorCode::ExternalUnused,
            format!(
                "Field \"{coordinate}\" is marked @external but is not used in any federation directive (@key, @provides, \
                 @requires) or to satisfy an interface; the field declaration has no use and should be removed (or the field \
                 should not be @external)."
            ),
        );
    }
}

fn implements_interface(subgraph: &SubgraphSchema, def: &TypeDef, field: &FieldDef) -> bool {
    def.composite()
        .into_iter()
        .flat_map(|composite| &composite.interfaces)
        .any(|interface| subgraph.field(interface, &field.name).is_some())
}
