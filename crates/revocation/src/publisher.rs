use auth::Revocation;
use chrono::TimeDelta;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::streams::{StreamAddOptions, StreamTrimStrategy, StreamTrimmingMode};
use redis::{AsyncCommands as _, RedisError};

use crate::{AddressError, PATIENCE, STREAM, client, entry};

/// Older entries are dropped only when they are this much older than need be: clocks differ.
const MARGIN: TimeDelta = TimeDelta::minutes(5);

/// Tells every follower what was taken back. Cheap to clone.
#[derive(Clone)]
pub struct Publisher {
    connection: ConnectionManager,
    keep: TimeDelta,
}

impl Publisher {
    /// A publisher for an issuer whose tokens are believed for no longer than `lifetime`. Connects when it is first needed.
    ///
    /// # Errors
    /// [`AddressError`].
    pub fn new(url: &str, lifetime: TimeDelta) -> Result<Self, AddressError> {
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(1)
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE));
        let connection = ConnectionManager::new_lazy_with_config(client(url)?, config)
            .map_err(|_| AddressError::Malformed)?;
        Ok(Self { connection, keep: lifetime + MARGIN })
    }

    /// Tells everybody. Where it fails it may be tried again: it does no harm to be told twice.
    ///
    /// # Errors
    /// What Redis says, or that it says nothing within two seconds.
    pub async fn publish(&self, revocation: &Revocation) -> Result<(), RedisError> {
        let oldest = (revocation.at - self.keep).timestamp_millis().max(0).to_string();
        let trim = StreamTrimStrategy::minid(StreamTrimmingMode::Approx, oldest);
        let options = StreamAddOptions::default().trim(trim);
        let mut connection = self.connection.clone();
        connection.xadd_options(STREAM, "*", &entry::fields(revocation), &options).await
    }
}
