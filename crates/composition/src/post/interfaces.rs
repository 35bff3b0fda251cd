//! Implementations have all that their interfaces promise, after merging.

use apollo_compiler::Name;

use crate::error::{CompositionError, ErrorCode};
use crate::supergraph::{GraphIndex, MergedComposite, MergedKind, MergedType, Supergraph};

/// Checks every type against every interface it implements.
pub(super) fn check(supergraph: &Supergraph) -> Vec<CompositionError> {
    let mut errors = Vec::new();
    for ty in supergraph.types.values() {
        if matches!(ty.kind, MergedKind::Interface(_)) {
            check_entity(supergraph, ty, &mut errors);
        }
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

/// Whoever resolves an interface by key knows all implementations; whoever has it as an `@interfaceObject` knows none.
fn check_entity(supergraph: &Supergraph, ty: &MergedType, errors: &mut Vec<CompositionError>) {
    let implementations = supergraph.possible_types(&ty.name);
    for (index, graph) in supergraph.graphs.iter().enumerate() {
        let mut joins = ty.joins.iter().filter(|join| join.graph == index);
        let knows = |name: &&&Name| {
            supergraph.types.get(**name).is_some_and(|ty| ty.joins.iter().any(|join| join.graph == index))
        };
        let implements = |name: &&&Name| {
            let object = supergraph.types.get(**name).and_then(|object| object.kind.composite());
            object.and_then(|object| object.interfaces.get(&ty.name)).is_some_and(|by| by.contains(&index))
        };
        let list = |names: Vec<&&Name>| {
            names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
        };
        let mut fail = |code, message: String| {
            errors.push(
                CompositionError::new(code, message).in_subgraph(graph.name.as_str()).at(ty.name.as_str()),
            );
        };
        if joins.clone().any(|join| join.is_interface_object) {
            let present: Vec<&&Name> = implementations.iter().filter(knows).collect();
            if !present.is_empty() {
                let message = format!(
                    "Interface type \"{}\" is defined as an @interfaceObject in subgraph \"{}\", so that subgraph should not \
                     define any of its implementation types, but it defines {}.",
                    ty.name,
                    graph.name,
                    list(present)
                );
                fail(ErrorCode::InterfaceObjectUsageError, message);
            }
        } else if let Some(key) = joins.find_map(|join| join.key.as_ref().filter(|_| join.resolvable)) {
            let unknown: Vec<&&Name> = implementations.iter().filter(|name| !implements(name)).collect();
            if !unknown.is_empty() {
                let message = format!(
                    "Interface type \"{}\" has a resolvable key (@key(fields: \"{key}\")) in subgraph \"{}\", but that \
                     subgraph does not define all its implementations as such: {} must be there, and implement it.",
                    ty.name,
                    graph.name,
                    list(unknown)
                );
                fail(ErrorCode::InterfaceKeyMissingImplementationType, message);
            }
        }
    }
}

fn names(supergraph: &Supergraph, graphs: impl Iterator<Item = GraphIndex>) -> String {
    let names: Vec<String> = graphs
        .filter_map(|graph| supergraph.graphs.get(graph))
        .map(|graph| format!("\"{}\"", graph.name))
        .collect();
    names.join(", ")
}
