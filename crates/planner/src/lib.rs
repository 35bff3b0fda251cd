//! A supergraph and an operation to a query plan.

pub mod plan;
