//! What is asked about entities.

use serde_json::{Value, json};

use crate::support::{Canned, client, open};

const SHOP: &str = r#"
    type Query { orders: [Order!] }
    type Order { id: ID! buyer: User }
    type User @key(fields: "id", resolvable: false) { id: ID! }
"#;
const PEOPLE: &str = r#"
    type Query { me: User }
    type User @key(fields: "id") { id: ID! name: String }
"#;

/// Answers each representation by its id.
fn people() -> std::sync::Arc<Canned> {
    Canned::new(|request| {
        let asked = request["variables"]["representations"].as_array().cloned().unwrap_or_default();
        let entities: Vec<Value> =
            asked.iter().map(|one| json!({"name": format!("user {}", one["id"])})).collect();
        Ok(json!({"data": {"_entities": entities}}).to_string())
    })
}

#[tokio::test]
async fn equal_representations_are_sent_once() {
    let shop = Canned::saying(
        r#"{"data":{"orders":[{"id":"a","buyer":{"id":"2"}},{"id":"b","buyer":{"id":"1"}},{"id":"c","buyer":{"id":"2"}}]}}"#,
    );
    let people = people();
    let client = client(open(), vec![("shop", SHOP, shop), ("people", PEOPLE, people.clone())]);
    let answer = client.ask("{orders{buyer{name}}}").await;
    let asked = people.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!(
        asked[0]["variables"]["representations"],
        json!([{"__typename": "User", "id": "2"}, {"__typename": "User", "id": "1"}])
    );
    assert_eq!(
        answer.json(),
        json!({"data": {"orders": [
            {"buyer": {"name": "user \"2\""}}, {"buyer": {"name": "user \"1\""}}, {"buyer": {"name": "user \"2\""}}]}})
    );
}

#[tokio::test]
async fn what_a_field_requires_goes_along() {
    const SHOP: &str = r#"
        type Query { me: User }
        type User @key(fields: "id") { id: ID! name: String! }
    "#;
    const LABELS: &str = r#"
        type User @key(fields: "id") { id: ID! name: String! @external label: String @requires(fields: "name") }
    "#;
    let shop = Canned::saying(r#"{"data":{"me":{"__typename":"User","id":"1","name":"\u00c5sa"}}}"#);
    let labels = Canned::saying(r#"{"data":{"_entities":[{"label":"L"}]}}"#);
    let client = client(open(), vec![("shop", SHOP, shop), ("labels", LABELS, labels.clone())]);
    assert_eq!(client.ask("{me{label}}").await.text(), r#"{"data":{"me":{"label":"L"}}}"#);
    let body = String::from_utf8(labels.requests()[0].body.to_vec()).unwrap();
    // The text of values goes on as it came.
    assert!(body.contains(r#"[{"__typename":"User","id":"1","name":"\u00c5sa"}]"#), "{body}");
}

#[tokio::test]
async fn what_has_no_key_is_not_asked_about() {
    let shop = Canned::saying(
        r#"{"data":{"orders":[{"id":"a","buyer":null},{"id":"b","buyer":{"id":null}},{"id":"c","buyer":{"id":"3"}}]}}"#,
    );
    let people = people();
    let client = client(open(), vec![("shop", SHOP, shop), ("people", PEOPLE, people.clone())]);
    let answer = client.ask("{orders{buyer{name}}}").await;
    assert_eq!(people.asked()[0]["variables"]["representations"], json!([{"__typename": "User", "id": "3"}]));
    assert_eq!(answer.json()["data"]["orders"][2]["buyer"]["name"], "user \"3\"");
}

#[tokio::test]
async fn where_nothing_is_to_be_asked_no_request_is_sent() {
    for orders in ["[]", "null", r#"[{"id":"a","buyer":null}]"#] {
        let shop = Canned::saying(format!(r#"{{"data":{{"orders":{orders}}}}}"#));
        let people = people();
        let client = client(open(), vec![("shop", SHOP, shop), ("people", PEOPLE, people.clone())]);
        let answer = client.ask("{orders{buyer{name}}}").await;
        assert_eq!(people.asked().len(), 0, "{orders}");
        assert_eq!(answer.codes(), Vec::<String>::new(), "{orders}");
    }
}

#[tokio::test]
async fn skip_and_include_leave_whole_fetches_out() {
    let query = "query($with: Boolean!) { orders { id buyer @include(if: $with) { name } } me @skip(if: $with) { name } }";
    for with in [true, false] {
        let shop = Canned::saying(r#"{"data":{"orders":[{"id":"a","buyer":{"id":"1"}}]}}"#);
        let people = Canned::new(|request| {
            let about_entities = request["variables"].get("representations").is_some();
            let data = if about_entities {
                json!({"_entities": [{"name": "Al"}]})
            } else {
                json!({"me": {"name": "Me"}})
            };
            Ok(json!({ "data": data }).to_string())
        });
        let client = client(open(), vec![("shop", SHOP, shop), ("people", PEOPLE, people.clone())]);
        let answer = client.ask_with(query, &json!({ "with": with })).await;
        let expected = if with {
            json!({"orders": [{"id": "a", "buyer": {"name": "Al"}}]})
        } else {
            json!({"orders": [{"id": "a"}], "me": {"name": "Me"}})
        };
        assert_eq!(answer.json(), json!({ "data": expected }));
        assert_eq!(people.asked().len(), 1);
    }
}
