//! Stage 5: every query that the supergraph allows can be answered.
//!
//! A walk over states: an object type together with the *positions* at which its value is known, each a (subgraph, type there,
//! what `@provides` makes visible). From the roots, a state is first closed under key jumps; then each field of the type must be
//! resolvable at some position, and the positions of its value make the next state. More positions never resolve less, so a state
//! that contains a visited one is not visited again.

mod closure;
mod explain;
mod graph;
mod position;
mod walk;

use crate::error::{CompositionError, ErrorCode};
use crate::model::SubgraphSchema;
use crate::supergraph::Supergraph;
use graph::Graph;
use walk::Walk;

/// Steps of the search (field look-ups and key checks); a supergraph of thousands of types takes some 100,000.
const BUDGET: usize = 5_000_000;

/// Finds fields that a query can ask for and no plan can fetch.
pub(crate) fn check(subgraphs: &[SubgraphSchema], supergraph: &Supergraph) -> Vec<CompositionError> {
    let mut errors = check_with(subgraphs, supergraph, false);
    if errors.is_empty() && !supergraph.overrides.labels().is_empty() {
        errors = check_with(subgraphs, supergraph, true);
    }
    errors
}

/// Checks with all progressive overrides off or on.
fn check_with(
    subgraphs: &[SubgraphSchema],
    supergraph: &Supergraph,
    labels_on: bool,
) -> Vec<CompositionError> {
    let graph = Graph::new(subgraphs, supergraph, labels_on);
    let mut walk = Walk::new(&graph, BUDGET);
    walk.run();
    let mut errors = walk.into_errors();
    if graph.is_exhausted() {
        errors.push(CompositionError::new(
            ErrorCode::MaxValidationSubgraphPathsExceeded,
            format!("The supergraph has too many paths to check all of them (more than {BUDGET} steps)."),
        ));
    }
    errors
}
