//! The platform in one binary: the one crate that knows all others.

pub mod cli;
pub mod dev;

mod check;
mod compose;
mod keys;
mod migrate;
mod plan;
mod policy;
mod seed;
mod subgraphs;
mod watch;
