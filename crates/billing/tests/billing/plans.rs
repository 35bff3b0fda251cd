//! The hot queries read ranges of indexes, whatever the size of the tables.

use std::cell::RefCell;
use std::fmt;
use std::sync::Once;

use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, Statement};
use serde_json::{Value, json};
use tracing::field::{Field, Visit};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

use crate::fixtures::{Kind, acme, books, id, tenant};
use crate::support::{Answer, Billing};

on_both_databases! { hot_queries_use_an_index }

/// What is asked, and the columns that an index must narrow the rows down by for it.
const QUESTIONS: &[(&str, &str, &[&[&str]])] = &[
    ("Organization", "invoices(first: 10) { nodes { id } }", &[&["tenant_id"]]),
    (
        "Organization",
        "invoices(first: 10, after: $cursor) { nodes { id } }",
        &[&["tenant_id", "issued_at", "id"]],
    ),
    (
        "Organization",
        "invoices(last: 10, before: $cursor) { nodes { id } }",
        &[&["tenant_id", "issued_at", "id"]],
    ),
    (
        "Organization",
        "invoices(first: 10, status: OPEN, after: $cursor) { nodes { id } }",
        &[&["tenant_id", "status", "issued_at", "id"]],
    ),
    (
        "Organization",
        "balance { amount }",
        &[&["tenant_id", "party_kind", "party_id"], &["tenant_id", "status"]],
    ),
    (
        "CustomerAccount",
        "invoices(first: 10) { nodes { id } }",
        &[&["tenant_id", "id"], &["tenant_id", "account_id"]],
    ),
    (
        "CustomerAccount",
        "balance { amount }",
        &[&["tenant_id", "id"], &["tenant_id", "account_id", "status"]],
    ),
    ("User", "account { id }", &[&["tenant_id", "party_kind", "party_id"]]),
    ("Order", "invoice { id }", &[&["tenant_id", "order_id"]]),
    ("Payment", "invoice { id }", &[&["tenant_id", "id"]]),
    (
        "Invoice",
        "lines { item { ... on Fee { id } } }",
        &[&["tenant_id", "invoice_id"], &["tenant_id", "id"]],
    ),
    ("Invoice", "payments { id }", &[&["tenant_id", "invoice_id"]]),
];

/// Lists are in the order of their index already.
const PAGES: &str = "Organization invoices";

async fn hot_queries_use_an_index(billing: Billing) {
    for number in 1..20 {
        billing.load(&books(tenant(number), 150)).await;
    }
    let billing = billing.with(&books(acme(), 150)).await;
    let database = connect(&billing.url).await;
    let cursor = cursor(&billing).await;
    for (kind, fields, narrowed_by) in QUESTIONS {
        let fields = fields.replace("$cursor", &format!("{cursor:?}"));
        let query = format!(
            "query ($r: [_Any!]!) {{ _entities(representations: $r) {{ ... on {kind} {{ {fields} }} }} }}"
        );
        let variables = json!({ "r": [representation(kind, 7), representation(kind, 8)] });
        let statements = statements_of(billing.ask(acme(), &query, variables)).await;
        let mut plans = Vec::new();
        for statement in &statements {
            let plan = explain(&database, statement).await;
            assert!(!plan.reads_whole_table(), "{kind} {fields}: {statement}\n{plan}");
            if format!("{kind} {fields}").starts_with(PAGES) {
                assert!(!plan.sorts(), "{kind} {fields}: {statement}\n{plan}");
            }
            plans.push(plan);
        }
        for columns in *narrowed_by {
            let found = plans.iter().any(|plan| plan.narrows_by(columns));
            assert!(found, "{kind} {fields}: {columns:?} in none of\n{statements:#?}\n{plans:?}");
        }
    }
}

