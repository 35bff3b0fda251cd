use std::sync::Arc;

use arc_swap::ArcSwapOption;
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::DecodingKey;
use tokio::sync::{Mutex, OwnedMutexGuard};
use tracing::Instrument as _;

use super::{Algorithm, JwkSet, KeySource};
use crate::Clock;

/// How old keys may grow before they are fetched anew.
const FRESH_FOR: TimeDelta = TimeDelta::minutes(10);

/// How old keys may grow before they are no longer believed: a key that the issuer has withdrawn must not live on because
/// the issuer can't be reached.
const BELIEVED_FOR: TimeDelta = TimeDelta::hours(1);

/// How long it is, at least, from one fetch to the next, so that tokens with made-up key ids can't be used to storm
/// the issuer.
const BETWEEN_FETCHES: TimeDelta = TimeDelta::seconds(5);

/// A key that is ready to verify with its one algorithm.
pub(crate) struct VerifyingKey {
    pub(crate) algorithm: Algorithm,
    pub(crate) decoding: DecodingKey,
    id: Option<String>,
}

/// Why there is no key.
pub(crate) enum NoKey {
    /// The issuer's keys are known, and none of them is it.
    Unknown,
    /// The issuer's keys could not be fetched yet.
    Unavailable,
}

/// The keys of one issuer, fetched when they are needed and kept.
///
/// Keys older than 10 minutes are fetched anew while they go on working; where the fetch fails, they still do, until they are
/// an hour old: then there are none until a fetch succeeds. An unknown key id causes one fetch, however many ask at once, and at most one in 5 seconds. A fetch that has begun is brought to
/// its end, even if whoever asked has left.
pub struct KeyRing(Arc<Ring>);

struct Ring {
    source: Arc<dyn KeySource>,
    clock: Arc<dyn Clock>,
    held: ArcSwapOption<Held>,
    /// When the source answered last, whatever it said. Whoever holds the lock is asking.
    asked_at: Arc<Mutex<Option<DateTime<Utc>>>>,
}

struct Held {
    keys: Vec<Arc<VerifyingKey>>,
    fetched_at: DateTime<Utc>,
}

impl KeyRing {
    /// A ring of the source's keys; nothing is fetched yet.
    pub fn new(source: Arc<dyn KeySource>, clock: Arc<dyn Clock>) -> Self {
        let (held, asked_at) = (ArcSwapOption::empty(), Arc::default());
        Self(Arc::new(Ring { source, clock, held, asked_at }))
    }

    /// Whether there are keys to verify with; asks for them if not. For readiness.
    pub async fn is_ready(&self) -> bool {
        if self.0.believed().is_none() {
            self.0.refresh().await;
        }
        self.0.believed().is_some()
    }

    /// The keys with this id, of which there is one at least; without an id, the only key there is.
    ///
    /// An id may stand for several keys, of different algorithms (RFC 7517 section 4.5).
    pub(crate) async fn find(&self, key_id: Option<&str>) -> Result<Vec<Arc<VerifyingKey>>, NoKey> {
        if let Some(held) = self.0.believed()
            && let Some(keys) = held.pick(key_id)
        {
            if !held.is_younger_than(FRESH_FOR, self.0.clock.now()) {
                self.0.refresh_meanwhile();
            }
            return Ok(keys);
        }
        self.0.refresh().await;
        let held = self.0.believed().ok_or(NoKey::Unavailable)?;
        held.pick(key_id).ok_or(NoKey::Unknown)
    }
}

impl Ring {
    /// The keys, as long as they may be believed.
    fn believed(&self) -> Option<Arc<Held>> {
        let now = self.clock.now();
        // Keys from the future are not new ones: the clock was set back, and their age is unknown.
        self.held.load_full().filter(|held| (now - held.fetched_at).abs() <= BELIEVED_FOR)
    }

    /// Fetches the keys, or waits for whoever is fetching them, or does nothing where that was a moment ago.
    async fn refresh(self: &Arc<Self>) {
        let asked_at = Arc::clone(&self.asked_at).lock_owned().await;
        if self.may_ask(*asked_at) {
            // In a task of its own, so that a client who hangs up does not leave everybody without keys. It fails only
            // if the source panics, and then nothing was fetched.
            let _ = tokio::spawn(Arc::clone(self).fetch(asked_at).in_current_span()).await;
        }
    }

    /// The same, without waiting.
    fn refresh_meanwhile(self: &Arc<Self>) {
        if let Ok(asked_at) = Arc::clone(&self.asked_at).try_lock_owned()
            && self.may_ask(*asked_at)
        {
            tokio::spawn(Arc::clone(self).fetch(asked_at).in_current_span());
        }
    }

    fn may_ask(&self, asked_at: Option<DateTime<Utc>>) -> bool {
        // A clock that was set back must not put the next fetch off.
        asked_at.is_none_or(|at| (self.clock.now() - at).abs() >= BETWEEN_FETCHES)
    }

    async fn fetch(self: Arc<Self>, mut asked_at: OwnedMutexGuard<Option<DateTime<Utc>>>) {
        let result = self.source.fetch().await;
        let now = self.clock.now();
        *asked_at = Some(now);
        match result {
            Ok(set) => self.held.store(Some(Arc::new(Held::new(&set, now)))),
            Err(error) => tracing::warn!(%error, "the verifying keys can't be fetched"),
        }
    }
}

impl Held {
    /// Keys that can't verify (other curves, encryption keys, symmetric ones) are left out.
    fn new(set: &JwkSet, fetched_at: DateTime<Utc>) -> Self {
        let verifying = set.keys.iter().filter_map(|key| {
            let (algorithm, decoding) = (key.algorithm()?, key.decoding_key()?);
            Some(Arc::new(VerifyingKey { algorithm, decoding, id: key.kid.clone() }))
        });
        Self { keys: verifying.collect(), fetched_at }
    }

    fn is_younger_than(&self, age: TimeDelta, now: DateTime<Utc>) -> bool {
        (TimeDelta::zero()..=age).contains(&(now - self.fetched_at))
    }

    fn pick(&self, key_id: Option<&str>) -> Option<Vec<Arc<VerifyingKey>>> {
        let keys: Vec<_> = match (key_id, self.keys.as_slice()) {
            (Some(_), keys) => keys.iter().filter(|key| key.id.as_deref() == key_id).cloned().collect(),
            (None, [only]) => vec![Arc::clone(only)],
            (None, _) => Vec::new(),
        };
        (!keys.is_empty()).then_some(keys)
    }
}
