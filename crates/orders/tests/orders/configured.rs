//! Who may do what, where something is configured for it.

use std::fs;

use auth::Role;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::fixtures::{Kind, acme, id, ledger, user};
use crate::support::Orders;

const PLACE: &str =
    "mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { order { total { amount } } } }";
const CANCEL: &str =
    "mutation ($input: CancelOrderInput!) { cancelOrder(input: $input) { order { status } } }";

/// What of an answer tells whether it was done.
fn code(body: &Value) -> Option<&str> {
    body["errors"][0]["extensions"]["code"].as_str()
}

#[tokio::test]
async fn a_large_order_needs_an_admin() {
    let limits = [("EUR".parse().unwrap(), 1_000)].into_iter().collect();
    let config = orders::Config { member_order_limits: limits, ..orders::Config::default() };
    let orders = Orders::configured(config).await.with(&ledger(acme(), 1)).await;
    // The first product costs one euro.
    for (role, quantity, expected) in [
        (Role::Member, 10, None),
        (Role::Member, 11, Some("FORBIDDEN")),
        (Role::Admin, 11, None),
        (Role::Owner, 11, None),
    ] {
        let line = json!({ "productId": id(acme(), Kind::Product, 0), "quantity": quantity });
        let input = json!({ "input": { "lines": [line] } });
        let answer = orders.ask_as(acme(), user(acme(), 3), &[role], PLACE, input).await;
        assert_eq!(code(&answer.body), expected, "{role} {quantity}: {}", answer.text());
    }
}

#[tokio::test]
async fn a_late_cancellation_needs_an_admin() {
    let config = orders::Config { cancellation_window_minutes: Some(60), ..orders::Config::default() };
    let orders = Orders::configured(config).await.with(&ledger(acme(), 0)).await;
    for (role, minutes, expected) in
        [(Role::Member, 60, None), (Role::Member, 61, Some("FORBIDDEN")), (Role::Admin, 61, None)]
    {
        let line = json!({ "productId": id(acme(), Kind::Product, 0), "quantity": 1 });
        let placing = PLACE.replace("total { amount }", "id");
        let placed = orders.ask_as(
            acme(),
            user(acme(), 3),
            &[Role::Member],
            &placing,
            json!({ "input": { "lines": [line] } }),
        );
        let placed = placed.await.data()["placeOrder"]["order"]["id"].clone();
        orders.clock.advance(TimeDelta::minutes(minutes));
        let input = json!({ "input": { "orderId": placed } });
        let answer = orders.ask_as(acme(), user(acme(), 3), &[role], CANCEL, input).await;
        assert_eq!(code(&answer.body), expected, "{role} {minutes}: {}", answer.text());
    }
}

/// Reading is decided as well. Whoever may not read is told so alike of what is there and of what is not.
#[tokio::test]
async fn policies_of_a_folder_go_before_those_that_are_built_in() {
    let folder = tempfile::tempdir().unwrap();
    let policies = r#"@id("owners-read") permit (principal in Role::"owner", action in Action::"read", resource);
        @id("viewers-see-products") permit (principal in Role::"viewer", action == Action::"viewProducts", resource);"#;
    fs::write(folder.path().join("own.cedar"), policies).unwrap();
    let mut config = orders::Config::default();
    config.authorization.policies = folder.path().display().to_string();
    let orders = Orders::configured(config).await.with(&ledger(acme(), 1)).await;
    let query = "query ($order: ID!, $product: ID!, $r: [_Any!]!) {
        order(id: $order) { number } product(id: $product) { sku } _entities(representations: $r) { ... on Order { number } } }";
    for (role, number) in [(Role::Owner, 0), (Role::Viewer, 0), (Role::Viewer, 99)] {
        let order = id(acme(), Kind::Order, number);
        let variables = json!({
            "order": order, "product": id(acme(), Kind::Product, 0), "r": [{ "__typename": "Order", "id": order }],
        });
        let answer = orders.ask_as(acme(), user(acme(), 3), &[role], query, variables).await;
        let may = role == Role::Owner;
        assert_eq!(answer.body["data"]["order"].is_object(), may, "{}", answer.text());
        assert_eq!(answer.body["data"]["_entities"][0].is_object(), may, "{}", answer.text());
        assert!(answer.body["data"]["product"].is_object(), "{}", answer.text());
        let refused = answer.body["errors"].as_array().map_or(0, Vec::len);
        assert_eq!((refused, code(&answer.body)), if may { (0, None) } else { (2, Some("FORBIDDEN")) });
    }
}
