use std::fmt;
use std::sync::Arc;

use auth::TenantId;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement};

use super::channel::{Channel, Purpose};
use super::door::{Door, refuse_unprepared};
use super::reach::{Platform, Reach, Tenant};
use super::scoped::{Scoped, sealed::Sealed};

/// The database as one tenant sees it: for reads, and to [`begin`](Session::begin) changes. Cheap to clone.
pub type TenantDb = Session<Tenant>;

/// The tables that belong to no tenant, and nothing else: for what is done before a tenant is known, such as signing
/// in. Cheap to clone.
///
/// Only statements on tables pass that are on the list of the [`Database`](super::Database)
/// ([`with_platform_tables`](super::Database::with_platform_tables)); a [`TenantDb`] passes none of these. No statement
/// reaches both: what has to happen to both together is a [`JointTransaction`].
pub type PlatformDb = Session<Platform>;

/// A transaction of one tenant. Dropped without [`commit`](Transaction::commit) it leaves nothing behind.
pub type TenantTransaction = Transaction<Tenant>;

/// A transaction on the platform's tables. Dropped without [`commit`](Transaction::commit) it leaves nothing behind.
pub type PlatformTransaction = Transaction<Platform>;

/// A handle for one request, which reaches what `R` says.
#[derive(Clone)]
pub struct Session<R> {
    door: Door<R>,
}

/// Statements that happen together or not at all, and reach what `R` says.
pub struct Transaction<R> {
    channel: Arc<Channel>,
    door: Door<R>,
}

/// One transaction with two doors: to the platform's tables and to the rows of one tenant. Dropped without
/// [`commit`](Self::commit) it leaves nothing behind.
///
/// Each statement goes through one of the doors and is checked there as it would be outside, so none can join a
/// tenant's rows with the platform's, nor write the one where the other is meant. Only who holds a [`PlatformDb`] can
/// begin it: from a tenant's handle nothing leads here.
pub struct JointTransaction {
    platform: Transaction<Platform>,
    tenant: Transaction<Tenant>,
}

impl<R: Reach> Session<R> {
    pub(super) fn new(door: Door<R>) -> Self {
        Self { door }
    }

    /// Starts a transaction for changes. On SQLite it is the only writer until it ends; on PostgreSQL others write
    /// beside it (READ COMMITTED), so a row whose value decides the change is read with `lock_exclusive()` there, or
    /// a constraint decides.
    ///
    /// # Errors
    /// What the database says; on SQLite also that the write lock was not to be had in time.
    pub async fn begin(&self) -> Result<Transaction<R>, DbErr> {
        let channel = Channel::open(self.door.database(), Purpose::Together, &self.door.telling()).await?;
        Ok(Transaction { channel: Arc::new(channel), door: self.door.clone() })
    }

    /// Sends a statement that is a transaction by itself.
    async fn alone<T>(
        &self,
        statement: Statement,
        send: impl AsyncFnOnce(&Channel, Statement) -> Result<T, DbErr>,
    ) -> Result<T, DbErr> {
        let send = async |statement: Statement| {
            // The guard has read the statement by now: it is a query or a change.
            let reads = statement.sql.get(..6).is_some_and(|verb| verb.eq_ignore_ascii_case("SELECT"));
            let purpose = if reads { Purpose::Read } else { Purpose::Change };
            let channel = Channel::open(self.door.database(), purpose, &self.door.telling()).await?;
            let answer = send(&channel, statement).await?;
            // What was only read needs no end that one waits for.
            if purpose == Purpose::Change {
                channel.commit().await?;
            }
            Ok(answer)
        };
        self.door.pass(statement, send).await
    }
}

impl Session<Platform> {
    /// Starts a transaction on the platform's tables and on the rows of this tenant together, as signing up needs it:
    /// an account, and with it a user and a membership.
    ///
    /// # Errors
    /// As of [`begin`](Session::begin).
    pub async fn begin_with(&self, tenant: TenantId) -> Result<JointTransaction, DbErr> {
        let door = self.door.clone().leading_to(Tenant::new(tenant));
        let telling = format!("{}; {}", self.door.telling(), door.telling());
        let channel = Arc::new(Channel::open(self.door.database(), Purpose::Together, &telling).await?);
        let platform = Transaction { channel: channel.clone(), door: self.door.clone() };
        Ok(JointTransaction { platform, tenant: Transaction { channel, door } })
    }
}

impl<R> Transaction<R> {
    /// Makes the changes last.
    ///
    /// # Errors
    /// What the database says; then nothing was changed.
    pub async fn commit(self) -> Result<(), DbErr> {
        self.channel.commit().await
    }
}

impl JointTransaction {
    /// The door to the platform's tables.
    pub fn platform(&self) -> &PlatformTransaction {
        &self.platform
    }

    /// The door to the tenant's rows.
    pub fn tenant(&self) -> &TenantTransaction {
        &self.tenant
    }

    /// Makes the changes last, on both sides.
    ///
    /// # Errors
    /// What the database says; then nothing was changed.
    pub async fn commit(self) -> Result<(), DbErr> {
        self.platform.channel.commit().await
    }
}

#[async_trait::async_trait]
impl<R: Reach> ConnectionTrait for Session<R> {
    fn get_database_backend(&self) -> DbBackend {
        self.door.database().dialect()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.alone(statement, async |channel, statement| channel.execute(statement).await).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        Err(refuse_unprepared(sql))
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.alone(statement, async |channel, statement| channel.query_one(statement).await).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let rows = self.alone(statement, async |channel, statement| channel.query_all(statement).await);
        self.door.within_budget(rows.await?)
    }
}

#[async_trait::async_trait]
impl<R: Reach> ConnectionTrait for Transaction<R> {
    fn get_database_backend(&self) -> DbBackend {
        self.door.database().dialect()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.door.pass(statement, async |statement| self.channel.execute(statement).await).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        Err(refuse_unprepared(sql))
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.door.pass(statement, async |statement| self.channel.query_one(statement).await).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let rows = self.door.pass(statement, async |statement| self.channel.query_all(statement).await);
        self.door.within_budget(rows.await?)
    }
}

impl Sealed for Session<Tenant> {
    fn rows_left(&self) -> usize {
        self.door.rows_left()
    }
}

impl Sealed for Transaction<Tenant> {
    fn rows_left(&self) -> usize {
        self.door.rows_left()
    }
}

impl Scoped for Session<Tenant> {
    fn tenant(&self) -> TenantId {
        self.door.reach().id()
    }
}

impl Scoped for Transaction<Tenant> {
    fn tenant(&self) -> TenantId {
        self.door.reach().id()
    }
}

impl<R: Reach> fmt::Debug for Session<R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Session").field("reach", self.door.reach()).finish_non_exhaustive()
    }
}

impl<R: Reach> fmt::Debug for Transaction<R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Transaction").field("reach", self.door.reach()).finish_non_exhaustive()
    }
}

impl fmt::Debug for JointTransaction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("JointTransaction").field("tenant", &self.tenant).finish_non_exhaustive()
    }
}
