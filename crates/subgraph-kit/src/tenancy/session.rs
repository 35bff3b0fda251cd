use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use auth::TenantId;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult,
    Statement,
};
use tracing::Instrument as _;

use crate::budget::Budget;

use super::database::Database;
use super::guard::UnscopedQuery;
use super::scoped::{Scoped, sealed::Sealed};
use super::turns::Turn;

/// The most of a statement's text that is traced, in bytes.
const LONGEST_TEXT: usize = 2_048;

/// Counts the statements of one request. Clones count together.
#[derive(Debug, Clone, Default)]
pub struct StatementCounter(Arc<AtomicU64>);

impl StatementCounter {
    /// How many statements were sent.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// The database as one tenant sees it: for reads, and to [`begin`](Self::begin) changes. Cheap to clone.
#[derive(Clone)]
pub struct TenantDb {
    session: Session,
}

/// A transaction of one tenant. Dropped without [`commit`](Self::commit) it leaves nothing behind.
pub struct TenantTransaction {
    // Before the turn, so that it has ended when the next writer begins.
    transaction: DatabaseTransaction,
    session: Session,
    _turn: Option<Turn>,
}

/// Whose statements, and where they are counted.
#[derive(Clone)]
struct Session {
    database: Database,
    tenant: TenantId,
    statements: StatementCounter,
    budget: Budget,
}

impl TenantDb {
    pub(super) fn new(
        database: Database,
        tenant: TenantId,
        statements: StatementCounter,
        budget: Budget,
    ) -> Self {
        Self { session: Session { database, tenant, statements, budget } }
    }

    /// Starts a transaction for changes. On SQLite it is the only writer until it ends; on PostgreSQL others write
    /// beside it (READ COMMITTED), so a row whose value decides the change is read with `lock_exclusive()` there, or
    /// a constraint decides.
    ///
    /// This is the one place where a transaction of a tenant comes to be, and so the place that tells PostgreSQL the
    /// tenant once row-level security stands.
    ///
    /// # Errors
    /// What the database says; on SQLite also that the write lock was not to be had in time.
    pub async fn begin(&self) -> Result<TenantTransaction, DbErr> {
        let (transaction, turn) = self.session.database.begin().await?;
        Ok(TenantTransaction { transaction, session: self.session.clone(), _turn: turn })
    }
}

impl TenantDb {
    /// Sends a statement that is a transaction by itself.
    async fn alone<T>(
        &self,
        statement: Statement,
        send: impl AsyncFnOnce(&DatabaseConnection, Statement) -> Result<T, DbErr>,
    ) -> Result<T, DbErr> {
        let database = &self.session.database;
        let send = async |statement: Statement| {
            // The guard has read the statement by now: it is a query or a change.
            let reads = statement.sql.get(..6).is_some_and(|verb| verb.eq_ignore_ascii_case("SELECT"));
            let _turn = if reads { None } else { database.turn().await? };
            send(database.connection(), statement).await
        };
        self.session.run(statement, send).await
    }
}

impl TenantTransaction {
    /// Makes the changes last.
    ///
    /// # Errors
    /// What the database says; then nothing was changed.
    pub async fn commit(self) -> Result<(), DbErr> {
        self.transaction.commit().await
    }
}

impl Session {
    /// Counts rows that were read.
    fn within_budget(&self, rows: Vec<QueryResult>) -> Result<Vec<QueryResult>, DbErr> {
        self.budget.take_rows(rows.len())?;
        Ok(rows)
    }

    /// The one spot that every statement of a tenant passes: guarded, counted, traced.
    async fn run<T>(
        &self,
        statement: Statement,
        send: impl AsyncFnOnce(Statement) -> Result<T, DbErr>,
    ) -> Result<T, DbErr> {
        self.database.guard().check(&statement, self.tenant)?;
        self.statements.add();
        let span = tracing::info_span!(
            "db.query",
            otel.kind = "client",
            otel.status_code = tracing::field::Empty,
            db.system.name = self.database.backend().as_str(),
            db.query.text = beginning(&statement.sql),
        );
        let result = send(statement).instrument(span.clone()).await;
        if result.is_err() {
            span.record("otel.status_code", "ERROR");
        }
        result
    }
}

/// What a span has of a text: no more, since a batch's text is as long as its keys are many.
fn beginning(text: &str) -> &str {
    text.get(..text.floor_char_boundary(LONGEST_TEXT)).unwrap_or(text)
}

/// Unprepared text carries no bound tenant, so it is never scoped.
fn refuse_unprepared(sql: &str) -> DbErr {
    UnscopedQuery::new("text without bound values", sql).into()
}

#[async_trait::async_trait]
impl ConnectionTrait for TenantDb {
    fn get_database_backend(&self) -> DbBackend {
        self.session.database.dialect()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.alone(statement, async |connection, statement| connection.execute_raw(statement).await).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        Err(refuse_unprepared(sql))
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.alone(statement, async |connection, statement| connection.query_one_raw(statement).await).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let rows =
            self.alone(statement, async |connection, statement| connection.query_all_raw(statement).await);
        self.session.within_budget(rows.await?)
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for TenantTransaction {
    fn get_database_backend(&self) -> DbBackend {
        self.session.database.dialect()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let transaction = &self.transaction;
        self.session.run(statement, async |statement| transaction.execute_raw(statement).await).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        Err(refuse_unprepared(sql))
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let transaction = &self.transaction;
        self.session.run(statement, async |statement| transaction.query_one_raw(statement).await).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let transaction = &self.transaction;
        let rows = self.session.run(statement, async |statement| transaction.query_all_raw(statement).await);
        self.session.within_budget(rows.await?)
    }
}

impl Sealed for TenantDb {
    fn rows_left(&self) -> usize {
        self.session.budget.rows_left()
    }
}

impl Sealed for TenantTransaction {
    fn rows_left(&self) -> usize {
        self.session.budget.rows_left()
    }
}

impl Scoped for TenantDb {
    fn tenant(&self) -> TenantId {
        self.session.tenant
    }
}

impl Scoped for TenantTransaction {
    fn tenant(&self) -> TenantId {
        self.session.tenant
    }
}

impl fmt::Debug for TenantDb {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("TenantDb").field("tenant", &self.session.tenant).finish_non_exhaustive()
    }
}

impl fmt::Debug for TenantTransaction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("TenantTransaction")
            .field("tenant", &self.session.tenant)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_TEXT, beginning};

    #[test]
    fn a_long_text_is_cut_between_characters() {
        assert_eq!(beginning("SELECT 1"), "SELECT 1");
        let long = format!("{}é{}", "x".repeat(LONGEST_TEXT - 1), "x".repeat(LONGEST_TEXT));
        assert_eq!(beginning(&long).len(), LONGEST_TEXT - 1);
    }
}
