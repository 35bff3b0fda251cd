//! The federation directives that the supergraph shows have one name in all subgraphs.

use std::collections::BTreeMap;

use super::Merger;
use crate::error::ErrorCode;
use crate::read::link::SHOWN;
use crate::supergraph::GraphIndex;

impl Merger<'_> {
    /// Refuses those that go by different names.
    pub(super) fn check_shown_names(&mut self) {
        for canonical in SHOWN {
            let mut users: BTreeMap<&str, Vec<GraphIndex>> = BTreeMap::new();
            for (graph, subgraph) in self.subgraphs.iter().enumerate() {
                if let Some(name) = subgraph.shown_names.get(canonical) {
                    users.entry(name).or_default().push(graph);
                }
            }
            if users.len() > 1 {
                let names: Vec<String> = users
                    .into_iter()
                    .map(|(name, graphs)| format!("\"@{name}\" in {}", self.names(graphs)))
                    .collect();
                let message = format!(
                    "The directive has different names in different subgraphs: {}. Import it by one name.",
                    names.join(", ")
                );
                self.error(ErrorCode::LinkImportNameMismatch, &format!("@{canonical}"), message);
            }
        }
    }
}
