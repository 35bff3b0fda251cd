//! A subgraph that is dead costs its own fields, and nothing else.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use e2e::{Platform, error_codes};
use serde_json::{Value, json};

const OWNER: (&str, &str) = ("acme", "owner");

/// Something of every subgraph, from every root, across every border.
const EVERYWHERE: &str = "query ($order: ID!, $invoice: ID!) {
    me { displayName account { balance { amount } } orders(first: 1) { nodes { number } } }
    organization { slug members(first: 1) { nodes { role } } orders(first: 2) { nodes { number } } balance { amount } }
    order(id: $order) {
        number
        lines { quantity product { name } }
        placedBy { displayName }
        organization { displayName }
        amountDue { amount }
        invoice { number }
    }
    invoice(id: $invoice) {
        number
        billedTo { displayName }
        account { balance { amount } party { displayName } }
        named: order { number }
        order { status }
        lines { quantity item { ... on Product { name } ... on Fee { description } } }
        payments { nodes { amount { amount } reference { number } } }
    }
}";

#[tokio::test(flavor = "multi_thread")]
async fn without_users_on_postgres() {
    let lost = [
        "/me",
        "/organization",
        "/order/placedBy",
        "/order/organization",
        "/invoice/billedTo",
        "/invoice/account/party",
    ];
    check(Platform::split_on_postgres().await, "users", &lost).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_orders_on_postgres() {
    let lost = [
        "/me/orders",
        "/organization/orders",
        "/order",
        "/invoice/order",
        "/invoice/lines/*/item",
        "/invoice/payments/nodes/0/reference",
    ];
    check(Platform::split_on_postgres().await, "orders", &lost).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_billing_on_postgres() {
    let lost = ["/me/account", "/organization/balance", "/order/amountDue", "/order/invoice", "/invoice"];
    check(Platform::split_on_postgres().await, "billing", &lost).await;
}

/// Once the subgraph is dead, what is `lost` is null: what it knows, and above that nothing but what makes no sense without.
/// All else is as it was. `*` stands for every product of a list.
async fn check(mut split: Platform, name: &str, lost: &[&str]) {
    let owner = split.client(OWNER);
    let variables = an_order_with_everything(&owner).await;
    let mut expected = owner.ask_with(EVERYWHERE, variables.clone()).await.data();
    assert!(!expected.to_string().contains("null"), "{expected:#}");
    for path in lost {
        lose(&mut expected, path);
    }
    split.processes.remove(name);
    let answer = owner.ask_with(EVERYWHERE, variables).await;
    let json = answer.json();
    assert_eq!(answer.status, 200);
    assert_eq!(json["data"], expected, "without {name}: {:#}", json["errors"]);
    let codes = error_codes(&json);
    assert!(!codes.is_empty(), "{json:#}");
    assert!(codes.iter().all(|code| *code == "SUBGRAPH_UNAVAILABLE"), "{json:#}");
    assert!(!json.to_string().contains("127.0.0.1"), "{json:#}");
}

/// An order whose invoice charges a product and a fee and was paid by card, so that the payment refers to the order.
async fn an_order_with_everything(owner: &e2e::Client) -> Value {
    let query = "{ organization { invoices(first: 60, status: PAID) { nodes {
        id order { id } lines { item { __typename } } payments { nodes { method } }
    } } } }";
    let invoices = owner.ask(query).await.data();
    let invoices = invoices["organization"]["invoices"]["nodes"].as_array().unwrap();
    let everything = |invoice: &&Value| {
        let lines = invoice["lines"].to_string();
        let by_card = invoice["payments"]["nodes"][0]["method"] == "CARD";
        lines.contains("Product") && lines.contains("Fee") && by_card
    };
    let invoice = invoices.iter().find(everything).unwrap();
    json!({ "order": invoice["order"]["id"], "invoice": invoice["id"] })
}

/// Makes what is at this path null.
fn lose(data: &mut Value, path: &str) {
    let Some((list, field)) = path.split_once("/*/") else {
        *data.pointer_mut(path).unwrap_or_else(|| panic!("nothing at {path}")) = Value::Null;
        return;
    };
    let items = data.pointer_mut(list).and_then(Value::as_array_mut).unwrap();
    // A fee lives in billing.
    for item in items.iter_mut().filter(|item| item[field].get("name").is_some()) {
        item[field] = Value::Null;
    }
}
