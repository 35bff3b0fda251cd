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
    /// The most aliases of an operation, fragments counted where they are used.
    pub aliases: usize,
    /// The longest answer to a client, in bytes.
    pub answer_bytes: usize,
    /// Requests executed at a time; more are refused at once.
    pub concurrent_requests: usize,
    /// Connections open at a time; more wait until one is closed.
    pub connections: usize,
    /// How long a connection may take to send the head of a request, and so how long it may stay open without one, in
    /// milliseconds.
    pub header_timeout_ms: u64,
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
            aliases: 200,
            answer_bytes: 64 * 1024 * 1024,
            concurrent_requests: 1_000,
            connections: 10_000,
            header_timeout_ms: 30_000,
            timeout_ms: 30_000,
            drain_ms: 1_200,
        }
    }
}

/// The cache of prepared operations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PreparedConfig {
    /// About how much memory prepared operations may take, in bytes.
    pub cache_bytes: u64,
}

impl Default for PreparedConfig {
    fn default() -> Self {
        Self { cache_bytes: 64 * 1024 * 1024 }
    }
}
