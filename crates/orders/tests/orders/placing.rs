//! Placing an order.

use std::collections::BTreeSet;

use auth::Role;
use chrono::TimeDelta;
use futures::future::join_all;
use orders::seed::Dataset;
use serde_json::{Value, json};

use crate::fixtures::{Kind, acme, globex, id, ledger, product, user};
use crate::support::Orders;

test_kit::on_both_databases! {
    Orders:
    an_order_is_placed
    more_than_one_in_a_request
    who_places_orders
    inputs_that_are_refused
    amounts_at_the_limit
    racing_orders_are_numbered_without_gaps
    numbers_go_on_behind_those_that_are_there
    the_list_is_in_the_order_of_the_numbers
    no_order_is_placed_behind_a_reader
}

const PLACE: &str = "mutation ($input: PlaceOrderInput!) {
  placeOrder(input: $input) {
    order {
      number status placedAt placedBy { id } organization { id } total { amount currency }
      lines { quantity unitPrice { amount currency } total { amount } product { sku } }
    }
  }
}";

fn line(number: usize, quantity: i64) -> Value {
    json!({ "productId": id(acme(), Kind::Product, number), "quantity": quantity })
}

fn input(lines: &[Value]) -> Value {
    json!({ "input": { "lines": lines } })
}

async fn numbers(orders: &Orders) -> Vec<String> {
    let selection = "... on Organization { orders(last: 100) { nodes { number } } }";
    let organization = json!({ "__typename": "Organization", "id": acme() });
    let answer = orders.entities(acme(), selection, vec![organization]).await;
    let nodes = answer.data()["_entities"][0]["orders"]["nodes"].as_array().unwrap();
    let mut numbers: Vec<String> =
        nodes.iter().map(|node| node["number"].as_str().unwrap().to_owned()).collect();
    numbers.sort();
    numbers
}

async fn an_order_is_placed(orders: Orders) {
    let orders = orders.with(&ledger(acme(), 2)).await;
    orders.clock.advance(TimeDelta::nanoseconds(1_234_567_891));
    // One product twice is two lines.
    let placed = orders.ask(acme(), PLACE, input(&[line(2, 3), line(0, 10_000), line(2, 1)])).await;
    insta::assert_snapshot!("an_order_is_placed", placed.text());

    let selection =
        "... on User { orders(first: 1) { nodes { number placedAt total { amount } lines { quantity } } } }";
    let buyer = json!({ "__typename": "User", "id": user(acme(), 0) });
    let answer = orders.entities(acme(), selection, vec![buyer]).await;
    let read = &answer.data()["_entities"][0]["orders"]["nodes"][0];
    let order = &placed.data()["placeOrder"]["order"];
    for field in ["number", "placedAt"] {
        assert_eq!(read[field], order[field]);
    }
    assert_eq!(read["total"]["amount"], order["total"]["amount"]);
    assert_eq!(read["lines"], json!([{ "quantity": 3 }, { "quantity": 10_000 }, { "quantity": 1 }]));
}

/// What the first order's fields have loaded must not answer for the second's.
async fn more_than_one_in_a_request(orders: Orders) {
    let orders = orders.with(&ledger(acme(), 0)).await;
    let query = "mutation ($input: PlaceOrderInput!) {
      first: placeOrder(input: $input) { order { ...Count } }
      second: placeOrder(input: $input) { order { ...Count } }
      refused: placeOrder(input: { lines: [] }) { order { ...Count } }
    }
    fragment Count on Order {
      placedBy { orders { nodes { number } } }
      organization { orders { nodes { number } } }
    }";
    let answer = orders.ask(acme(), query, input(&[line(0, 1)])).await;
    // One that is refused takes nothing from those that were not.
    assert_eq!(answer.body["data"]["refused"], Value::Null);
    assert_eq!(answer.error().0, "BAD_USER_INPUT");
    for (field, count) in [("first", 1), ("second", 2)] {
        let order = &answer.body["data"][field]["order"];
        for parent in ["placedBy", "organization"] {
            assert_eq!(order[parent]["orders"]["nodes"].as_array().unwrap().len(), count, "{field} {parent}");
        }
    }
}

