//! Repeatable randomness.

use chrono::{DateTime, Utc};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};
use uuid::Uuid;

/// A stream of numbers that is the same on every machine and release (ChaCha8 is specified to the bit).
pub(super) struct Random(ChaCha8Rng);

impl Random {
    pub(super) fn seeded(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// A number from `low` to `high`, both included. `low` where they are the wrong way round.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = u64::try_from(high.saturating_sub(low)).unwrap_or(0).saturating_add(1);
        // The bias of the remainder is below 2^-40 for spans of development data.
        low.saturating_add(i64::try_from(self.0.next_u64() % span).unwrap_or(0))
    }

    /// True in `percent` of 100 cases.
    pub(super) fn chance(&mut self, percent: i64) -> bool {
        self.between(1, 100) <= percent
    }

    /// One of the items; `None` of an empty slice.
    pub(super) fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        let last = i64::try_from(items.len()).unwrap_or(i64::MAX).saturating_sub(1);
        items.get(usize::try_from(self.between(0, last)).unwrap_or(0))
    }

    /// A UUIDv7 of that moment.
    pub(super) fn id(&mut self, at: DateTime<Utc>) -> Uuid {
        let mut noise = [0; 10];
        self.0.fill_bytes(&mut noise);
        let millis = u64::try_from(at.timestamp_millis()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &noise).into_uuid()
    }
}
