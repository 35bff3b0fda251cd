//! Tokens that are taken back before they expire (what RFC 7009 and the end of a session come to at the verifiers).

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;

use crate::Clock;

/// How many revocations are held, unless said otherwise.
const CAPACITY: usize = 100_000;

/// Longer ids are of no token of ours, in bytes.
const LONGEST_ID: usize = 128;

/// What tells tokens of one issuer apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenIds {
    /// `jti` (RFC 7519 section 4.1.7).
    pub token: Option<String>,
    /// `sid`: the session that the token came from (OpenID Connect Front-Channel Logout 1.0, section 3).
    pub session: Option<String>,
    /// `iat`. A token that does not tell it is as old as can be.
    pub issued_at: Option<DateTime<Utc>>,
}

/// What is taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Revoked {
    /// One token, by its `jti`.
    Token {
        /// The `jti`.
        id: String,
    },
    /// Every token that a session gave until now, by its `sid`. Later ones of the same session are good.
    Session {
        /// The `sid`.
        id: String,
    },
}

/// That something is taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// What.
    pub revoked: Revoked,
    /// Since when.
    pub at: DateTime<Utc>,
}

/// What one issuer has taken back, as far as it has not expired anyway. A look-up takes no longer the more there is.
///
/// It is bounded. Where more is taken back than it holds, the oldest entries make place, and from then on every token that
/// was issued before the youngest of those is refused: too many clients must get a new token, but none keeps one that was
/// taken back.
pub struct RevocationList {
    clock: Arc<dyn Clock>,
    /// How long a token of the issuer is believed, with all leeway: older entries are about tokens that have expired.
    lifetime: TimeDelta,
    capacity: usize,
    held: RwLock<Held>,
    changes: watch::Sender<()>,
}

#[derive(Default)]
struct Held {
    /// By `jti`.
    tokens: HashMap<String, DateTime<Utc>>,
    /// By `sid`.
    sessions: HashMap<String, DateTime<Utc>>,
    /// The same, the first that came first.
    in_order: VecDeque<Revocation>,
    /// Every token that was issued until then is refused.
    all_until: Option<DateTime<Utc>>,
}

impl RevocationList {
    /// An empty list, for an issuer whose tokens are believed for no longer than `lifetime`. It holds 100,000 entries.
    pub fn new(lifetime: TimeDelta, clock: Arc<dyn Clock>) -> Self {
        Self::with_capacity(CAPACITY, lifetime, clock)
    }

    /// The same, for at most `capacity` entries.
    pub fn with_capacity(capacity: usize, lifetime: TimeDelta, clock: Arc<dyn Clock>) -> Self {
        let (held, changes) = (RwLock::default(), watch::Sender::new(()));
        Self { clock, lifetime, capacity: capacity.max(1), held, changes }
    }

    /// Takes something back, now.
    pub fn revoke(&self, revoked: Revoked) {
        self.add(Revocation { revoked, at: self.clock.now() });
    }

    /// Takes back what was taken back elsewhere. It makes no difference how often, and in which order, that is told.
    pub fn add(&self, revocation: Revocation) {
        let now = self.clock.now();
        let (Revoked::Token { id } | Revoked::Session { id }) = &revocation.revoked;
        if id.len() > LONGEST_ID || self.is_over(&revocation, now) {
            return;
        }
        {
            let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
            while held.in_order.front().is_some_and(|oldest| self.is_over(oldest, now)) {
                held.drop_oldest();
            }
            if !held.add(revocation) {
                return;
            }
            if held.in_order.len() > self.capacity {
                let oldest = held.drop_oldest();
                held.all_until = held.all_until.max(oldest);
            }
        }
        self.changes.send_replace(());
    }

    /// Whether a token was taken back.
    pub fn is_revoked(&self, ids: &TokenIds) -> bool {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        let reaches = |at: &DateTime<Utc>| ids.issued_at.is_none_or(|issued| issued <= *at);
        ids.token.as_ref().is_some_and(|id| held.tokens.contains_key(id))
            || ids.session.as_ref().and_then(|id| held.sessions.get(id)).is_some_and(reaches)
            || held.all_until.as_ref().is_some_and(reaches)
    }

    /// Ends when the token is taken back, and at once where it is already. For connections that last.
    pub async fn revoked(&self, ids: &TokenIds) {
        let mut changes = self.changes.subscribe();
        while !self.is_revoked(ids) {
            if changes.changed().await.is_err() {
                return std::future::pending().await;
            }
        }
    }

    fn is_over(&self, revocation: &Revocation, now: DateTime<Utc>) -> bool {
        revocation.at.checked_add_signed(self.lifetime).is_some_and(|end| end <= now)
    }
}

impl Held {
    fn of(&mut self, revoked: &Revoked) -> (&mut HashMap<String, DateTime<Utc>>, String) {
        match revoked {
            Revoked::Token { id } => (&mut self.tokens, id.clone()),
            Revoked::Session { id } => (&mut self.sessions, id.clone()),
        }
    }

    /// Whether this says anything new.
    fn add(&mut self, revocation: Revocation) -> bool {
        let (since, id) = self.of(&revocation.revoked);
        if since.get(&id).is_some_and(|known| *known >= revocation.at) {
            return false;
        }
        since.insert(id, revocation.at);
        // What is in order about the same already goes when its turn comes.
        self.in_order.push_back(revocation);
        true
    }

    /// Forgets the oldest entry, and says since when it held.
    fn drop_oldest(&mut self) -> Option<DateTime<Utc>> {
        let oldest = self.in_order.pop_front()?;
        let (since, id) = self.of(&oldest.revoked);
        // A later one about the same is further down.
        if since.get(&id) == Some(&oldest.at) {
            since.remove(&id);
        }
        Some(oldest.at)
    }
}
