//! What is another tenant's is not there.

use serde_json::{Value, json};

use crate::fixtures::{BUYERS, Kind, PRODUCTS, acme, globex, id, ledger, user};
use crate::support::Orders;

test_kit::on_both_databases! { Orders: keys_of_another_tenant lists_hold_the_tenants_own ids_of_another_tenant cursors_of_another_tenant }

const ORDERS: usize = 8;

/// All that can be asked of an entity.
const EVERYTHING: &str = "__typename
    ... on Product { sku name price { amount } }
    ... on Order { number placedBy { id } organization { id } lines { id product { sku } } }
    ... on User { orders(first: 100) { nodes { ...Whole } } }
    ... on Organization { id products(first: 100) { nodes { sku name } } orders(first: 100) { nodes { ...Whole } } }";

const WHOLE: &str = "fragment Whole on Order {
  id number placedBy { id orders { nodes { id } } } organization { id orders { nodes { id } } }
  lines { id product { id organizationId sku name } }
}";

/// Both tenants with the same numbers of rows.
async fn two_tenants(orders: Orders) -> Orders {
    orders.with(&ledger(acme(), ORDERS)).await.with(&ledger(globex(), ORDERS)).await
}

/// Fails when anything of globex is in the answer.
fn assert_nothing_of_globex(answer: &str) {
    // All its texts start with its name, all its ids with its number.
    let answer = answer.to_lowercase();
    assert!(!answer.contains("globex"), "{answer}");
    assert!(!answer.contains(&globex().to_string()[..8]), "{answer}");
}

fn keys_of_globex() -> Vec<Value> {
    let key = |kind: &str, of, number| json!({ "__typename": kind, "id": id(globex(), of, number) });
    let mut keys = vec![json!({ "__typename": "Organization", "id": globex() })];
    keys.extend((0..PRODUCTS).map(|number| key("Product", Kind::Product, number)));
    keys.extend((0..PRODUCTS).flat_map(|number| {
        [acme(), globex()].map(|organization| {
            let sku = format!("GLOBEX-SKU-{number}");
            json!({ "__typename": "Product", "organizationId": organization, "sku": sku })
        })
    }));
    keys.extend((0..ORDERS).map(|number| key("Order", Kind::Order, number)));
    keys.extend((0..BUYERS).map(|number| key("User", Kind::User, number)));
    keys
}

async fn ask(orders: &Orders, tenant: auth::TenantId, keys: &[Value]) -> crate::support::Answer {
    let query =
        format!("query ($r: [_Any!]!) {{ _entities(representations: $r) {{ {EVERYTHING} }} }} {WHOLE}");
    orders.ask(tenant, &query, json!({ "r": keys })).await
}

async fn keys_of_another_tenant(orders: Orders) {
    let orders = two_tenants(orders).await;
    let keys = keys_of_globex();
    let own = ask(&orders, globex(), &keys).await;
    assert!(own.text().contains("GLOBEX-SKU-1"), "the question is a good one: {}", own.text());

    let answer = ask(&orders, acme(), &keys).await;
    assert_nothing_of_globex(&answer.text());
    for (key, entity) in keys.iter().zip(answer.data()["_entities"].as_array().unwrap()) {
        // Of users nothing is known but what came with the question.
        let expected = match key["__typename"].as_str().unwrap() {
            "User" => json!({ "__typename": "User", "orders": { "nodes": [] } }),
            _ => Value::Null,
        };
        assert_eq!(*entity, expected, "{key}");
    }
}

async fn lists_hold_the_tenants_own(orders: Orders) {
    let orders = two_tenants(orders).await;
    for own in [acme(), globex()] {
        let mut keys = vec![json!({ "__typename": "Organization", "id": own })];
        // A member of both: what they ordered elsewhere is not there.
        keys.extend((0..ORDERS).map(|number| json!({ "__typename": "User", "id": user(own, number) })));
        let answer = ask(&orders, own, &keys).await;
        let entities = answer.data()["_entities"].as_array().unwrap();
        assert_eq!(entities[0]["orders"]["nodes"].as_array().unwrap().len(), ORDERS);
        assert_eq!(entities[0]["products"]["nodes"].as_array().unwrap().len(), PRODUCTS);
        for user in &entities[1..] {
            assert_eq!(user["orders"]["nodes"].as_array().unwrap().len(), 1);
        }
        if own == acme() {
            assert_nothing_of_globex(&answer.text());
        }
    }
}

/// One person in both organizations, with an order in each.
async fn cursors_of_another_tenant(orders: Orders) {
    let mut of_globex = ledger(globex(), ORDERS);
    for order in &mut of_globex.orders {
        order.placed_by = user(acme(), 0);
    }
    let orders = orders.with(&ledger(acme(), ORDERS)).await.with(&of_globex).await;
    let query = "query ($r: [_Any!]!, $cursor: String) {
      _entities(representations: $r) {
        ... on User { orders(after: $cursor) { nodes { id number } pageInfo { startCursor } } }
        ... on Organization { orders(after: $cursor) { nodes { id number } pageInfo { startCursor } } }
      }
    }";
    let keys = |tenant| json!([{ "__typename": "User", "id": user(acme(), 0) }, { "__typename": "Organization", "id": tenant }]);
    let there = orders.ask(globex(), query, json!({ "r": keys(globex()) })).await;
    let there = &there.data()["_entities"];
    assert_eq!(there[0]["orders"]["nodes"].as_array().unwrap().len(), ORDERS);
    let cursor = there[0]["orders"]["pageInfo"]["startCursor"].clone();
    let here = orders.ask(acme(), query, json!({ "r": keys(acme()), "cursor": cursor })).await;
    assert_nothing_of_globex(&here.text());
    let here = orders.ask(acme(), query, json!({ "r": keys(acme()) })).await;
    assert_eq!(here.data()["_entities"][0]["orders"]["nodes"].as_array().unwrap().len(), 1);
    assert_nothing_of_globex(&here.text());
}

async fn ids_of_another_tenant(orders: Orders) {
    let orders = two_tenants(orders).await;
    let (order, product) = (id(globex(), Kind::Order, 0), id(globex(), Kind::Product, 0));
    let read =
        "query ($order: ID!, $product: ID!) { order(id: $order) { id number } product(id: $product) { id } }";
    let answer = orders.ask(acme(), read, json!({ "order": order, "product": product })).await;
    assert_eq!(*answer.data(), json!({ "order": null, "product": null }));

    let cancel = "mutation ($id: ID!) { cancelOrder(input: { orderId: $id }) { order { number } } }";
    let answer = orders.ask(acme(), cancel, json!({ "id": order })).await;
    assert_eq!(answer.error(), ("NOT_FOUND", None));
    assert_nothing_of_globex(&answer.text());

    let place = "mutation ($id: ID!) {
      placeOrder(input: { lines: [{ productId: $id, quantity: 1 }] }) { order { number } }
    }";
    let answer = orders.ask(acme(), place, json!({ "id": product })).await;
    assert_eq!(answer.error(), ("BAD_USER_INPUT", Some("input.lines.0.productId")));

    let untouched = "query ($id: ID!) { order(id: $id) { status } }";
    let answer = orders.ask(globex(), untouched, json!({ "id": order })).await;
    assert_eq!(answer.data()["order"]["status"], "PLACED");
}
