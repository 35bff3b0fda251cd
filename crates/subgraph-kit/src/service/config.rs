use std::fmt;
use std::sync::Arc;

use auth::{Clock, KeyRing};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a subgraph answers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Which tokens are taken.
    pub token: TokenConfig,
    /// What a request may ask for.
    pub limits: Limits,
    /// Answers `{ _service { sdl } }` without a token, for routers that fetch schemas from the subgraphs.
    pub public_sdl: bool,
}

/// Which tokens a subgraph takes. The audience is the subgraph's own name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TokenConfig {
    /// The `iss` claim.
    pub issuer: String,
    /// How far clocks may be apart, in seconds.
    pub leeway_seconds: u32,
}

impl Default for TokenConfig {
    fn default() -> Self {
        Self { issuer: auth::INTERNAL_ISSUER.to_owned(), leeway_seconds: 5 }
    }
}

/// What a request may ask for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// The largest body, in bytes. Entity representations come in it, so it is larger than a client's.
    pub body_bytes: usize,
    /// The deepest nesting of fields.
    pub depth: usize,
    /// The most fields in an operation, each counted once however often it is answered.
    pub fields: usize,
    /// The most fields in an answer: each counts as often as it is answered, and so does each element of a list. This
    /// is what bounds the memory that one request takes, somewhat less than 1 kB each.
    pub answer_fields: usize,
    /// The most rows that a request reads from the database, over all its statements.
    pub rows: usize,
    /// The longest time for an answer, in milliseconds. A shorter deadline of the caller holds.
    pub timeout_ms: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 4 * 1024 * 1024,
            depth: 24,
            fields: 2_000,
            answer_fields: 100_000,
            rows: 50_000,
            timeout_ms: 30_000,
        }
    }
}

/// Whose tokens are believed, and what time it is. Given at start, not configured: in one process the keys come
/// from the gateway beside, in a process of its own from the gateway's JWKS.
#[derive(Clone)]
pub struct Trust {
    /// The public keys of the token's issuer.
    pub keys: Arc<KeyRing>,
    /// The time, for tokens and for the domain.
    pub clock: Arc<dyn Clock>,
}

impl fmt::Debug for Trust {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Trust").finish_non_exhaustive()
    }
}
