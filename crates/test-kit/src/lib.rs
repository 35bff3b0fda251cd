//! Private servers, tokens and planted faults for tests.
//!
//! - [`Postgres`]: a PostgreSQL of the test's own, in a temporary folder and on a free port, ended whatever happens to
//!   the test. Its [`Database`]s belong to roles as narrow as those of production, and [`StatementLog`] tells which
//!   statements the server saw, whoever sent them.
//! - [`Redis`]: the same of Redis.
//! - [`Watched`]: any other process, ended with the test.
//! - [`DevIssuer`]: signs tokens for whatever [`auth::Caller`] a test wants to be.
//! - [`Faulty`]: a [`wire::Subgraph`] that fails, waits and garbles by script.
//!
//! A server that can't be started is an error that says what to install. A test passes it on (`?`, `unwrap`) and so
//! fails; nothing here skips a test.
//!
//! ```no_run
//! # fn main() -> Result<(), test_kit::PostgresError> {
//! let database = test_kit::Postgres::shared()?.create_database("orders")?;
//! let log = database.statement_log()?;
//! // … connect to database.url() and work …
//! assert_eq!(log.take()?.len(), 3);
//! # Ok(())
//! # }
//! ```

mod faulty;
mod issuer;
mod postgres;
mod redis;
mod watched;

pub use faulty::{Fault, Faulty};
pub use issuer::DevIssuer;
pub use postgres::{Database, Postgres, PostgresError, StatementLog};
pub use redis::{Redis, RedisError};
pub use watched::Watched;
