use chrono::{DateTime, Utc};
use uuid::{NoContext, Timestamp, Uuid};

/// An id whose order is that of time (UUIDv7).
pub(super) fn new_id(now: DateTime<Utc>) -> Uuid {
    let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
    Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, now.timestamp_subsec_nanos()))
}
