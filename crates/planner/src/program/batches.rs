//! Which entity steps of a request share an `_entities` field.

use std::collections::BTreeSet;

use super::graph::Group;
use crate::model::Model;
use crate::search::{Contextual, Entry, NodeId, PosId, RequiredField, State, clash};

/// The entity steps of a request, by position, in the order of their first step.
pub(super) fn batches(model: &Model, state: &State, group: &Group) -> Vec<(PosId, Vec<NodeId>)> {
    let mut batches: Vec<(PosId, Vec<NodeId>)> = Vec::new();
    for step in &group.steps {
        let node = state.step(*step).node;
        let pos = state.node(node).pos;
        let fits = |batch: &&mut (PosId, Vec<NodeId>)| {
            batch.0 == pos && batch.1.iter().all(|other| can_share(model, state, node, *other))
        };
        match batches.iter_mut().find(fits) {
            Some((_, nodes)) => nodes.push(node),
            None => batches.push((pos, vec![node])),
        }
    }
    batches
}

/// Whether one representation can serve both entity steps at one place.
fn can_share(model: &Model, state: &State, a: NodeId, b: NodeId) -> bool {
    let entity = |id: NodeId| state.step(state.node(id).step).entity.as_ref();
    let nodes = (a, b);
    let (Some(a), Some(b)) = (entity(a), entity(b)) else { return false };
    if !same_values(&a.contexts, &b.contexts) {
        return false;
    }
    if a.object == b.object {
        return a.ty == b.ty && a.key == b.key && !clash(&a.fields, &b.fields);
    }
    // One representation for each object: those of an interface would take the place of those of its implementations.
    if model.is_abstract(a.object) != model.is_abstract(b.object) {
        return false;
    }
    // Under one type name everything selected is asked of all the objects.
    a.ty != b.ty || (names(&a.fields) == names(&b.fields) && same_selections(state, nodes.0, nodes.1))
}

/// Whether both take the same values from contexts.
fn same_values(a: &[Contextual], b: &[Contextual]) -> bool {
    let has = |all: &[Contextual], one: &Contextual| all.iter().any(|other| other.value == one.value);
    a.len() == b.len() && a.iter().all(|one| has(b, one))
}

fn names(fields: &[RequiredField]) -> BTreeSet<&str> {
    fields.iter().map(|f| f.name.as_str()).collect()
}

fn same_selections(state: &State, a: NodeId, b: NodeId) -> bool {
    let (a, b) = (&state.node(a).entries, &state.node(b).entries);
    let covers = |x: &[Entry], y: &[Entry]| {
        x.iter().all(|e| {
            y.iter().any(|f| {
                e.slot == f.slot
                    && match (e.child, f.child) {
                        (None, None) => true,
                        (Some(e), Some(f)) => same_selections(state, e, f),
                        _ => false,
                    }
            })
        })
    };
    covers(a, b) && covers(b, a)
}
