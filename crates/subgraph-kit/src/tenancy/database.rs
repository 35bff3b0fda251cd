use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use auth::TenantId;
use sea_orm::sqlx::postgres::PgConnectOptions;
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, SqliteTransactionMode,
    TransactionOptions, TransactionTrait as _,
};
use url::Url;

use crate::budget::Budget;

use super::config::Config;
use super::guard::Guard;
use super::session::{StatementCounter, TenantDb};
use super::turns::{Turn, Turns};

/// A pool of connections to a subgraph's database. Cheap to clone.
#[derive(Clone)]
pub struct Database {
    connection: DatabaseConnection,
    backend: Backend,
    guard: Arc<Guard>,
    /// On SQLite, whose turn it is to write.
    turns: Option<Turns>,
}

/// Which database it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// A file, in this process.
    Sqlite,
    /// A server.
    Postgres,
}

impl Backend {
    /// The value of `db.system.name` in traces (OpenTelemetry semantic conventions).
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgresql",
        }
    }
}

/// Why a database could not be opened. The texts hold no password.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// No URL was configured.
    #[error("no database is configured: give --database-url or database.url")]
    NoUrl,
    /// The URL is of another kind.
    #[error("the database URL must start with sqlite:// or postgres://")]
    UnknownScheme,
    /// The URL cannot be read. Nothing of it is told: where it is broken, nobody knows which part is the password.
    #[error(
        "the database URL cannot be read: it is sqlite://FILE or postgres://USER:PASSWORD@HOST/DATABASE, and characters such as / @ # in a password are percent-encoded"
    )]
    Malformed,
    /// An SQLite database in memory.
    #[error("an SQLite database in memory is another one for each connection: name a file")]
    InMemory,
    /// The database refused, or is not there.
    #[error("cannot open the {} database: {source}", backend.as_str())]
    Open {
        /// Which database.
        backend: Backend,
        /// What it said.
        source: DbErr,
    },
}

impl Database {
    /// Opens the pool; one connection is made at once, so that a wrong URL is known at start.
    ///
    /// # Errors
    /// A [`DatabaseError`] when the URL is of no use or no connection comes about.
    pub async fn open(config: &Config) -> Result<Self, DatabaseError> {
        let backend = match config.url.split_once(':').map(|(scheme, _)| scheme) {
            Some("sqlite") => Backend::Sqlite,
            Some("postgres" | "postgresql") => Backend::Postgres,
            _ if config.url.is_empty() => return Err(DatabaseError::NoUrl),
            _ => return Err(DatabaseError::UnknownScheme),
        };
        if backend == Backend::Sqlite && is_in_memory(&config.url) {
            return Err(DatabaseError::InMemory);
        }
        // Before SeaORM does, which puts a URL that it cannot read into its error.
        if !is_readable(&config.url, backend) {
            return Err(DatabaseError::Malformed);
        }
        let connection = sea_orm::Database::connect(options(config, backend))
            .await
            .map_err(|source| DatabaseError::Open { backend, source })?;
        let turns = (backend == Backend::Sqlite).then(|| Turns::new(config));
        Ok(Self { connection, backend, guard: Arc::default(), turns })
    }

    /// Which database it is.
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// The database as this tenant sees it. Statements are added to the counter.
    ///
    /// The service calls this for each request with the verified Caller's tenant; seeding and jobs call it with the
    /// tenant that they work for.
    pub fn tenant(&self, tenant: TenantId, statements: StatementCounter) -> TenantDb {
        self.tenant_within(tenant, statements, Budget::unlimited())
    }

    /// The same, for a request that may read only so many rows.
    pub(crate) fn tenant_within(
        &self,
        tenant: TenantId,
        statements: StatementCounter,
        budget: Budget,
    ) -> TenantDb {
        TenantDb::new(self.clone(), tenant, statements, budget)
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// What the driver says when it does not.
    pub async fn ping(&self) -> Result<(), DbErr> {
        self.connection.ping().await
    }

    /// Closes the pool when the work in hand is done.
    ///
    /// # Errors
    /// What the driver says.
    pub async fn close(self) -> Result<(), DbErr> {
        self.connection.close().await
    }

    /// Starts a transaction that will write.
    ///
    /// On SQLite it takes the write lock at once (`BEGIN IMMEDIATE`) and waits for it: a deferred transaction that
    /// reads and then writes cannot wait, it fails as soon as another writer got in between.
    pub(crate) async fn begin(&self) -> Result<(DatabaseTransaction, Option<Turn>), DbErr> {
        let turn = self.turn().await?;
        let transaction = self
            .connection
            .begin_with_options(TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..TransactionOptions::default()
            })
            .await?;
        Ok((transaction, turn))
    }

    /// Waits until it is this writer's turn; it is over when the returned value is dropped.
    pub(super) async fn turn(&self) -> Result<Option<Turn>, DbErr> {
        match &self.turns {
            Some(turns) => turns.next().await.map(Some),
            None => Ok(None),
        }
    }

    pub(crate) fn connection(&self) -> &DatabaseConnection {
        &self.connection
    }

    pub(super) fn guard(&self) -> &Guard {
        &self.guard
    }

    pub(super) fn dialect(&self) -> DbBackend {
        match self.backend {
            Backend::Sqlite => DbBackend::Sqlite,
            Backend::Postgres => DbBackend::Postgres,
        }
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Database").field("backend", &self.backend).finish_non_exhaustive()
    }
}

/// Whether everybody who is going to read the URL can.
fn is_readable(url: &str, backend: Backend) -> bool {
    Url::parse(url).is_ok()
        && match backend {
            Backend::Sqlite => url.parse::<SqliteConnectOptions>().is_ok(),
            Backend::Postgres => url.parse::<PgConnectOptions>().is_ok(),
        }
}

/// In memory, or in a temporary file that has no name.
fn is_in_memory(url: &str) -> bool {
    let place = url.trim_start_matches("sqlite:").trim_start_matches("//");
    let (file, parameters) = place.split_once('?').unwrap_or((place, ""));
    file.is_empty() || file == ":memory:" || parameters.split('&').any(|parameter| parameter == "mode=memory")
}

fn options(config: &Config, backend: Backend) -> ConnectOptions {
    let wait = Duration::from_millis(config.acquire_timeout_ms);
    let mut options = ConnectOptions::new(config.url.as_str());
    options
        .max_connections(config.max_connections)
        .acquire_timeout(wait)
        .connect_timeout(wait)
        // Statements are traced at the kit's own spot, without values.
        .sqlx_logging(false);
    if backend == Backend::Sqlite {
        options.map_sqlx_sqlite_opts(move |sqlite| {
            sqlite
                .create_if_missing(true)
                // Readers and the writer do not wait for each other; with it, NORMAL loses no committed
                // transaction when the process dies.
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Normal)
                .busy_timeout(wait)
                .foreign_keys(true)
        });
    }
    options
}
