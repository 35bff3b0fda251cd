//! The hot queries read ranges of indexes, whatever the size of the tables.

use auth::TenantId;
use orders::seed::Dataset;
use serde_json::{Value, json};
use test_kit::plans::{Explain, statements_of};

use crate::fixtures::{Kind, acme, id, ledger, tenant, user};
use crate::support::Orders;

test_kit::on_both_databases! { Orders: hot_queries_use_an_index }

/// Whether rows come in the order of an index, or are sorted once they are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    OfIndex,
    Sorted,
}

const TABLES: [&str; 4] = ["products", "orders", "order_lines", "order_numbers"];

/// What is asked, the columns that an index must narrow the rows down by for it, and how the rows come in order.
const QUESTIONS: &[(&str, &str, &[&[&str]], Order)] = &[
    ("Organization", "orders(first: 10) { nodes { id } }", &[&["tenant_id"]], Order::OfIndex),
    (
        "Organization",
        "orders(first: 10, after: $orders) { nodes { id } }",
        &[&["tenant_id", "placed_at", "id"]],
        Order::OfIndex,
    ),
    (
        "Organization",
        "orders(last: 10, before: $orders) { nodes { id } }",
        &[&["tenant_id", "placed_at", "id"]],
        Order::OfIndex,
    ),
    (
        "Organization",
        "orders(first: 10, after: $orders, filter: { statuses: [PLACED] }) { nodes { id } }",
        &[&["tenant_id", "status", "placed_at", "id"]],
        Order::OfIndex,
    ),
    (
        "Organization",
        "orders(first: 10, filter: { placedAfter: \"2026-02-28T09:10:00Z\", placedBefore: \"2026-02-28T09:20:00Z\" }) { nodes { id } }",
        &[&["tenant_id", "placed_at"]],
        Order::OfIndex,
    ),
    (
        "Organization",
        "products(first: 10, after: $products) { nodes { id } }",
        &[&["tenant_id", "created_at", "id"]],
        Order::OfIndex,
    ),
    ("User", "orders(first: 10) { nodes { id } }", &[&["tenant_id", "placed_by"]], Order::Sorted),
    (
        "User",
        "orders(first: 10, after: $orders) { nodes { id } }",
        &[&["tenant_id", "placed_by", "placed_at"]],
        Order::Sorted,
    ),
    (
        "Order",
        "number lines { product { sku } }",
        &[&["tenant_id", "id"], &["tenant_id", "order_id"]],
        Order::Sorted,
    ),
    ("Product", "sku", &[&["tenant_id", "id"]], Order::Sorted),
    ("ProductBySku", "name", &[&["tenant_id", "sku"]], Order::Sorted),
];

async fn hot_queries_use_an_index(orders: Orders) {
    for number in 1..20 {
        orders.load(&crowded(tenant(number))).await;
    }
    let orders = orders.with(&crowded(acme())).await;
    let database = Explain::connect(&orders.owner_url).await.unwrap();
    let (of_orders, of_products) = (cursor(&orders, "orders").await, cursor(&orders, "products").await);
    for (kind, fields, narrowed_by, order) in QUESTIONS {
        let fields = fields.replace("$orders", &of_orders).replace("$products", &of_products);
        let of = kind.trim_end_matches("BySku");
        let query = format!(
            "query ($r: [_Any!]!) {{ _entities(representations: $r) {{ ... on {of} {{ {fields} }} }} }}"
        );
        let variables = json!({ "r": [representation(kind, 1), representation(kind, 2)] });
        let statements =
            statements_of(async { _ = orders.ask(acme(), &query, variables).await.data() }).await;
        let mut plans = Vec::new();
        for statement in &statements {
            let plan = database.plan(statement).await.unwrap();
            assert!(!plan.reads_whole_table(&TABLES), "{kind} {fields}: {statement}\n{plan}");
            if *order == Order::OfIndex {
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

/// Few people with many orders each, and many products.
fn crowded(tenant: TenantId) -> Dataset {
    let mut data = ledger(tenant, 150);
    for (number, order) in data.orders.iter_mut().enumerate() {
        order.placed_by = user(tenant, number % 3);
    }
    data.products.extend((100..200).map(|number| crate::fixtures::product(tenant, number)));
    data
}

fn representation(kind: &str, number: usize) -> Value {
    let of = match kind {
        "Organization" => return json!({ "__typename": kind, "id": acme() }),
        "ProductBySku" => {
            let sku = format!("ACME-SKU-{number}");
            return json!({ "__typename": "Product", "organizationId": acme(), "sku": sku });
        }
        "User" => Kind::User,
        "Order" => Kind::Order,
        _ => Kind::Product,
    };
    json!({ "__typename": kind, "id": id(acme(), of, number) })
}

/// Somewhere in the list, as GraphQL writes a text.
async fn cursor(orders: &Orders, list: &str) -> String {
    let selection = format!("... on Organization {{ {list}(first: 50) {{ pageInfo {{ endCursor }} }} }}");
    let answer = orders.entities(acme(), &selection, vec![representation("Organization", 0)]).await;
    answer.data()["_entities"][0][list]["pageInfo"]["endCursor"].to_string()
}
