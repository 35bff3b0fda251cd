//! The number of statements does not grow with the number of rows.

use auth::TenantId;
use serde_json::{Value, json};
use test_kit::{Postgres, StatementLog};

use crate::fixtures::{Kind, PRODUCTS, acme, globex, id, ledger};
use crate::support::{Answer, Orders, on_server};

test_kit::on_both_databases! { Orders: as_many_for_5_rows_as_for_500 as_many_for_1_line_as_for_100 }

/// What is asked of many entities at once, and how many statements that may take.
const QUESTIONS: &[(&str, Kind, &str, u64)] = &[
    ("Product", Kind::Product, "sku price { amount } createdAt", 1),
    (
        "Order",
        Kind::Order,
        "number total { amount }
         placedBy { id orders(first: 2) { nodes { number } } }
         organization { products(first: 3) { nodes { sku } } orders(last: 2) { nodes { number } } }
         lines { total { amount } product { sku name } }",
        // Orders by id, of the users, of the organization; its products; the lines; their products.
        6,
    ),
    (
        "User",
        Kind::User,
        "orders(filter: { statuses: [PLACED, SHIPPED] }) { nodes { number lines { product { sku } } } }",
        3,
    ),
    (
        "User",
        Kind::User,
        "newest: orders(first: 1) { nodes { id } } oldest: orders(last: 1) { nodes { id } }",
        2,
    ),
];

fn key(tenant: TenantId, kind: &str, of: Kind, number: usize) -> Value {
    let number = if kind == "Product" { number % PRODUCTS } else { number };
    json!({ "__typename": kind, "id": id(tenant, of, number) })
}

async fn as_many_for_5_rows_as_for_500(orders: Orders) {
    let orders = orders.with(&ledger(acme(), 5)).await.with(&ledger(globex(), 500)).await;
    for (kind, of, fields, expected) in QUESTIONS {
        for (tenant, rows) in [(acme(), 5), (globex(), 500)] {
            let keys = (0..rows).map(|number| key(tenant, kind, *of, number)).collect();
            let answer = orders.entities(tenant, &format!("... on {kind} {{ {fields} }}"), keys).await;
            let entities = answer.data()["_entities"].as_array().unwrap();
            assert_eq!(entities.iter().filter(|entity| !entity.is_null()).count(), rows, "{kind}");
            assert_eq!(answer.statements, *expected, "{kind} {fields}: {rows}");
        }
    }
    // By SKU, all kinds in one request, and a page of a hundred.
    let selection = "... on Product { sku } ... on Order { lines { product { name } } }
      ... on Organization { orders(first: 100) { nodes { number placedBy { id } lines { product { sku } } } } }";
    for (tenant, rows) in [(acme(), 5), (globex(), 500)] {
        let mut keys = vec![json!({ "__typename": "Organization", "id": tenant })];
        keys.extend((0..rows).map(|number| key(tenant, "Order", Kind::Order, number)));
        keys.extend((0..rows).map(|number| {
            let sku = format!("{}-SKU-{}", crate::fixtures::short(tenant), number % PRODUCTS);
            json!({ "__typename": "Product", "organizationId": tenant, "sku": sku })
        }));
        let answer = orders.entities(tenant, selection, keys).await;
        answer.data();
        // The organization's orders, orders by id, products by SKU; the lines of all; their products.
        assert_eq!(answer.statements, 5, "{rows}");
    }
}

async fn place(orders: &Orders, lines: usize) -> Answer {
    let query = "mutation ($input: PlaceOrderInput!) {
      placeOrder(input: $input) { order { number lines { total { amount } product { sku } } } }
    }";
    let line = |number| json!({ "productId": id(acme(), Kind::Product, number % PRODUCTS), "quantity": 1 });
    let input = json!({ "lines": (0..lines).map(line).collect::<Vec<_>>() });
    orders.ask(acme(), query, json!({ "input": input })).await
}

async fn as_many_for_1_line_as_for_100(orders: Orders) {
    let orders = orders.with(&ledger(acme(), 0)).await;
    for lines in [1, 100] {
        let answer = place(&orders, lines).await;
        answer.data();
        // Products; the number; the newest order; the order; its lines; and what is selected: lines and products.
        assert_eq!(answer.statements, 7, "{lines}");
    }
}

/// The count in the answer is what the server has seen, apart from transactions' own statements.
#[tokio::test(flavor = "multi_thread")]
async fn postgres_sees_what_is_counted() {
    let database = Postgres::shared().unwrap().create_database("orders").unwrap();
    let orders = Orders::start(on_server(&database), ()).await.with(&ledger(acme(), 20)).await;
    let keys: Vec<Value> = (0..20).map(|number| key(acme(), "Order", Kind::Order, number)).collect();
    // Until a connection has prepared them, the driver asks the server about statements and types.
    for _ in 0..12 {
        orders.entities(acme(), "... on Order { lines { product { sku } } }", keys.clone()).await.data();
        place(&orders, 3).await.data();
    }
    let log = database.statement_log().unwrap();
    let mut counted = 0;
    let answer = orders.entities(acme(), "... on Order { lines { product { sku } } }", keys).await;
    answer.data();
    counted += answer.statements;
    let answer = place(&orders, 3).await;
    answer.data();
    counted += answer.statements;
    let seen = log.take().unwrap();
    let rows = seen.iter().filter(|statement| !StatementLog::is_of_a_transaction(statement)).count();
    assert_eq!(u64::try_from(rows).unwrap(), counted, "{seen:#?}");
    // Each of them in a transaction that was told its tenant, the change in one for all of it.
    let told =
        |statement: &&String| statement.starts_with("BEGIN") && statement.contains(&acme().to_string());
    let changed = |statement: &&String| statement.starts_with("COMMIT");
    assert_eq!(seen.iter().filter(changed).count(), 1, "{seen:#?}");
    let begun = seen.iter().filter(|statement| statement.starts_with("BEGIN")).count();
    assert_eq!(seen.iter().filter(told).count(), begun, "{seen:#?}");
}
