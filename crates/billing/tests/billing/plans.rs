//! The hot queries read ranges of indexes, whatever the size of the tables.

use auth::TenantId;
use billing::seed::{Dataset, Fee};
use serde_json::{Value, json};
use test_kit::plans::{Explain, statements_of};

use crate::fixtures::{Kind, acme, books, id, tenant};
use crate::support::Billing;

test_kit::on_both_databases! { Billing: hot_queries_use_an_index a_page_of_one_parent_is_one_range }

const TABLES: [&str; 5] = ["accounts", "fees", "invoices", "invoice_lines", "payments"];

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
    (
        "Invoice",
        "payments(first: 10) { nodes { id } }",
        &[&["tenant_id", "id"], &["tenant_id", "invoice_id"]],
    ),
];

/// Lists are in the order of their index already.
const PAGES: &str = "Organization invoices";

async fn hot_queries_use_an_index(billing: Billing) {
    for number in 1..20 {
        billing.load(&crowded(tenant(number))).await;
    }
    let billing = billing.with(&crowded(acme())).await;
    let database = Explain::connect(&billing.owner_url).await.unwrap();
    let cursor = cursor(&billing).await;
    for (kind, fields, narrowed_by) in QUESTIONS {
        let fields = fields.replace("$cursor", &format!("{cursor:?}"));
        let query = format!(
            "query ($r: [_Any!]!) {{ _entities(representations: $r) {{ ... on {kind} {{ {fields} }} }} }}"
        );
        let variables = json!({ "r": [representation(kind, 7), representation(kind, 8)] });
        let statements =
            statements_of(async { _ = billing.ask(acme(), &query, variables).await.data() }).await;
        let mut plans = Vec::new();
        for statement in &statements {
            let plan = database.plan(statement).await.unwrap();
            assert!(!plan.reads_whole_table(&TABLES), "{kind} {fields}: {statement}\n{plan}");
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

/// However many rows the parent has, only those of the page are read.
async fn a_page_of_one_parent_is_one_range(billing: Billing) {
    for number in 1..20 {
        billing.load(&crowded(tenant(number))).await;
    }
    let billing = billing.with(&crowded(acme())).await;
    let database = Explain::connect(&billing.owner_url).await.unwrap();
    for (kind, list, table, parent) in [
        ("CustomerAccount", "invoices", "invoices", "account_id"),
        ("Invoice", "payments", "payments", "invoice_id"),
    ] {
        let selection = format!("... on {kind} {{ {list}(first: 10) {{ nodes {{ id }} }} }}");
        let page = billing.entities(acme(), &selection, vec![representation(kind, 1)]);
        let statements = statements_of(async { _ = page.await.data() }).await;
        let from = format!("FROM \"{table}\"");
        let pages =
            statements.iter().filter(|statement| statement.contains(&from) && statement.contains("LIMIT"));
        for statement in pages.clone() {
            let plan = database.plan(statement).await.unwrap();
            assert!(plan.narrows_by(&["tenant_id", parent]) && !plan.sorts(), "{statement}\n{plan}");
        }
        assert_eq!(pages.count(), 1, "{statements:#?}");
    }
}

/// Few accounts with many invoices each, and many fees.
fn crowded(tenant: TenantId) -> Dataset {
    let mut data = books(tenant, 150);
    for (number, invoice) in data.invoices.iter_mut().enumerate() {
        invoice.account_id = id(tenant, Kind::Account, number % 3);
    }
    let fee = data.fees[0].clone();
    data.fees.extend((1..100).map(|number| Fee { id: id(tenant, Kind::Fee, number), ..fee.clone() }));
    data
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
