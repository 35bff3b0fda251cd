//! What is compared: a graph as one server and as subgraphs, and an operation.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One graph, told twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Graph {
    /// What all values are derived from, by the rule in `world.rs`.
    pub seed: u64,
    /// The schema of the one server.
    pub monolith: String,
    /// The subgraphs, by name, without their `@link`.
    pub subgraphs: BTreeMap<String, String>,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Operation {
    /// The document, which has one operation.
    pub operation: String,
    /// The values of its variables.
    #[serde(default)]
    pub variables: Map<String, Value>,
}

/// A graph and an operation: a file of `regressions/`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// The graph.
    #[serde(flatten)]
    pub graph: Graph,
    /// The operation.
    #[serde(flatten)]
    pub operation: Operation,
}

impl Case {
    /// Reads a file of `regressions/`.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn read(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        serde_yaml_ng::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
    }

    /// The text of such a file.
    pub fn to_file(&self) -> String {
        serde_yaml_ng::to_string(self).unwrap_or_else(|error| format!("# {error}\n{self:?}"))
    }
}
