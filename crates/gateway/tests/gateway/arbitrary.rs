//! Whatever a subgraph sends, the client gets a GraphQL answer.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{Canned, Client, client, open};

const SHOP: &str = r#"
    interface Named { name: String }
    type Query { orders: [Order!] any: Named grid: [[Int!]] }
    type Order implements Named { id: ID! name: String buyer: User! }
    type Box implements Named { name: String size: Int! }
    type User @key(fields: "id", resolvable: false) { id: ID! }
"#;
const PEOPLE: &str = r#"
    type Query { me: User }
    type User @key(fields: "id") { id: ID! name: String! age: Int }
"#;
const QUERY: &str =
    "{ orders { id buyer { name age } } any { __typename name ... on Box { size } } grid me { name } }";

/// JSON made of the names that the query uses, so that much of it is almost right.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop::sample::select(vec!["Order", "Box", "User", "x", "\u{0}\"\\"]).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    let keys = prop::sample::select(vec![
        "orders",
        "id",
        "buyer",
        "name",
        "age",
        "any",
        "size",
        "grid",
        "me",
        "__typename",
        "_entities",
        "data",
        "errors",
        "path",
        "message",
        "extensions",
        "code",
    ]);
    leaf.prop_recursive(5, 96, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(keys.clone(), inner, 0..8).prop_map(|map| {
                Value::Object(map.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
            }),
        ]
    })
}

fn gateway(shop: String, people: String) -> Client {
    client(open(), vec![("shop", SHOP, Canned::saying(shop)), ("people", PEOPLE, Canned::saying(people))])
}

/// What the specification allows as an answer to `QUERY`.
fn check(text: &str) -> Result<(), TestCaseError> {
    let answer: Value =
        serde_json::from_str(text).map_err(|error| TestCaseError::fail(format!("{error}: {text}")))?;
    prop_assert!(answer.get("data").is_some(), "{}", text);
    let errors = answer.get("errors").and_then(Value::as_array).cloned().unwrap_or_default();
    prop_assert!(answer.get("errors").is_none() || !errors.is_empty());
    for error in &errors {
        prop_assert!(error["message"].is_string() && error["extensions"]["code"].is_string(), "{}", error);
        prop_assert_ne!(&error["message"], "Something went wrong here.");
    }
    prop_assert!(!answer["data"].is_null() || !errors.is_empty(), "null without a reason");
    for order in answer["data"]["orders"].as_array().into_iter().flatten() {
        prop_assert!(order["id"].is_string() && order["buyer"]["name"].is_string(), "{}", text);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_json_is_answered(shop in any_json(), people in any_json(), errors in any_json()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let whole = |data: &Value| json!({ "data": data, "errors": errors }).to_string();
        for (shop, people) in [(shop.to_string(), people.to_string()), (whole(&shop), whole(&people))] {
            let answer = runtime.block_on(gateway(shop, people).ask(QUERY));
            prop_assert_eq!(answer.status, 200);
            check(answer.text())?;
        }
    }

    #[test]
    fn entities_of_any_form_are_answered(entities in any_json()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let shop = r#"{"data":{"orders":[{"id":"a","buyer":{"id":"1"}},{"id":"b","buyer":{"id":"2"}}]}}"#;
        let people = json!({"data": {"_entities": entities, "me": entities}}).to_string();
        let answer = runtime.block_on(gateway(shop.to_owned(), people).ask(QUERY));
        prop_assert_eq!(answer.status, 200);
        check(answer.text())?;
    }
}