fn representation(kind: &str, number: usize) -> Value {
    let id = match kind {
        "Organization" => acme().as_uuid(),
        "CustomerAccount" => id(acme(), Kind::Account, number),
        "User" => id(acme(), Kind::User, number),
        "Order" => id(acme(), Kind::Order, number),
        "Payment" => id(acme(), Kind::Payment, number * 2),
        _ => id(acme(), Kind::Invoice, number),
    };
    json!({ "__typename": kind, "id": id })
}

/// Somewhere in the list.
async fn cursor(billing: &Billing) -> String {
    let selection = "... on Organization { invoices(first: 50) { pageInfo { endCursor } } }";
    let answer = billing.entities(acme(), selection, vec![representation("Organization", 0)]).await;
    answer.data()["_entities"][0]["invoices"]["pageInfo"]["endCursor"].as_str().unwrap().to_owned()
}

tokio::task_local! {
    /// Where the statements of the task at hand are written down.
    static TEXTS: RefCell<Vec<String>>;
}

/// The texts of the statements that an answer takes, from their spans.
async fn statements_of(answer: impl Future<Output = Answer>) -> Vec<String> {
    static SUBSCRIBER: Once = Once::new();
    // For the whole process, since whether a span is made at all is remembered for the whole process.
    SUBSCRIBER.call_once(|| {
        tracing::subscriber::set_global_default(tracing_subscriber::registry().with(Statements)).unwrap();
    });
    let texts = async {
        answer.await.data();
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

/// One connection, because what is prepared belongs to it.
async fn connect(url: &str) -> DatabaseConnection {
    let mut options = sea_orm::ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    let database = sea_orm::Database::connect(options).await.unwrap();
    if database.get_database_backend() == DbBackend::Postgres {
        // The plan that holds for any values.
        database.execute_unprepared("SET plan_cache_mode = force_generic_plan; ANALYZE").await.unwrap();
    }
    database
}

async fn explain(database: &DatabaseConnection, statement: &str) -> Plan {
    let backend = database.get_database_backend();
    let query = if backend == DbBackend::Postgres {
        database.execute_unprepared(&format!("PREPARE it AS {statement}")).await.unwrap();
        let values = vec!["NULL"; statement.matches('$').count()];
        match values.is_empty() {
            true => "EXPLAIN (COSTS OFF) EXECUTE it".to_owned(),
            false => format!("EXPLAIN (COSTS OFF) EXECUTE it({})", values.join(", ")),
        }
    } else {
        format!("EXPLAIN QUERY PLAN {statement}")
    };
    let column = if backend == DbBackend::Postgres { "QUERY PLAN" } else { "detail" };
    let rows = database.query_all_raw(Statement::from_string(backend, query)).await.unwrap();
    if backend == DbBackend::Postgres {
        database.execute_unprepared("DEALLOCATE it").await.unwrap();
    }
    Plan(rows.iter().map(|row| row.try_get("", column).unwrap()).collect())
}

/// The lines of a plan, as the database words it.
#[derive(Debug)]
struct Plan(Vec<String>);

impl fmt::Display for Plan {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.join("\n"))
    }
}

impl Plan {
    /// SQLite says SCAN of a subquery too; that reads what was found and not the table.
    fn reads_whole_table(&self) -> bool {
        const TABLES: [&str; 5] = ["accounts", "fees", "invoices", "invoice_lines", "payments"];
        self.0.iter().any(|line| {
            line.contains("Seq Scan")
                || TABLES.iter().any(|table| line.trim().starts_with(&format!("SCAN {table}")))
        })
    }

    fn sorts(&self) -> bool {
        self.0.iter().any(|line| line.contains("Sort") || line.contains("TEMP B-TREE"))
    }

    /// Whether one range of an index is bound by all of these columns.
    fn narrows_by(&self, columns: &[&str]) -> bool {
        self.0.iter().any(|line| {
            (line.contains("Index Cond") || line.contains("SEARCH"))
                && columns.iter().all(|column| {
                    line.split(|character: char| !character.is_alphanumeric() && character != '_')
                        .any(|word| word == *column)
                })
        })
    }
}
