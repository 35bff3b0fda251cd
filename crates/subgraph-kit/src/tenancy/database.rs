use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use auth::TenantId;
use sea_orm::sqlx::postgres::{PgConnectOptions, PgPool};
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, SqliteTransactionMode,
    TransactionOptions, TransactionTrait as _,
};
use url::Url;

use crate::budget::Budget;

use super::config::Config;
use super::door::{Door, StatementCounter};
use super::grants;
use super::guard::Guard;
use super::platform_tables::PlatformTables;
use super::reach::{Platform, Tenant};
use super::session::{PlatformDb, TenantDb};
use super::turns::{Turn, Turns};
use super::walls::{self, Breach};

/// The most rows that one [`PlatformDb`] reads: it is made for one request, which looks for a person and not for all.
const PLATFORM_ROWS: usize = 10_000;

/// From when on a connection that nobody used is asked whether it still answers before it is used. One used a moment
/// ago need not be asked, which saves a round trip of every statement.
const IDLE: Duration = Duration::from_secs(1);

/// A pool of connections to a subgraph's database. Cheap to clone.
#[derive(Clone)]
pub struct Database {
    connection: DatabaseConnection,
    backend: Backend,
    guard: Arc<Guard>,
    /// Whom migrations give what a service needs.
    service_role: Option<String>,
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
    /// A migration URL where there are no roles.
    #[error("database.migration_url is for PostgreSQL alone, and needs a database.url there")]
    NothingToGrant,
    /// An SQLite database in memory.
    #[error("an SQLite database in memory is another one for each connection: name a file")]
    InMemory,
    /// The role could get around row-level security.
    #[error(
        "DATABASE_ROLE_TOO_STRONG: the role {0}, so row-level security would not hold for it: connect as one that owns nothing and was granted its tables by `migrate` (database.migration_url)"
    )]
    RoleTooStrong(String),
    /// Tables on which row-level security does not stand as it should.
    #[error(
        "TABLE_WITHOUT_ROW_SECURITY: {} can be read or written without the policy of a tenant's table: enable and force row-level security there",
        .0.join(", ")
    )]
    TablesUnprotected(Vec<String>),
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
        let backend = backend_of(&config.url)?;
        let connection = sea_orm::Database::connect(options(config, backend))
            .await
            .map_err(|source| DatabaseError::Open { backend, source })?;
        let turns = (backend == Backend::Sqlite).then(|| Turns::new(config));
        let guard = Arc::new(Guard::new(PlatformTables::default()));
        Ok(Self { connection, backend, guard, service_role: None, turns })
    }

    /// Opens the pool as migrations need it: at the `migration_url`, where there is one, and then they grant the role of
    /// `url` what a service needs.
    ///
    /// # Errors
    /// As of [`open`](Self::open).
    pub async fn open_for_migration(config: &Config) -> Result<Self, DatabaseError> {
        if config.migration_url.is_empty() {
            return Self::open(config).await;
        }
        // Before anything is opened: SQLite would make the file that is then refused.
        if backend_of(&config.url)? != Backend::Postgres
            || backend_of(&config.migration_url)? != Backend::Postgres
        {
            return Err(DatabaseError::NothingToGrant);
        }
        let service = config.url.parse::<PgConnectOptions>().map_err(|_| DatabaseError::Malformed)?;
        let owner = Config { url: config.migration_url.clone(), ..config.clone() };
        let database = Self::open(&owner).await?;
        Ok(Self { service_role: Some(service.get_username().to_owned()), ..database })
    }

    /// With these tables as those of the platform: a [`PlatformDb`] reaches them alone, and no [`TenantDb`] does.
    #[must_use]
    pub fn with_platform_tables(self, tables: PlatformTables) -> Self {
        Self { guard: Arc::new(Guard::new(tables)), ..self }
    }

    /// Whether PostgreSQL's own wall stands: the role is under row-level security and could not get around it, and every
    /// table that it reaches has its policy. SQLite has no such thing.
    ///
    /// # Errors
    /// [`DatabaseError::RoleTooStrong`], unless the configuration allows it, and then it is a warning;
    /// [`DatabaseError::TablesUnprotected`]; what the database says.
    pub async fn demand_row_security(&self, config: &Config) -> Result<(), DatabaseError> {
        let backend = self.backend;
        if backend != Backend::Postgres {
            return Ok(());
        }
        let breach = walls::breach(&self.connection, self.guard.platform_tables()).await;
        let error = match breach.map_err(|source| DatabaseError::Open { backend, source })? {
            None => return Ok(()),
            Some(Breach::Tables(tables)) => return Err(DatabaseError::TablesUnprotected(tables)),
            Some(Breach::Role(way)) => DatabaseError::RoleTooStrong(way),
        };
        if config.allow_strong_role {
            tracing::warn!(%error, "database.allow_strong_role: row-level security may not hold, never use this in production");
            return Ok(());
        }
        Err(error)
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
        TenantDb::new(Door::new(self.clone(), Tenant::new(tenant), statements, budget))
    }

    /// The tables of the platform, for one request. Statements are added to the counter.
    ///
    /// Who has a [`Database`] decides who gets this; a request's scope has none.
    pub fn platform(&self, statements: StatementCounter) -> PlatformDb {
        let budget = Budget::new(usize::MAX, PLATFORM_ROWS);
        PlatformDb::new(Door::new(self.clone(), Platform, statements, budget))
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

    /// The pool of a server.
    pub(super) fn postgres(&self) -> Option<&PgPool> {
        (self.backend == Backend::Postgres).then(|| self.connection.get_postgres_connection_pool())
    }

    /// Whether migrations have a role to give something to.
    pub(crate) fn grants(&self) -> bool {
        self.service_role.is_some()
    }

    /// Grants the service's role what it needs, where the configuration names one.
    pub(crate) async fn grant(&self, transaction: &DatabaseTransaction) -> Result<(), DbErr> {
        match &self.service_role {
            Some(role) => grants::grant(transaction, role).await,
            None => Ok(()),
        }
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

/// Which database a URL is of, if it is of any use.
fn backend_of(url: &str) -> Result<Backend, DatabaseError> {
    let backend = match url.split_once(':').map(|(scheme, _)| scheme) {
        Some("sqlite") => Backend::Sqlite,
        Some("postgres" | "postgresql") => Backend::Postgres,
        _ if url.is_empty() => return Err(DatabaseError::NoUrl),
        _ => return Err(DatabaseError::UnknownScheme),
    };
    if backend == Backend::Sqlite && is_in_memory(url) {
        return Err(DatabaseError::InMemory);
    }
    // Before SeaORM does, which puts a URL that it cannot read into its error.
    if is_readable(url, backend) { Ok(backend) } else { Err(DatabaseError::Malformed) }
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
        .test_before_acquire_if_idle_for(IDLE)
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
