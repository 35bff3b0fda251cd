//! Private servers, tokens and planted faults for tests.
//!
//! - [`Postgres`]: a PostgreSQL of the test's own, in a temporary folder and on a free port, ended whatever happens to
//!   the test. Its [`Database`]s have roles as narrow as those of production, [`StatementLog`] tells which statements the
//!   server saw, whoever sent them, and [`Intruder`] tries what somebody with the credentials of a service could.
//! - [`Redis`]: the same of Redis.
//! - [`Watched`]: any other process, ended with the test.
//! - [`DevIssuer`]: signs tokens for whatever [`auth::Caller`] a test wants to be.
//! - [`Faulty`]: a [`wire::Subgraph`] that fails, waits and garbles by script.
//! - [`question`] and [`Answer`]: what is asked of a subgraph of the platform, and what came back.
//! - [`DecisionTable`]: who may do what in a service, by its policies.
//! - [`on_both_databases`]: a test on SQLite and on PostgreSQL.
//! - `plans`, where the feature of that name is on: how a database means to run the statements of an answer.
//! - [`SubgraphProgram`]: what the programs of all subgraphs must do alike.
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

mod answer;
mod both_databases;
mod decisions;
mod faulty;
mod issuer;
#[cfg(feature = "plans")]
pub mod plans;
mod postgres;
mod program;
mod redis;
mod watched;

pub use answer::{Answer, UnreadableAnswer, question};
pub use decisions::DecisionTable;
pub use faulty::{Fault, Faulty};
pub use issuer::DevIssuer;
pub use postgres::{Database, Intruder, Postgres, PostgresError, StatementLog};
pub use program::SubgraphProgram;
pub use redis::{Redis, RedisError};
pub use watched::Watched;
