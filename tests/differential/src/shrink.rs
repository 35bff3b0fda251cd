//! From a case to a small one that shows a difference of the same kind.

mod graph;
mod operation;

use crate::arena::{Arena, Finding, Outcome};
use crate::case::{Case, Graph, Operation};

/// How many smaller cases are tried, at most.
const MOST_TRIES: usize = 4_000;

/// Leaves out of the operation, then of the graph, whatever the difference does not need.
pub async fn shrink(case: Case, finding: Finding) -> (Case, Finding) {
    let mut shrinking = Shrinking { case, finding, tries: 0 };
    loop {
        let before = shrinking.case.clone();
        shrinking.shrink_operation().await;
        shrinking.shrink_graph().await;
        if shrinking.case == before || shrinking.tries >= MOST_TRIES {
            return (shrinking.case, shrinking.finding);
        }
    }
}

struct Shrinking {
    case: Case,
    finding: Finding,
    tries: usize,
}

impl Shrinking {
    async fn shrink_operation(&mut self) {
        let Ok(arena) = Arena::new(&self.case.graph) else { return };
        let mut at = 0;
        while self.tries < MOST_TRIES
            && let Some(smaller) = operation::without(&self.case.operation, at)
        {
            if smaller == self.case.operation || !self.still_fails(&arena, &smaller).await {
                at += 1;
                continue;
            }
            self.case.operation = smaller;
        }
    }

    async fn shrink_graph(&mut self) {
        let mut at = 0;
        while self.tries < MOST_TRIES
            && let Some(smaller) = graph::without(&self.case.graph, at)
        {
            let fails = smaller != self.case.graph && self.fails_over(&smaller).await;
            if fails {
                self.case.graph = smaller;
            } else {
                at += 1;
            }
        }
    }

    async fn fails_over(&mut self, graph: &Graph) -> bool {
        match Arena::new(graph) {
            Ok(arena) => {
                let operation = self.case.operation.clone();
                self.still_fails(&arena, &operation).await
            }
            Err(_) => {
                self.tries += 1;
                false
            }
        }
    }

    async fn still_fails(&mut self, arena: &Arena, operation: &Operation) -> bool {
        self.tries += 1;
        match arena.compare(operation).await {
            Outcome::Different(finding) if finding.kind == self.finding.kind => {
                self.finding = finding;
                true
            }
            _ => false,
        }
    }
}
