//! Implementations have all that their interfaces promise, after merging.

use apollo_compiler::Name;

use crate::error::{CompositionError, ErrorCode};
use crate::supergraph::{GraphIndex, MergedComposite, MergedType, Supergraph};

/// Checks every type against every interface it implements.
pub(super) fn check(supergraph: &Supergraph) -> Vec<CompositionError> {
    let mut errors = Vec::new();
    for ty in supergraph.types.values() {
        let Some(composite) = ty.kind.composite() else { continue };
        for interface in composite.interfaces.keys() {
            let Some(promised) = supergraph.types.get(interface).and_then(|ty| ty.kind.composite()) else {
                continue;
            };
            check_one(supergraph, (ty, composite), (interface, promised), &mut errors);
        }
    }
    errors
}

fn check_one(
    supergraph: &Supergraph,
    (ty, composite): (&MergedType, &MergedComposite),
    (interface, promised): (&Name, &MergedComposite),
    errors: &mut Vec<CompositionError>,
) {
    for field in promised.fields.values() {
        if composite.fields.contains_key(&field.name) {
            continue;
        }
        let with = names(supergraph, field.joins.iter().filter_map(|join| join.graph));
        let by = names(supergraph, composite.interfaces.get(interface).into_iter().flatten().copied());
        let declared = if with.is_empty() { String::new() } else { format!(" (declared in {with})") };
        errors.push(
            CompositionError::new(
                ErrorCode::InterfaceFieldNoImplem,
                format!(
                    "Interface field \"{interface}.{}\"{declared} is not implemented by the type \"{}\", which implements \
                     \"{interface}\" in {by}: add the field there, or to another subgraph.",
                    field.name, ty.name
                ),
            )
            .at(format!("{}.{}", ty.name, field.name)),
        );
    }
}

fn names(supergraph: &Supergraph, graphs: impl Iterator<Item = GraphIndex>) -> String {
    let names: Vec<String> = graphs
        .filter_map(|graph| supergraph.graphs.get(graph))
        .map(|graph| format!("\"{}\"", graph.name))
        .collect();
    names.join(", ")
}
