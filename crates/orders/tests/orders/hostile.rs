//! Whatever comes in, it is no fault of ours: the same answer on both databases, and never a 500.

use chrono::{DateTime, Utc};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use subgraph_kit::pagination::Position;
use uuid::Uuid;

use crate::fixtures::{Kind, acme, id, ledger, user};
use crate::support::{Answer, Orders};

test_kit::on_both_databases! { Orders: any_text_anywhere made_up_cursors moments_at_the_edge }

const EVERYWHERE: &str = "query ($r: [_Any!]!, $text: String, $id: ID!) {
  order(id: $id) { id }
  product(id: $id) { id }
  _entities(representations: $r) {
    ... on Product { sku }
    ... on User { orders(after: $text) { nodes { id } } }
    ... on Organization { products(before: $text, last: 1) { nodes { id } } }
  }
}";

const CHANGES: &str =
    "mutation ($place: PlaceOrderInput!, $cancel: CancelOrderInput!, $explain: CancelOrderInput!) {
  place: placeOrder(input: $place) { order { id } }
  cancel: cancelOrder(input: $cancel) { order { id } }
  explain: cancelOrder(input: $explain) { order { id } }
}";

/// Only the client is to blame.
fn blames_the_client(answer: &Answer) -> Result<(), TestCaseError> {
    for error in answer.body["errors"].as_array().into_iter().flatten() {
        let code = error["extensions"]["code"].as_str().unwrap_or_default();
        prop_assert!(matches!(code, "BAD_USER_INPUT" | "NOT_FOUND" | "CONFLICT"), "{}", answer.text());
    }
    Ok(())
}

async fn any_text_anywhere(orders: Orders) {
    let orders = orders.with(&ledger(acme(), 4)).await;
    let text = prop_oneof![
        any::<String>(),
        "[\\x00-\\x1f'\"%;\\\\?$-]{0,8}",
        Just("\0".to_owned()),
        Just("' OR 1=1 --".to_owned()),
        Just("x".repeat(100_000)),
    ];
    let mut runner =
        TestRunner::new(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() });
    let runtime = tokio::runtime::Handle::current();
    let outcome = runner.run(&text, |text| {
        let check = async {
            let representations = json!([
                { "__typename": "Product", "organizationId": acme(), "sku": "ACME-SKU-1" },
                { "__typename": "Product", "organizationId": acme(), "sku": text },
                { "__typename": "Product", "organizationId": text, "sku": "ACME-SKU-1" },
                { "__typename": "Product", "id": text },
                { "__typename": "Order", "id": text },
                { "__typename": "User", "id": user(acme(), 0) },
                { "__typename": "Organization", "id": acme() },
            ]);
            let variables = json!({ "r": representations, "text": text, "id": text });
            let answer = orders.ask(acme(), EVERYWHERE, variables).await;
            blames_the_client(&answer)?;
            // One's nonsense is not another's loss.
            prop_assert_eq!(&answer.body["data"]["_entities"][0]["sku"], "ACME-SKU-1");

            let variables = json!({
                "place": { "lines": [{ "productId": text, "quantity": 1 }] },
                "cancel": { "orderId": text },
                // It has been shipped, so that no reason can cancel it.
                "explain": { "orderId": id(acme(), Kind::Order, 2), "reason": text },
            });
            blames_the_client(&orders.ask(acme(), CHANGES, variables).await)
        };
        tokio::task::block_in_place(|| runtime.block_on(check))
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

async fn made_up_cursors(orders: Orders) {
    let orders = orders.with(&ledger(acme(), 4)).await;
    let query = "query ($r: [_Any!]!, $cursor: String) {
      _entities(representations: $r) {
        ... on Organization { after: orders(after: $cursor) { nodes { id } } before: orders(before: $cursor) { nodes { id } } }
        ... on User { after: orders(after: $cursor) { nodes { id } } before: orders(before: $cursor) { nodes { id } } }
      }
    }";
    let representations = json!([
        { "__typename": "Organization", "id": acme() },
        { "__typename": "User", "id": user(acme(), 0) },
    ]);
    let moments = ["0000-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z"];
    let moments = moments.map(|moment| moment.parse::<DateTime<Utc>>().unwrap());
    for at in [DateTime::<Utc>::MIN_UTC, moments[0], moments[1], DateTime::<Utc>::MAX_UTC] {
        for id in [Uuid::nil(), Uuid::max()] {
            let cursor = Position { at, id }.encode("Order");
            let answer = orders.ask(acme(), query, json!({ "r": representations, "cursor": cursor })).await;
            if let Err(error) = blames_the_client(&answer) {
                panic!("{at}: {error}");
            }
            assert_eq!(answer.is_good(), moments.contains(&at), "{at}: {}", answer.text());
        }
    }
}

async fn moments_at_the_edge(orders: Orders) {
    let orders = orders.with(&ledger(acme(), 4)).await;
    let query = "query ($r: [_Any!]!, $moment: DateTime) {
      _entities(representations: $r) {
        ... on Organization {
          after: orders(filter: { placedAfter: $moment }) { nodes { id } }
          before: orders(filter: { placedBefore: $moment }) { nodes { id } }
        }
      }
    }";
    let organization = json!([{ "__typename": "Organization", "id": acme() }]);
    // How many of the orders are after and before the moment.
    let cases = [
        ("0000-01-01T00:00:00Z", Some((4, 0))),
        ("9999-12-31T23:59:59.999999Z", Some((0, 4))),
        ("2016-12-31T23:59:60Z", Some((4, 0))),
        // The first three are placed at nine, the fourth a minute later.
        ("2026-02-28T09:00:00Z", Some((1, 0))),
        ("2026-02-28T09:00:00.000001Z", Some((1, 3))),
        ("2026-02-28T11:01:00+02:00", Some((0, 3))),
        ("0000-01-01T00:00:00+23:59", None),
        ("9999-12-31T23:59:59-23:59", None),
        ("+12026-01-01T00:00:00Z", None),
        ("2026-02-30T00:00:00Z", None),
        ("yesterday", None),
        ("", None),
    ];
    for (moment, expected) in cases {
        let answer = orders.ask(acme(), query, json!({ "r": organization, "moment": moment })).await;
        let Some((after, before)) = expected else {
            assert!(!answer.is_good(), "{moment}");
            for error in answer.body["errors"].as_array().unwrap() {
                assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT", "{moment}");
            }
            continue;
        };
        let count = |field: &str| {
            let nodes: &Value = &answer.data()["_entities"][0][field]["nodes"];
            nodes.as_array().unwrap().len()
        };
        assert_eq!((count("after"), count("before")), (after, before), "{moment}");
    }
}
