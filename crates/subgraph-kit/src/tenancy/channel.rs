//! Where statements go once they have been checked.

use std::sync::Arc;

use sea_orm::sqlx::postgres::Postgres;
use sea_orm::sqlx::query::Query;
use sea_orm::sqlx::{self, AssertSqlSafe, Executor as _};
use sea_orm::{
    ConnectionTrait as _, DatabaseConnection, DatabaseTransaction, DbErr, ExecResult, QueryResult,
    RuntimeErr, Statement,
};
use sea_query_sqlx::SqlxValues;
use tokio::sync::Mutex;

use super::database::Database;
use super::turns::Turn;

/// A transaction, or on SQLite the pool for a statement that is a transaction by itself. Without
/// [`commit`](Self::commit), what is not a transaction by itself leaves nothing behind.
pub(super) struct Channel {
    // Before the turn, so that it has ended when the next writer begins.
    way: Way,
    _turn: Option<Turn>,
}

enum Way {
    Alone(DatabaseConnection),
    Sqlite(Mutex<Option<DatabaseTransaction>>),
    Postgres(Mutex<Option<sqlx::Transaction<'static, Postgres>>>),
}

/// What a transaction is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// One statement that reads.
    Read,
    /// One statement that changes something.
    Change,
    /// Several statements that belong together.
    Together,
}

impl Channel {
    /// Begins, and tells PostgreSQL's policies whose rows it is about.
    ///
    /// On PostgreSQL every statement is within a transaction: a setting of the session would outlive the request on a
    /// pooled connection, and behind a pooler of transactions be another session's. To be told costs nothing more than
    /// to begin, since both are one message (decision 0012).
    pub(super) async fn open(database: &Database, purpose: Purpose, telling: &str) -> Result<Self, DbErr> {
        if let Some(pool) = database.postgres() {
            let begin = if purpose == Purpose::Read { "BEGIN READ ONLY" } else { "BEGIN" };
            let transaction = pool
                .begin_with(AssertSqlSafe(format!("{begin}; {telling}")))
                .await
                .map_err(|error| DbErr::Conn(runtime(error)))?;
            return Ok(Self { way: Way::Postgres(Mutex::new(Some(transaction))), _turn: None });
        }
        let (way, turn) = match purpose {
            Purpose::Read => (Way::Alone(database.connection().clone()), None),
            Purpose::Change => (Way::Alone(database.connection().clone()), database.turn().await?),
            Purpose::Together => {
                let (transaction, turn) = database.begin().await?;
                (Way::Sqlite(Mutex::new(Some(transaction))), turn)
            }
        };
        Ok(Self { way, _turn: turn })
    }

    pub(super) async fn execute(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        match &self.way {
            Way::Alone(pool) => pool.execute_raw(statement).await,
            Way::Sqlite(transaction) => open(transaction.lock().await.as_ref())?.execute_raw(statement).await,
            Way::Postgres(transaction) => {
                let mut transaction = transaction.lock().await;
                let done = (&mut **open_mut(&mut transaction)?).execute(query(statement)).await;
                done.map(Into::into).map_err(|error| DbErr::Exec(runtime(error)))
            }
        }
    }

    pub(super) async fn query_one(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        match &self.way {
            Way::Alone(pool) => pool.query_one_raw(statement).await,
            Way::Sqlite(transaction) => {
                open(transaction.lock().await.as_ref())?.query_one_raw(statement).await
            }
            Way::Postgres(transaction) => {
                let mut transaction = transaction.lock().await;
                let row = (&mut **open_mut(&mut transaction)?).fetch_optional(query(statement)).await;
                row.map(|row| row.map(Into::into)).map_err(|error| DbErr::Query(runtime(error)))
            }
        }
    }

    pub(super) async fn query_all(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        match &self.way {
            Way::Alone(pool) => pool.query_all_raw(statement).await,
            Way::Sqlite(transaction) => {
                open(transaction.lock().await.as_ref())?.query_all_raw(statement).await
            }
            Way::Postgres(transaction) => {
                let mut transaction = transaction.lock().await;
                let rows = (&mut **open_mut(&mut transaction)?).fetch_all(query(statement)).await;
                let rows = rows.map_err(|error| DbErr::Query(runtime(error)))?;
                Ok(rows.into_iter().map(Into::into).collect())
            }
        }
    }

    /// Makes the changes last. What is sent afterwards is an error.
    pub(super) async fn commit(&self) -> Result<(), DbErr> {
        match &self.way {
            Way::Alone(_) => Ok(()),
            Way::Sqlite(transaction) => transaction.lock().await.take().ok_or_else(ended)?.commit().await,
            Way::Postgres(transaction) => {
                let committed = transaction.lock().await.take().ok_or_else(ended)?.commit().await;
                committed.map_err(|error| DbErr::Exec(runtime(error)))
            }
        }
    }
}

fn open<T>(transaction: Option<&T>) -> Result<&T, DbErr> {
    transaction.ok_or_else(ended)
}

fn open_mut<T>(transaction: &mut Option<T>) -> Result<&mut T, DbErr> {
    transaction.as_mut().ok_or_else(ended)
}

fn ended() -> DbErr {
    DbErr::Custom("the transaction has ended".to_owned())
}

fn query(statement: Statement) -> Query<'static, Postgres, SqlxValues> {
    let values = statement.values.unwrap_or_else(|| sea_orm::Values(Vec::new()));
    sqlx::query_with(AssertSqlSafe(statement.sql), SqlxValues(values))
}

fn runtime(error: sqlx::Error) -> RuntimeErr {
    RuntimeErr::SqlxError(Arc::new(error))
}
