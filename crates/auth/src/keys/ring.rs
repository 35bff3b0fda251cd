use std::sync::Arc;

use arc_swap::ArcSwapOption;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Mutex;

use super::{Jwk, JwkSet, KeySource};
use crate::Clock;

/// How old keys may grow before they are fetched anew.
const FRESH_FOR: TimeDelta = TimeDelta::minutes(10);

/// How long it is, at least, from one fetch to the next, so that tokens with made-up key ids can't be used to storm
/// the issuer.
const BETWEEN_FETCHES: TimeDelta = TimeDelta::seconds(5);

struct Held {
    set: JwkSet,
    fetched_at: DateTime<Utc>,
}

/// The keys of one issuer, fetched when they are needed and kept.
///
/// An unknown key id causes one fetch, however many ask at once, and at most one every 5 seconds. Where a fetch fails,
/// the keys at hand go on working.
pub struct KeyRing {
    source: Arc<dyn KeySource>,
    clock: Arc<dyn Clock>,
    held: ArcSwapOption<Held>,
    /// When the source was last asked, whatever came of it. Whoever holds the lock is asking.
    asked_at: Mutex<Option<DateTime<Utc>>>,
}

impl KeyRing {
    /// A ring of the source's keys; nothing is fetched yet.
    pub fn new(source: Arc<dyn KeySource>, clock: Arc<dyn Clock>) -> Self {
        Self { source, clock, held: ArcSwapOption::empty(), asked_at: Mutex::new(None) }
    }

    /// The key with this id; without an id, the only key there is.
    pub async fn find(&self, key_id: Option<&str>) -> Option<Jwk> {
        if let Some(key) = self.at_hand(key_id) {
            return Some(key);
        }
        self.refresh().await;
        // Stale keys are better than none: the issuer may be away for a while.
        self.held.load().as_ref().and_then(|held| pick(&held.set, key_id))
    }

    /// Whether keys have ever been fetched; asks for them if not.
    pub async fn is_ready(&self) -> bool {
        if self.held.load().is_none() {
            self.refresh().await;
        }
        self.held.load().is_some()
    }

    fn at_hand(&self, key_id: Option<&str>) -> Option<Jwk> {
        let held = self.held.load();
        let held = held.as_ref()?;
        if self.clock.now() - held.fetched_at > FRESH_FOR { None } else { pick(&held.set, key_id) }
    }

    async fn refresh(&self) {
        let before = self.clock.now();
        let mut asked_at = self.asked_at.lock().await;
        // Somebody asked while we waited for the lock, or a moment ago: what they got is what there is.
        let recently = asked_at.is_some_and(|at| before - at < BETWEEN_FETCHES);
        if recently {
            return;
        }
        *asked_at = Some(self.clock.now());
        match self.source.fetch().await {
            Ok(set) => self.held.store(Some(Arc::new(Held { set, fetched_at: self.clock.now() }))),
            Err(error) => {
                tracing::warn!(%error, again_in_s = BETWEEN_FETCHES.num_seconds(), "the verifying keys can't be fetched");
            }
        }
    }
}

fn pick(set: &JwkSet, key_id: Option<&str>) -> Option<Jwk> {
    let mut usable = set.keys.iter().filter(|key| key.algorithm().is_some());
    if let Some(id) = key_id {
        return usable.find(|key| key.kid.as_deref() == Some(id)).cloned();
    }
    let only = usable.next()?;
    usable.next().is_none().then(|| only.clone())
}
