use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// When the label of a progressive `@override` is active, so that the subgraph with the `@override` resolves the field.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "expected true, false or a percentage")]
pub enum OverrideConfig {
    /// For all requests, or for none.
    Always(bool),
    /// For this percentage of the requests, from 0 to 100.
    Percentage(f64),
}
