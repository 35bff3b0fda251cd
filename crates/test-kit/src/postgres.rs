//! A PostgreSQL of the test's own.

mod database;
mod intruder;
mod programs;
mod server;
mod statements;

use std::io;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

pub use database::Database;
pub use intruder::Intruder;
pub use statements::StatementLog;

use server::Server;

/// How often another port is tried when somebody took the free one first.
const ATTEMPTS: usize = 5;

/// Why there is no PostgreSQL, or why it did not do as it was told.
#[derive(Debug, Clone, thiserror::Error)]
pub enum PostgresError {
    /// The server's programs are not on this machine.
    #[error(
        "PostgreSQL's programs (initdb, pg_ctl, postgres, psql) are neither together in a folder on PATH nor in \
         /usr/lib/postgresql/*/bin: install them (Debian, Ubuntu: apt-get install postgresql; macOS: brew install \
         postgresql)"
    )]
    NotInstalled,
    /// PostgreSQL does not run as root, and there is nobody else to run it as.
    #[error("PostgreSQL does not run as root, and there is no user `postgres` to run it as")]
    NobodyToRunAs,
    /// The server did not start.
    #[error("PostgreSQL did not start:\n{0}")]
    NotStarted(String),
    /// A statement was refused.
    #[error("PostgreSQL refused:\n{0}")]
    Refused(String),
    /// A name that would have to be quoted.
    #[error(
        "{0:?} is no name for a database: use lowercase letters, digits and _, a letter first, 40 at most"
    )]
    Name(String),
    /// The machine did not do its part.
    #[error("{0}")]
    Io(String),
}

impl From<io::Error> for PostgresError {
    fn from(error: io::Error) -> Self {
        Self::Io(error.to_string())
    }
}

/// A PostgreSQL server of the test's own, which trusts every connection from this machine.
///
/// It ends when it is dropped, and it ends just as well when the process panics, exits or is killed: a shell waits at the
/// other end of a pipe that closes in every case, stops the server and removes its folder.
#[derive(Debug)]
pub struct Postgres {
    server: Server,
    databases: AtomicUsize,
}

impl Postgres {
    /// Starts a server. It takes a second or two, blocking.
    pub fn start() -> Result<Self, PostgresError> {
        let mut attempt = 1;
        loop {
            match Server::start() {
                Ok(server) => return Ok(Self { server, databases: AtomicUsize::new(0) }),
                Err(PostgresError::NotStarted(log))
                    if attempt < ATTEMPTS && log.contains("could not bind") =>
                {
                    attempt += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// The server that all tests of this process share: started by the first that asks, ended with the process.
    pub fn shared() -> Result<&'static Self, PostgresError> {
        static SHARED: OnceLock<Result<Postgres, PostgresError>> = OnceLock::new();
        SHARED.get_or_init(Self::start).as_ref().map_err(Clone::clone)
    }

    /// The port that it listens on, at 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.server.port()
    }

    /// A new, empty database, whose name begins with `name`. It has roles of its own that are no superusers and can't bypass
    /// row-level security: one that owns it, and one for a service, which may connect and nothing more.
    pub fn create_database(&self, name: &str) -> Result<Database<'_>, PostgresError> {
        let number = self.databases.fetch_add(1, Ordering::Relaxed) + 1;
        Database::create(&self.server, name, number)
    }
}
