//! What every row needs: a new one an id and a moment, both of the injected clock; one that was read, to become what the
//! domain knows.

use chrono::{DateTime, SubsecRound as _, Utc};
use uuid::{NoContext, Timestamp, Uuid};

/// A new id whose order is that of time (UUIDv7, RFC 9562).
pub fn new_id(now: DateTime<Utc>) -> Uuid {
    let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
    Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, now.timestamp_subsec_nanos()))
}

/// A moment as both databases keep it: PostgreSQL has microseconds. One that is stored uncut comes back as another.
///
/// ```
/// # use chrono::DateTime;
/// let now = DateTime::from_timestamp_nanos(1_234_567_890);
/// assert_eq!(subgraph_kit::record::moment(now), DateTime::from_timestamp_nanos(1_234_567_000));
/// ```
pub fn moment(now: DateTime<Utc>) -> DateTime<Utc> {
    now.trunc_subsecs(6)
}

/// Makes what the domain knows of all these rows, unless one of them cannot be.
///
/// # Errors
/// The first row's that cannot.
pub fn from_rows<Row, T: TryFrom<Row>>(rows: Vec<Row>) -> Result<Vec<T>, T::Error> {
    rows.into_iter().map(T::try_from).collect()
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};

    use super::new_id;

    #[test]
    fn ids_are_in_the_order_of_the_clock() {
        let now = DateTime::from_timestamp(1_700_000_000, 5_000_000).unwrap();
        let (first, second) = (new_id(now), new_id(now + TimeDelta::milliseconds(1)));
        assert!(first < second);
        assert_eq!(first.get_timestamp().unwrap().to_unix(), (1_700_000_000, 5_000_000));
        assert_ne!(new_id(now), first);
    }
}
