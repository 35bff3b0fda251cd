//! Many operations over many graphs.

use std::fmt;

use crate::arena::{Arena, Finding, Outcome};
use crate::case::{Case, Graph};
use crate::generate::{graph, operation};
use crate::random::Random;

/// What was looked at.
#[derive(Debug, Default, Clone, Copy)]
pub struct Tally {
    /// Graphs that operations were executed on.
    pub graphs: usize,
    /// Graphs that composition refused.
    pub refused: usize,
    /// Operations whose answers were compared.
    pub operations: usize,
    /// Those among them whose answers told errors.
    pub with_errors: usize,
    /// Operations that were not valid, and so not compared.
    pub invalid: usize,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { graphs, refused, operations, with_errors, invalid } = self;
        write!(
            f,
            "{operations} operations ({with_errors} with errors, {invalid} invalid ones left out) over {graphs} graphs ({refused} refused)"
        )
    }
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.graphs += other.graphs;
        self.refused += other.refused;
        self.operations += other.operations;
        self.with_errors += other.with_errors;
        self.invalid += other.invalid;
    }
}

/// The operations of one graph.
pub struct Hunt {
    graph: Graph,
    /// What was looked at.
    pub tally: Tally,
    /// Why composition refused the graph.
    pub refusal: Option<String>,
}

impl Hunt {
    /// Compares that many operations over the graph of a seed; the first difference ends it.
    pub async fn run(seed: u64, operations: usize) -> (Self, Option<(Case, Finding)>) {
        let mut hunt = Self { graph: graph(seed), tally: Tally::default(), refusal: None };
        let arena = match Arena::new(&hunt.graph) {
            Ok(arena) => arena,
            Err(error) => {
                hunt.tally.refused += 1;
                hunt.refusal = Some(error);
                return (hunt, None);
            }
        };
        hunt.tally.graphs += 1;
        let mut random = Random::new(seed ^ 0x5eed_0f0e_0a71_0115);
        for _ in 0..operations {
            let operation = operation(arena.schema(), &mut random);
            match arena.compare(&operation).await {
                Outcome::Equal { errors } => {
                    hunt.tally.operations += 1;
                    hunt.tally.with_errors += usize::from(errors);
                }
                Outcome::Invalid(_) => hunt.tally.invalid += 1,
                Outcome::Different(finding) => {
                    hunt.tally.operations += 1;
                    let case = Case { graph: hunt.graph.clone(), operation };
                    return (hunt, Some((case, finding)));
                }
            }
        }
        (hunt, None)
    }
}
