use std::sync::Arc;

use auth::{Caller, Clock, IssueError, Issuer, JwkSet};
use chrono::{DateTime, TimeDelta, Utc};
use http::HeaderValue;
use quick_cache::sync::Cache;

/// The most tokens kept at a time.
const KEPT: usize = 10_000;

#[derive(PartialEq, Eq, Hash)]
struct Key {
    caller: Arc<Caller>,
    subgraph: Arc<str>,
}

#[derive(Clone)]
struct Kept {
    header: HeaderValue,
    until: DateTime<Utc>,
}

/// Tells each subgraph who the Caller is, by a token that no other subgraph takes.
///
/// A token is used for half of its lifetime, so that it does not expire on the way.
pub(crate) struct InternalTokens {
    issuer: Issuer,
    clock: Arc<dyn Clock>,
    kept: Cache<Key, Kept>,
}

impl InternalTokens {
    pub(crate) fn new(issuer: Issuer, clock: Arc<dyn Clock>) -> Self {
        Self { issuer, clock, kept: Cache::new(KEPT) }
    }

    /// What subgraphs verify the tokens with.
    pub(crate) fn jwk_set(&self) -> JwkSet {
        self.issuer.jwk_set()
    }

    /// The value of `authorization` for that subgraph.
    pub(crate) fn authorization(
        &self,
        caller: &Arc<Caller>,
        subgraph: &Arc<str>,
    ) -> Result<HeaderValue, IssueError> {
        let key = Key { caller: caller.clone(), subgraph: subgraph.clone() };
        let now = self.clock.now();
        if let Some(kept) = self.kept.get(&key).filter(|kept| now < kept.until) {
            return Ok(kept.header);
        }
        let token = self.issuer.issue(caller, subgraph)?;
        // base64url and dots are always legal in a header.
        let mut header =
            HeaderValue::try_from(format!("Bearer {token}")).unwrap_or_else(|_| HeaderValue::from_static(""));
        header.set_sensitive(true);
        let half = TimeDelta::from_std(self.issuer.lifetime() / 2).unwrap_or_default();
        self.kept.insert(key, Kept { header: header.clone(), until: now + half });
        Ok(header)
    }
}
