//! The differential test of the whole gateway.
//!
//! A random graph is made twice: as one server, and split over subgraphs that our composition and our gateway put together again.
//! Random operations are answered by both, and the answers must be equal. Everything follows from a seed. See README.md.
#![allow(
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test: it ends where something is wrong, and talks to its terminal"
)]

mod arena;
mod argument;
mod case;
mod generate;
mod hunt;
mod random;
mod server;
mod shrink;
mod view;
mod world;

pub use arena::{Arena, Finding, Kind, Outcome};
pub use case::{Case, Graph, Operation};
pub use generate::graph;
pub use hunt::{Hunt, Tally};
pub use shrink::shrink;
