//! A shared field of abstract type: all its subgraphs must be able to return one and the same object.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use apollo_compiler::Name;

use super::explain;
use super::graph::Graph;
use super::position::Positions;
use super::walk::{Findings, Step};
use crate::error::{CompositionError, ErrorCode};
use crate::hint::{Hint, HintCode};
use crate::supergraph::{GraphIndex, MergedField};

/// The object types that each subgraph can return for one field; not all the same.
pub(super) struct RuntimeTypes<'a> {
    object: &'a Name,
    by_graph: BTreeMap<GraphIndex, BTreeSet<&'a Name>>,
}

/// Compares what the subgraphs that resolve `field` of `object` can return; `values` are the positions of its value.
pub(super) fn differ<'a>(
    graph: &Graph<'a>,
    object: &'a Name,
    field: &'a MergedField,
    values: &Positions,
) -> Option<RuntimeTypes<'a>> {
    let target = field.ty.inner_named_type();
    let all = graph.objects(target);
    if all.is_empty() || all == [target] {
        return None;
    }
    let mut by_graph: BTreeMap<GraphIndex, BTreeSet<&'a Name>> = BTreeMap::new();
    for position in values {
        // Behind an interface object can be any implementation.
        if !graph.is_interface_object(position) {
            let possible = all.iter().copied().filter(|object| graph.can_be(position, object));
            by_graph.entry(position.graph).or_default().extend(possible);
        }
    }
    let mut sets = by_graph.values();
    let first = sets.next()?;
    sets.any(|set| set != first).then_some(RuntimeTypes { object, by_graph })
}

impl RuntimeTypes<'_> {
    /// An error if the subgraphs have no type in common, otherwise a hint.
    pub(super) fn report(
        &self,
        graph: &Graph<'_>,
        (steps, step): (&[Step<'_>], usize),
        field: &MergedField,
        findings: &mut Findings,
    ) {
        let coordinate = format!("{}.{}", self.object, field.name);
        let mut listed = String::new();
        for (index, types) in &self.by_graph {
            let names: Vec<String> = types.iter().map(|name| format!("\"{name}\"")).collect();
            let _ =
                write!(listed, "\n- in subgraph \"{}\": {}", graph.subgraph_name(*index), names.join(", "));
        }
        let mut sets = self.by_graph.values().cloned();
        let common = sets.next().map(|first| sets.fold(first, |common, set| &common & &set));
        if common.is_some_and(|common| !common.is_empty()) {
            let types = listed.replace("\n- ", "; ");
            let message = format!(
                "The subgraphs that share the field can return different types{types}: all must resolve the same object for \
                 the same query."
            );
            let code = HintCode::InconsistentRuntimeTypesForShareableReturn;
            findings.hints.push(Hint::new(code, coordinate, message));
            return;
        }
        let message = format!(
            "For the following supergraph API query:\n{}the shared field \"{coordinate}\" of type \"{}\" has no runtime type \
             that all its subgraphs can return:{listed}\nA shared field must resolve the same way in all subgraphs, and here it \
             cannot.",
            explain::query(graph, steps, step, field),
            field.ty.inner_named_type(),
        );
        let code = ErrorCode::ShareableHasMismatchedRuntimeTypes;
        findings.errors.push(CompositionError::new(code, message).at(coordinate));
    }
}
