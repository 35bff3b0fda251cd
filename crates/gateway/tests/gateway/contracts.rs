//! A contract is served as any other supergraph: what it hides is not there for clients, and plans use it all the same.

use composition::{ContractFilter, contract_supergraph};
use gateway::Gateway;
use serde_json::{Value, json};

use crate::support::{Canned, Client, Part, builder, compose, open};

const SHOP: &str = r#"
    type Query { item: Item report: Report @tag(name: "internal") sort(by: Order): Int }
    type Item @key(fields: "sku") { sku: ID! @tag(name: "internal") cost: Int! @tag(name: "internal") name: String }
    type Report { lines: Int }
    enum Order { NAME COST @tag(name: "internal") }
"#;
const PRICES: &str = r#"
    type Item @key(fields: "sku") { sku: ID! cost: Int! @external price: Int @requires(fields: "cost") }
"#;

/// The graph without what is internal.
fn public() -> (Client, std::sync::Arc<Canned>) {
    let item = json!({ "__typename": "Item", "sku": "s1", "cost": 7, "name": "lamp" });
    let shop = Canned::saying(json!({ "data": { "item": item } }).to_string());
    let prices = Canned::new(|request| {
        let cost = request["variables"]["representations"][0]["cost"].as_i64().unwrap();
        Ok(json!({ "data": { "_entities": [{ "price": cost * 2 }] } }).to_string())
    });
    let filter = ContractFilter {
        exclude: ["internal".to_owned()].into(),
        hide_unreachable: true,
        ..ContractFilter::default()
    };
    let whole = compose(&[("shop", SHOP), ("prices", PRICES)]);
    let parts: Vec<Part<'_>> = vec![("shop", SHOP, shop), ("prices", PRICES, prices.clone())];
    let builder = builder(open(), parts).supergraph_sdl(contract_supergraph(&whole, &filter).unwrap());
    let gateway: Gateway = builder.build().unwrap();
    (Client::of(&gateway), prices)
}

#[tokio::test]
async fn plans_use_what_is_hidden() {
    let (client, prices) = public();
    let answer = client.ask("{ item { name price } }").await.json();
    assert_eq!(answer, json!({ "data": { "item": { "name": "lamp", "price": 14 } } }));
    let sent = &prices.asked()[0]["variables"]["representations"][0];
    assert_eq!((&sent["sku"], &sent["cost"]), (&json!("s1"), &json!(7)));
}

#[tokio::test]
async fn clients_neither_reach_nor_see_what_is_hidden() {
    let (client, _) = public();
    for query in ["{ report { lines } }", "{ item { sku } }", "{ item { cost } }", "{ sort(by: COST) }"] {
        let codes = client.ask(query).await.codes();
        assert!(!codes.is_empty(), "{query}");
        assert!(codes.iter().all(|code| code == "GRAPHQL_VALIDATION_FAILED"), "{query}: {codes:?}");
    }
    let query = "{ __schema { types { name fields { name } enumValues { name } } } gone: __type(name: \"Report\") { name } }";
    let answer = client.ask(query).await;
    assert_eq!(answer.json()["data"]["gone"], Value::Null);
    for hidden in ["Report", "report", "sku", "cost", "COST"] {
        assert!(!answer.text().contains(&format!("{{\"name\":\"{hidden}\"")), "{hidden}: {}", answer.text());
    }
    assert!(answer.text().contains("{\"name\":\"price\"}"), "{}", answer.text());
}
