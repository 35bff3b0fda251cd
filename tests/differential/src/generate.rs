//! Random graphs and operations.

mod operation;
mod print;
mod schema;
mod split;

pub(crate) use operation::operation;

use crate::case::Graph;
use crate::random::Random;

/// The graph of a seed.
pub fn graph(seed: u64) -> Graph {
    let mut random = Random::new(seed);
    let model = schema::model(&mut random);
    let split = split::split(&model, &mut random);
    Graph { seed, monolith: print::monolith(&model, &split), subgraphs: print::subgraphs(&model, &split) }
}
