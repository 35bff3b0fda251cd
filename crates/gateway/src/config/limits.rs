use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a request may cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LimitsConfig {
    /// The longest request body, in bytes.
    pub body_bytes: usize,
    /// The most tokens of an operation's text.
    pub tokens: usize,
    /// The deepest nesting of an operation's selections, fragments counted where they are used.
    pub depth: usize,
    /// The most fields of an operation, fragments counted where they are used.
    pub fields: usize,
    /// Requests executed at a time; more are refused at once.
    pub concurrent_requests: usize,
    /// How long a request may take, in milliseconds.
    pub timeout_ms: u64,
    /// How long requests in hand may take to end when the process is told to stop, in milliseconds.
    pub drain_ms: u64,
}

impl Default for LimitsConfig {
    fn default() -> Self {
        Self {
            body_bytes: 1024 * 1024,
            tokens: 15_000,
            depth: 30,
            fields: 5_000,
            concurrent_requests: 1_000,
            timeout_ms: 30_000,
            drain_ms: 1_500,
        }
    }
}

/// The cache of prepared operations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PreparedConfig {
    /// How much text of operations is kept prepared, in bytes.
    pub cache_bytes: u64,
}

impl Default for PreparedConfig {
    fn default() -> Self {
        Self { cache_bytes: 8 * 1024 * 1024 }
    }
}
