//! Revocations, told to every process through a Redis stream.
//!
//! The provider [`publish`](Publisher::publish)es what it takes back; every gateway [`follow`](Follower::follow)s, and fills
//! the [`RevocationList`](auth::RevocationList) that its verifiers ask. In one process there is no need of this crate: the
//! provider writes into the list itself.
//!
//! A process that starts reads all that is still of use, and one that lost its connection goes on where it was: an outage of
//! Redis delays a revocation, and loses none that was published. While Redis is away tokens are believed until they expire,
//! which is a matter of minutes.

mod entry;
mod follower;
mod publisher;

use std::time::Duration;

pub use follower::Follower;
pub use publisher::Publisher;

/// What stands in the way of a connection. The texts hold no password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// The text is not an address of Redis. It is not repeated: nobody knows which part of it is the password.
    #[error(
        "the Redis URL cannot be read: it is redis://HOST:PORT/DATABASE or redis://USER:PASSWORD@HOST:PORT/DATABASE"
    )]
    Malformed,
}

/// The stream that everybody means.
const STREAM: &str = "tributary:revocations";

/// How long Redis may take to answer, and to take a connection; for news that are waited for, beyond that wait.
const PATIENCE: Duration = Duration::from_secs(2);

fn client(url: &str) -> Result<redis::Client, AddressError> {
    redis::Client::open(url).map_err(|_| AddressError::Malformed)
}
