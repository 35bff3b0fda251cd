//! A found set of steps to the program that a gateway runs: requests merged, texts written, the answer's shape fixed.

pub(crate) mod entities;
mod graph;
mod operation;
mod output;

pub(crate) use self::entities::Typenames;
pub(crate) use self::graph::{Graph, Group};
pub(crate) use self::operation::{Client, Writer};
pub(crate) use self::output::output;
