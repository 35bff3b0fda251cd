//! Which statements an answer takes, and how the database means to run them.

use std::cell::RefCell;
use std::fmt;
use std::sync::Once;

use sea_orm::{ConnectOptions, ConnectionTrait as _, DatabaseConnection, DbBackend, Statement};
use tracing::field::{Field, Visit};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

tokio::task_local! {
    /// Where the statements of the task at hand are written down.
    static TEXTS: RefCell<Vec<String>>;
}

/// The texts of the statements that an answer takes, from their spans.
pub async fn statements_of(answer: impl Future<Output = ()>) -> Vec<String> {
    static SUBSCRIBER: Once = Once::new();
    // For the whole process, since whether a span is made at all is remembered for the whole process.
    SUBSCRIBER.call_once(|| {
        tracing::subscriber::set_global_default(tracing_subscriber::registry().with(Statements)).unwrap();
    });
    let texts = async {
        answer.await;
        TEXTS.with(RefCell::take)
    };
    let texts = TEXTS.scope(RefCell::default(), texts).await;
    assert!(!texts.is_empty());
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

/// A connection of its own to the subgraph's database.
pub struct Database {
    connection: DatabaseConnection,
}

impl Database {
    /// One connection, because what is prepared belongs to it.
    pub async fn connect(url: &str) -> Self {
        let mut options = ConnectOptions::new(url);
        options.max_connections(1).sqlx_logging(false);
        let connection = sea_orm::Database::connect(options).await.unwrap();
        if connection.get_database_backend() == DbBackend::Postgres {
            // The plan that holds for any values.
            connection.execute_unprepared("SET plan_cache_mode = force_generic_plan; ANALYZE").await.unwrap();
        }
        Self { connection }
    }

    pub async fn explain(&self, statement: &str) -> Plan {
        match self.connection.get_database_backend() {
            DbBackend::Postgres => {
                self.connection.execute_unprepared(&format!("PREPARE it AS {statement}")).await.unwrap();
                // Every statement has at least the tenant.
                let values = vec!["NULL"; statement.matches('$').count()].join(", ");
                let explain = format!("EXPLAIN (COSTS OFF) EXECUTE it({values})");
                let plan = self.rows(explain, "QUERY PLAN").await;
                self.connection.execute_unprepared("DEALLOCATE it").await.unwrap();
                Plan(plan)
            }
            _ => Plan(self.rows(format!("EXPLAIN QUERY PLAN {statement}"), "detail").await),
        }
    }

    async fn rows(&self, query: String, column: &str) -> Vec<String> {
        let query = Statement::from_string(self.connection.get_database_backend(), query);
        let rows = self.connection.query_all_raw(query).await.unwrap();
        rows.iter().map(|row| row.try_get("", column).unwrap()).collect()
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
    /// SQLite says SCAN of a subquery too; that reads what was found and not the table.
    pub fn reads_whole_table(&self) -> bool {
        const TABLES: [&str; 2] = ["users", "memberships"];
        self.0.iter().any(|line| {
            line.contains("Seq Scan")
                || TABLES.iter().any(|table| line.trim().starts_with(&format!("SCAN {table}")))
        })
    }

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
