use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where a subgraph's rows are.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// `sqlite://path/to/file.db` (made when it is not there) or `postgres://user:password@host/database`.
    ///
    /// On PostgreSQL the role is one that owns nothing and is under row-level security: with a stronger one a service
    /// does not start.
    pub url: String,
    /// Where migrations connect on PostgreSQL: as the role that owns the tables. They give the role of `url` what a
    /// service needs. Without it they run at `url`. A process that serves does not use it and need not have it.
    pub migration_url: String,
    /// Start even where the role could get around row-level security. For development alone; each start warns.
    pub allow_strong_role: bool,
    /// The most connections that the pool opens.
    pub max_connections: u32,
    /// How long a request waits for a connection, and SQLite for its write lock, in milliseconds.
    pub acquire_timeout_ms: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            url: String::new(),
            migration_url: String::new(),
            allow_strong_role: false,
            max_connections: 10,
            acquire_timeout_ms: 5_000,
        }
    }
}

/// Without the URLs: they can hold passwords.
impl fmt::Debug for Config {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Config")
            .field("allow_strong_role", &self.allow_strong_role)
            .field("max_connections", &self.max_connections)
            .field("acquire_timeout_ms", &self.acquire_timeout_ms)
            .finish_non_exhaustive()
    }
}
