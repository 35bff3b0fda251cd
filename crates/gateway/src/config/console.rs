use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The console at `/`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ConsoleConfig {
    /// Whether it is served.
    pub enabled: bool,
    /// The query that it opens with.
    pub default_query: String,
}

impl Default for ConsoleConfig {
    fn default() -> Self {
        Self { enabled: true, default_query: "query Hello {\n  __typename\n}\n".to_owned() }
    }
}
