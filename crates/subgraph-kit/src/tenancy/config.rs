use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where a subgraph's rows are.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// `sqlite://path/to/file.db` (made when it is not there) or `postgres://user:password@host/database`.
    pub url: String,
    /// The most connections that the pool opens.
    pub max_connections: u32,
    /// How long a request waits for a connection, and SQLite for its write lock, in milliseconds.
    pub acquire_timeout_ms: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self { url: String::new(), max_connections: 10, acquire_timeout_ms: 5_000 }
    }
}

/// Without the URL: it can hold a password.
impl fmt::Debug for Config {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Config")
            .field("max_connections", &self.max_connections)
            .field("acquire_timeout_ms", &self.acquire_timeout_ms)
            .finish_non_exhaustive()
    }
}
