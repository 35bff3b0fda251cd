//! Which statements an answer takes, and how a database means to run them.

use std::cell::RefCell;
use std::fmt;
use std::sync::Once;

use sea_orm::{ConnectOptions, ConnectionTrait as _, DatabaseConnection, DbBackend, DbErr, Statement};
use tracing::field::{Field, Visit};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

tokio::task_local! {
    /// Where the statements of the task at hand are written down.
    static TEXTS: RefCell<Vec<String>>;
}

/// The texts of the statements that an answer takes, from their spans. A process that asks this has no other subscriber
/// of traces.
///
/// # Panics
/// There were none, or they are not to be seen.
pub async fn statements_of(answer: impl Future<Output = ()>) -> Vec<String> {
    static SUBSCRIBER: Once = Once::new();
    // For the whole process, since whether a span is made at all is remembered for the whole process.
    SUBSCRIBER.call_once(|| {
        let set = tracing::subscriber::set_global_default(tracing_subscriber::registry().with(Statements));
        assert!(set.is_ok(), "the process has another subscriber of traces");
    });
    let texts = async {
        answer.await;
        TEXTS.with(RefCell::take)
    };
    let texts = TEXTS.scope(RefCell::default(), texts).await;
    assert!(!texts.is_empty(), "no statement was seen");
    texts
}

struct Statements;

impl<S: tracing::Subscriber> Layer<S> for Statements {
    fn on_new_span(&self, span: &tracing::span::Attributes<'_>, _: &tracing::span::Id, _: Context<'_, S>) {
        span.record(&mut Self);
    }
}

impl Visit for Statements {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "db.query.text" {
            // Outside of such a task nobody wants to know.
            let _ = TEXTS.try_with(|texts| texts.borrow_mut().push(value.to_owned()));
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}

/// Asks a database for the plans of statements, over a connection of its own.
#[derive(Debug)]
pub struct Explain {
    connection: DatabaseConnection,
}

impl Explain {
    /// One connection, because what is prepared belongs to it.
    ///
    /// # Errors
    /// What the database says.
    pub async fn connect(url: &str) -> Result<Self, DbErr> {
        let mut options = ConnectOptions::new(url);
        options.max_connections(1).sqlx_logging(false);
        let connection = sea_orm::Database::connect(options).await?;
        if connection.get_database_backend() == DbBackend::Postgres {
            // The plan that holds for any values.
            connection.execute_unprepared("SET plan_cache_mode = force_generic_plan; ANALYZE").await?;
        }
        Ok(Self { connection })
    }

    /// The plan of a statement with placeholders, whatever stands for them.
    ///
    /// # Errors
    /// What the database says.
    pub async fn plan(&self, statement: &str) -> Result<Plan, DbErr> {
        match self.connection.get_database_backend() {
            DbBackend::Postgres => {
                self.connection.execute_unprepared(&format!("PREPARE it AS {statement}")).await?;
                // Every statement has at least the tenant.
                let values = vec!["NULL"; statement.matches('$').count()].join(", ");
                let explain = format!("EXPLAIN (COSTS OFF) EXECUTE it({values})");
                let plan = self.rows(explain, "QUERY PLAN").await?;
                self.connection.execute_unprepared("DEALLOCATE it").await?;
                Ok(Plan(plan))
            }
            _ => Ok(Plan(self.rows(format!("EXPLAIN QUERY PLAN {statement}"), "detail").await?)),
        }
    }

    async fn rows(&self, query: String, column: &str) -> Result<Vec<String>, DbErr> {
        let query = Statement::from_string(self.connection.get_database_backend(), query);
        let rows = self.connection.query_all_raw(query).await?;
        rows.iter().map(|row| row.try_get("", column)).collect()
    }
}

/// The lines of a plan, as the database words it.
#[derive(Debug)]
pub struct Plan(Vec<String>);

impl fmt::Display for Plan {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.join("\n"))
    }
}

impl Plan {
    /// Whether any of these tables is read from end to end; on PostgreSQL, whether any table is.
    pub fn reads_whole_table(&self, tables: &[&str]) -> bool {
        self.0.iter().any(|line| {
            line.contains("Seq Scan")
                // SQLite says SCAN of a subquery too; that reads what was found and not the table.
                || tables.iter().any(|table| line.trim().starts_with(&format!("SCAN {table}")))
        })
    }

    /// Whether rows are sorted once they are found, and do not come in the order of an index.
    pub fn sorts(&self) -> bool {
        self.0.iter().any(|line| line.contains("Sort") || line.contains("TEMP B-TREE"))
    }

    /// Whether one range of an index is bound by all of these columns.
    pub fn narrows_by(&self, columns: &[&str]) -> bool {
        self.0.iter().any(|line| {
            (line.contains("Index Cond") || line.contains("SEARCH"))
                && columns.iter().all(|column| {
                    line.split(|character: char| !character.is_alphanumeric() && character != '_')
                        .any(|word| word == *column)
                })
        })
    }
}