async fn who_places_orders(orders: Orders) {
    let orders = orders.with(&ledger(acme(), 0)).await;
    // Whoever may not order is not told whether there is such a product.
    for lines in [vec![line(0, 1)], vec![line(99, 1)], vec![]] {
        for role in Role::ALL {
            let answer = orders.ask_as(acme(), user(acme(), 3), &[role], PLACE, input(&lines)).await;
            let may = matches!(role, Role::Owner | Role::Admin | Role::Member);
            match (may, lines.first() == Some(&line(0, 1))) {
                (true, true) => {
                    let order = &answer.data()["placeOrder"]["order"];
                    assert_eq!(order["placedBy"]["id"], json!(user(acme(), 3)), "{role}");
                }
                (true, false) => assert_eq!(answer.error().0, "BAD_USER_INPUT", "{role}"),
                (false, _) => {
                    assert_eq!(answer.error(), ("FORBIDDEN", None), "{role}");
                    assert_eq!(answer.body["errors"][0]["path"], json!(["placeOrder"]), "{role}");
                }
            }
        }
    }
    assert_eq!(numbers(&orders).await, ["A-000001", "A-000002", "A-000003"]);
}

async fn inputs_that_are_refused(orders: Orders) {
    let mut data = ledger(acme(), 0);
    "USD".clone_into(&mut data.products[1].currency);
    let orders = orders.with(&data).await.with(&ledger(globex(), 0)).await;
    let foreign = json!({ "productId": id(globex(), Kind::Product, 0), "quantity": 1 });
    let with = |key: &str, value: Value| {
        let mut line = line(0, 1);
        line[key] = value;
        vec![self::line(2, 1), line]
    };
    let quantity = Some("input.lines.1.quantity");
    let product = Some("input.lines.1.productId");
    let cases = [
        (vec![], Some("input.lines")),
        (vec![line(0, 1); 101], Some("input.lines")),
        (vec![line(0, 1); 5_000], Some("input.lines")),
        (vec![line(0, 1), line(1, 1)], Some("input.lines")),
        (with("quantity", json!(0)), quantity),
        (with("quantity", json!(-1)), quantity),
        (with("quantity", json!(10_001)), quantity),
        (with("quantity", json!(i32::MIN)), quantity),
        (with("quantity", json!(i32::MAX)), quantity),
        (with("quantity", json!(i64::MAX)), None),
        (with("quantity", json!(1.5)), None),
        (with("quantity", json!("1")), None),
        (with("quantity", Value::Null), None),
        (with("productId", json!("nonsense")), product),
        (with("productId", json!("")), product),
        (with("productId", json!(id(acme(), Kind::Product, 99))), product),
        (with("productId", Value::Null), None),
        (vec![line(2, 1), foreign.clone()], product),
        (vec![foreign], Some("input.lines.0.productId")),
    ];
    for (lines, field) in cases {
        let answer = orders.ask(acme(), PLACE, input(&lines)).await;
        assert_eq!(answer.error(), ("BAD_USER_INPUT", field), "{:?}", lines.last());
    }
    assert!(numbers(&orders).await.is_empty());
    orders.ask(acme(), PLACE, input(&vec![line(0, 1); 100])).await.data();
    // What was refused took no number.
    assert_eq!(numbers(&orders).await, ["A-000001"]);
}

async fn amounts_at_the_limit(orders: Orders) {
    const LARGEST: i64 = 9_007_199_254_740_991;
    let mut data =
        Dataset { products: (0..4).map(|number| product(acme(), number)).collect(), orders: vec![] };
    for (product, price) in data.products.iter_mut().zip([LARGEST, LARGEST / 2, 1, 0]) {
        product.price_amount = price;
    }
    let orders = orders.with(&data).await;
    let cases = [
        (vec![line(0, 1)], Some(LARGEST)),
        (vec![line(1, 2), line(2, 1)], Some(LARGEST)),
        (vec![line(3, 10_000)], Some(0)),
        (vec![line(0, 1), line(2, 1)], None),
        (vec![line(1, 2), line(2, 2)], None),
        (vec![line(0, 2)], None),
        (vec![line(0, 10_000)], None),
        (vec![line(0, 1); 100], None),
    ];
    for (lines, total) in cases {
        let answer = orders.ask(acme(), PLACE, input(&lines)).await;
        match total {
            Some(total) => {
                assert_eq!(answer.data()["placeOrder"]["order"]["total"]["amount"], total, "{lines:?}");
            }
            None => assert_eq!(answer.error(), ("BAD_USER_INPUT", Some("input.lines")), "{lines:?}"),
        }
    }
}

