//! Stage 5: every query that the supergraph allows can be answered.
//!
//! A walk over states: an object type together with the *positions* at which its value is known, each a (subgraph, type there,
//! what `@provides` makes visible). From the roots, a state is first closed under key jumps; then each field of the type must be
//! resolvable at some position, and the positions of its value make the next state. More positions never resolve less, so a state
//! that contains a visited one is not visited again.

mod closure;
mod contexts;
mod explain;
mod graph;
mod labels;
mod position;
mod runtime_types;
mod walk;

use std::collections::HashSet;

use crate::error::{CompositionError, ErrorCode};
use crate::hint::Hint;
use crate::model::SubgraphSchema;
use crate::supergraph::Supergraph;
use graph::Graph;
use labels::LabelState;
use walk::{Findings, Walk};

/// Steps of the search (field look-ups and key checks); a supergraph of thousands of types takes some 100,000.
const BUDGET: usize = 5_000_000;

/// Steps for the states in which some labels of progressive overrides are on and some off, all together.
const MIXED_BUDGET: usize = 5_000_000;

/// Finds fields that a query can ask for and no plan can fetch.
///
/// With progressive overrides, all labels off and all labels on are checked in full; after them the mixed states, those in which
/// fewest labels differ first, as far as their budget goes.
pub(crate) fn check(
    subgraphs: &[SubgraphSchema],
    supergraph: &Supergraph,
) -> Result<Vec<Hint>, Vec<CompositionError>> {
    let mut hints = Vec::new();
    let mut mixed = MIXED_BUDGET;
    for (index, labels) in LabelState::all(&supergraph.overrides.labels()).into_iter().enumerate() {
        let is_uniform = index < 2;
        let (found, steps_left) =
            check_with(subgraphs, supergraph, labels, if is_uniform { BUDGET } else { mixed });
        let is_exhausted = steps_left == 0;
        if !is_uniform {
            mixed = steps_left;
        }
        if !found.errors.is_empty() {
            return Err(found.errors);
        }
        hints.extend(found.hints);
        if is_exhausted && is_uniform {
            return Err(vec![CompositionError::new(
                ErrorCode::MaxValidationSubgraphPathsExceeded,
                format!("The supergraph has too many paths to check all of them (more than {BUDGET} steps)."),
            )]);
        }
        if is_exhausted {
            break;
        }
    }
    let mut seen = HashSet::new();
    hints.retain(|hint| seen.insert(hint.clone()));
    Ok(hints)
}

/// What is found with the labels as given, and how many of `budget` steps are left.
fn check_with(
    subgraphs: &[SubgraphSchema],
    supergraph: &Supergraph,
    labels: LabelState<'_>,
    budget: usize,
) -> (Findings, usize) {
    let graph = Graph::new(subgraphs, supergraph, labels);
    let mut walk = Walk::new(&graph, budget);
    walk.run();
    (walk.into_findings(), graph.steps_left())
}
