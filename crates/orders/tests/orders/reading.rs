//! What is read of orders and products.

use serde_json::{Value, json};

use crate::fixtures::{Kind, PRODUCTS, acme, id, ledger};
use crate::support::Orders;

test_kit::on_both_databases! { Orders: a_whole_order a_whole_product no_such_row totals_are_the_sums_of_lines }

async fn a_whole_order(orders: Orders) {
    let orders = orders.with(&ledger(acme(), 4)).await;
    let query = "query ($id: ID!) {
      order(id: $id) {
        id number status placedAt
        total { amount currency }
        placedBy { id orders(first: 1) { nodes { number } } }
        organization { id }
        lines { id quantity unitPrice { amount currency } total { amount currency } product { sku } }
      }
    }";
    let answer = orders.ask(acme(), query, json!({ "id": id(acme(), Kind::Order, 2) })).await;
    insta::assert_snapshot!("a_whole_order", answer.text());
}

async fn a_whole_product(orders: Orders) {
    let orders = orders.with(&ledger(acme(), 0)).await;
    let query = "query ($id: ID!) {
      product(id: $id) { id organizationId sku name price { amount currency } weightGrams createdAt }
    }";
    let answer = orders.ask(acme(), query, json!({ "id": id(acme(), Kind::Product, 3) })).await;
    insta::assert_snapshot!("a_whole_product", answer.text());
}

async fn no_such_row(orders: Orders) {
    let orders = orders.with(&ledger(acme(), 1)).await;
    let query = "query ($id: ID!) { order(id: $id) { id } product(id: $id) { id } }";
    for key in [json!(id(acme(), Kind::Line, 77)), json!("nonsense"), json!(""), json!(7)] {
        let answer = orders.ask(acme(), query, json!({ "id": key })).await;
        assert_eq!(*answer.data(), json!({ "order": null, "product": null }), "{key}");
    }
}

async fn totals_are_the_sums_of_lines(orders: Orders) {
    let orders = orders.with(&ledger(acme(), 40)).await;
    let lines = (1..=PRODUCTS).map(
        |number| json!({ "productId": id(acme(), Kind::Product, number - 1), "quantity": number * number }),
    );
    let place = "mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id } } }";
    let input = json!({ "lines": lines.collect::<Vec<_>>() });
    orders.ask(acme(), place, json!({ "input": input })).await.data();

    let selection = "... on Organization {
      orders(first: 100) { nodes { number total { amount } lines { quantity unitPrice { amount } total { amount } } } }
    }";
    let organization = json!({ "__typename": "Organization", "id": acme() });
    let answer = orders.entities(acme(), selection, vec![organization]).await;
    let nodes = answer.data()["_entities"][0]["orders"]["nodes"].as_array().unwrap();
    assert_eq!(nodes.len(), 41);
    let amount = |value: &Value| value["amount"].as_i64().unwrap();
    for order in nodes {
        let mut sum = 0;
        for line in order["lines"].as_array().unwrap() {
            let total = amount(&line["unitPrice"]) * line["quantity"].as_i64().unwrap();
            assert_eq!(amount(&line["total"]), total, "{order}");
            sum += total;
        }
        assert_eq!(amount(&order["total"]), sum, "{order}");
    }
}