async fn racing_orders_are_numbered_without_gaps(orders: Orders) {
    let mut data = ledger(acme(), 0);
    "USD".clone_into(&mut data.products[1].currency);
    let orders = orders.with(&data).await.with(&ledger(globex(), 0)).await;
    let of_globex = json!({ "productId": id(globex(), Kind::Product, 0), "quantity": 1 });
    let all = (0..96).map(|number| match number % 4 {
        // One in four cannot be placed, one is another tenant's.
        0 => orders.ask(acme(), PLACE, input(&[line(0, 1), line(1, 1)])),
        1 => orders.ask(globex(), PLACE, input(std::slice::from_ref(&of_globex))),
        _ => orders.ask(acme(), PLACE, input(&[line(0, 1), line(2, 2)])),
    });
    let answers = join_all(all).await;
    let mut given = BTreeSet::new();
    let mut given_to_globex = BTreeSet::new();
    for (number, answer) in answers.iter().enumerate() {
        if number % 4 == 0 {
            assert_eq!(answer.error(), ("BAD_USER_INPUT", Some("input.lines")));
            continue;
        }
        let order = answer.data()["placeOrder"]["order"]["number"].as_str().unwrap().to_owned();
        let tenant = if number % 4 == 1 { &mut given_to_globex } else { &mut given };
        assert!(tenant.insert(order));
    }
    let expected = |count: usize| (1..=count).map(|number| format!("A-{number:06}")).collect::<BTreeSet<_>>();
    assert_eq!((given, given_to_globex), (expected(48), expected(24)));
    assert_eq!(numbers(&orders).await.len(), 48);
}

/// Whoever is first in number is first in time, though the clock stands still.
async fn the_list_is_in_the_order_of_the_numbers(orders: Orders) {
    let orders = orders.with(&ledger(acme(), 0)).await;
    let answers = join_all((0..40).map(|_| orders.ask(acme(), PLACE, input(&[line(0, 1)])))).await;
    for answer in &answers {
        answer.data();
    }
    let listed = newest_first(&orders, Value::Null).await;
    let expected: Vec<String> = (1..=40).rev().map(|number| format!("A-{number:06}")).collect();
    assert_eq!(listed, expected);
}

/// A reader asks for what stands before the newest order that it has seen. A clock that goes back hides nothing.
async fn no_order_is_placed_behind_a_reader(orders: Orders) {
    let orders = orders.with(&ledger(acme(), 0)).await;
    orders.ask(acme(), PLACE, input(&[line(0, 1)])).await.data();
    let selection = "... on Organization { orders(first: 1) { pageInfo { startCursor } } }";
    let organization = json!({ "__typename": "Organization", "id": acme() });
    let answer = orders.entities(acme(), selection, vec![organization]).await;
    let seen = answer.data()["_entities"][0]["orders"]["pageInfo"]["startCursor"].clone();
    for back in [TimeDelta::zero(), TimeDelta::hours(-1), TimeDelta::nanoseconds(-1)] {
        orders.clock.advance(back);
        orders.ask(acme(), PLACE, input(&[line(0, 1)])).await.data();
    }
    assert_eq!(newest_first(&orders, seen).await, ["A-000004", "A-000003", "A-000002"]);
}

/// The numbers of the newest orders that stand before a cursor.
async fn newest_first(orders: &Orders, before: Value) -> Vec<String> {
    let query = "query ($r: [_Any!]!, $before: String) {
      _entities(representations: $r) { ... on Organization { orders(last: 100, before: $before) { nodes { number } } } }
    }";
    let organization = json!({ "__typename": "Organization", "id": acme() });
    let answer = orders.ask(acme(), query, json!({ "r": [organization], "before": before })).await;
    let nodes = answer.data()["_entities"][0]["orders"]["nodes"].as_array().unwrap();
    nodes.iter().map(|node| node["number"].as_str().unwrap().to_owned()).collect()
}

async fn numbers_go_on_behind_those_that_are_there(orders: Orders) {
    let mut data = ledger(acme(), 3);
    "A-999999".clone_into(&mut data.orders[0].number);
    "B-9999999".clone_into(&mut data.orders[1].number);
    let orders = orders.with(&data).await.with(&ledger(globex(), 3)).await;
    for expected in ["A-1000000", "A-1000001"] {
        let answer = orders.ask(acme(), PLACE, input(&[line(0, 1)])).await;
        assert_eq!(answer.data()["placeOrder"]["order"]["number"], expected);
    }
}
