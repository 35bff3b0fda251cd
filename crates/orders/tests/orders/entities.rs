//! What other subgraphs' keys lead to.

use serde_json::{Value, json};

use crate::fixtures::{Kind, acme, globex, id, ledger};
use crate::support::Orders;

test_kit::on_both_databases! { Orders: every_kind_by_its_key keys_of_nobody }

fn key(kind: &str, of: Kind, number: usize) -> Value {
    json!({ "__typename": kind, "id": id(acme(), of, number) })
}

async fn every_kind_by_its_key(orders: Orders) {
    let orders = orders.with(&ledger(acme(), 3)).await;
    let selection = "__typename
        ... on Product { name }
        ... on Order { number }
        ... on User { orders { nodes { number } } }
        ... on Organization { products(last: 2) { nodes { sku } } orders(first: 1) { nodes { number } } }";
    let representations = vec![
        key("Product", Kind::Product, 0),
        json!({ "__typename": "Product", "organizationId": acme(), "sku": "ACME-SKU-1" }),
        key("Order", Kind::Order, 1),
        key("User", Kind::User, 1),
        json!({ "__typename": "Organization", "id": acme() }),
        // Twice, and in any order.
        key("Product", Kind::Product, 0),
    ];
    let answer = orders.entities(acme(), selection, representations).await;
    insta::assert_snapshot!("every_kind_by_its_key", answer.text());
}

async fn keys_of_nobody(orders: Orders) {
    let orders = orders.with(&ledger(acme(), 1)).await;
    let mut representations: Vec<Value> = [
        (json!("nowhere"), json!("ACME-SKU-1")),
        (json!(""), json!("ACME-SKU-1")),
        // The tenant has this SKU, but it is not asked for the tenant's.
        (json!(globex()), json!("ACME-SKU-1")),
        (json!(acme()), json!("ACME-SKU-77")),
        (json!(acme()), json!("")),
        (json!(acme()), json!("acme-sku-1")),
    ]
    .into_iter()
    .map(|(organization, sku)| json!({ "__typename": "Product", "organizationId": organization, "sku": sku }))
    .collect();
    for kind in ["Product", "Order", "Organization", "User"] {
        representations.extend(["nonsense", ""].map(|key| json!({ "__typename": kind, "id": key })));
        // Of users this subgraph does not know which there are.
        if kind != "User" {
            representations.push(key(kind, Kind::Line, 77));
        }
    }
    let answer = orders.entities(acme(), "__typename", representations.clone()).await;
    assert_eq!(answer.data()["_entities"], json!(vec![Value::Null; representations.len()]));

    let nobody = key("User", Kind::User, 77);
    let answer = orders.entities(acme(), "... on User { orders { nodes { id } } }", vec![nobody]).await;
    assert_eq!(answer.data()["_entities"], json!([{ "orders": { "nodes": [] } }]));
}
