//! A supergraph and an operation to a query plan.
//!
//! The stages, each with a text form: the supergraph is read into a **model** (the graph of (type, subgraph) nodes),
//! the operation is **normalised** to one tree of positions, a **search** finds the cheapest set of fetches, the
//! **fetch graph** merges what can leave together, and the **program** is the [`Plan`] that a gateway runs.
#![allow(clippy::indexing_slicing, reason = "ids index the arenas that made them; nothing else is indexed")]

mod api;
mod condition;
mod defer;
mod error;
mod features;
mod model;
mod normalize;
pub mod plan;
mod planning;
mod program;
mod search;
mod supergraph;
mod type_set;

pub use self::error::{PlanError, SupergraphError};
pub use self::plan::{
    Condition, Content, ContextAncestor, ContextSelection, ContextValue, ContextVariable, Copies, Defer,
    DeferId, EntityBatch, Fetch, FetchId, OperationKind, OutputField, OutputSelection, PathStep, Plan,
    Representation, RepresentationField, RepresentationSelection, Shape, Source, Target,
};
pub use self::planning::{Options, fetches_text, plan, tree_text};
pub use self::supergraph::{SubgraphInfo, Supergraph};
