use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sea_orm::{DbErr, QueryResult, Statement};
use tracing::Instrument as _;

use crate::budget::Budget;

use super::database::Database;
use super::guard::UnscopedQuery;
use super::reach::Reach;

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

/// What every statement passes on its way to a database: what it may reach, where it is counted, how much may be read.
#[derive(Clone)]
pub(super) struct Door<R> {
    database: Database,
    reach: R,
    statements: StatementCounter,
    budget: Budget,
}

impl<R: Reach> Door<R> {
    pub(super) fn new(database: Database, reach: R, statements: StatementCounter, budget: Budget) -> Self {
        Self { database, reach, statements, budget }
    }

    /// The same request, elsewhere.
    pub(super) fn leading_to<S: Reach>(self, reach: S) -> Door<S> {
        Door { database: self.database, reach, statements: self.statements, budget: self.budget }
    }

    pub(super) fn database(&self) -> &Database {
        &self.database
    }

    pub(super) fn reach(&self) -> &R {
        &self.reach
    }

    /// What PostgreSQL is told when a transaction begins.
    pub(super) fn telling(&self) -> String {
        self.reach.rows().telling()
    }

    pub(super) fn rows_left(&self) -> usize {
        self.budget.rows_left()
    }

    /// Counts rows that were read.
    pub(super) fn within_budget(&self, rows: Vec<QueryResult>) -> Result<Vec<QueryResult>, DbErr> {
        self.budget.take_rows(rows.len())?;
        Ok(rows)
    }

    /// The one spot that every statement passes: guarded, counted, traced.
    pub(super) async fn pass<T>(
        &self,
        statement: Statement,
        send: impl AsyncFnOnce(Statement) -> Result<T, DbErr>,
    ) -> Result<T, DbErr> {
        self.database.guard().check(&statement, self.reach.rows())?;
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

/// Unprepared text carries no bound tenant, so it is never scoped.
pub(super) fn refuse_unprepared(sql: &str) -> DbErr {
    UnscopedQuery::new("text without bound values", sql).into()
}

/// What a span has of a text: no more, since a batch's text is as long as its keys are many.
fn beginning(text: &str) -> &str {
    text.get(..text.floor_char_boundary(LONGEST_TEXT)).unwrap_or(text)
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
