//! A found set of steps to the program that a gateway runs: requests merged, texts written, the answer's shape fixed.

mod batches;
mod contexts;
mod entities;
mod fetches;
mod graph;
mod operation;
mod output;

pub(crate) use self::fetches::Program;
pub(crate) use self::graph::Graph;
