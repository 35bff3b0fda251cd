//! What is told to whoever asks: the schema, and how an operation was executed.

use serde_json::json;

use crate::support::{Canned, client, open};

const SDL: &str = "type Query { n: Int }";
const EXPLAIN: (&str, &str) = ("tributary-explain", "plan, trace");

fn subgraph() -> std::sync::Arc<Canned> {
    Canned::saying(r#"{"data":{"n":1}}"#)
}

#[tokio::test]
async fn the_schema_is_told_as_configured() {
    let client_on = client(open(), vec![("one", SDL, subgraph())]);
    let answer = client_on
        .ask(r#"{ a: __schema { queryType { name } } t: __type(name: "Query") { fields { name } } n }"#)
        .await;
    let expected = json!({"a": {"queryType": {"name": "Query"}}, "t": {"fields": [{"name": "n"}]}, "n": 1});
    assert_eq!(answer.json(), json!({ "data": expected }));

    let mut config = open();
    config.introspection.enabled = false;
    let client_off = client(config, vec![("one", SDL, subgraph())]);
    for query in [
        "{ __schema { queryType { name } } }",
        r#"{ n __type(name: "Query") { name } }"#,
        "{ ...F } fragment F on Query { x: __schema { queryType { name } } }",
    ] {
        let answer = client_off.ask(query).await;
        assert_eq!(answer.codes(), ["GRAPHQL_VALIDATION_FAILED"], "{query}");
        assert!(answer.json().get("data").is_none());
    }
    assert_eq!(client_off.ask("{ __typename }").await.json(), json!({"data": {"__typename": "Query"}}));
}

#[tokio::test]
async fn executions_are_explained_only_where_that_is_configured() {
    let body = json!({"query": "{n}"});
    let off = client(open(), vec![("one", SDL, subgraph())]).post(&body, &[EXPLAIN]).await;
    assert_eq!(off.text(), r#"{"data":{"n":1}}"#);

    let mut config = open();
    config.explain.enabled = true;
    let on = client(config, vec![("one", SDL, subgraph())]);
    let told = on.post(&body, &[EXPLAIN]).await;
    let told_json = told.json();
    let tributary = &told_json["extensions"]["tributary"];
    assert_eq!(tributary["requestId"], told.header("x-request-id"));
    assert!(tributary["plan"]["text"].as_str().unwrap().contains("one"));
    assert_eq!(tributary["fetches"].as_array().unwrap().len(), 1);
    assert_eq!(tributary["fetches"][0]["subgraph"], "one");
    assert_eq!(tributary["fetches"][0]["status"], "ok");
    assert_eq!(told_json["data"], json!({"n": 1}));

    let only_plan = on.post(&body, &[("tributary-explain", "plan")]).await.json();
    assert!(only_plan["extensions"]["tributary"].get("fetches").is_none());
    let not_asked = on.post(&body, &[]).await;
    assert_eq!(not_asked.text(), r#"{"data":{"n":1}}"#);
}

#[tokio::test]
async fn introspection_counts_as_a_part_of_the_answer() {
    let query = "{ n __schema { types { name } } }";
    let mut config = open();
    config.limits.answer_bytes = 200;
    let answer = client(config, vec![("one", SDL, subgraph())]).ask(query).await;
    assert_eq!(answer.codes(), ["OPERATION_TOO_COMPLEX"]);
    let answer = client(open(), vec![("one", SDL, subgraph())]).ask(query).await;
    assert!(answer.body.len() > 200, "{}", answer.text());
}

#[tokio::test]
async fn introspection_by_variables_is_each_requests_own() {
    let client = client(open(), vec![("one", "type Query { n(v: Int!): Int! }", subgraph())]);
    let query = "query($t: String!, $v: Int!, $with: Boolean!) {
        n(v: $v) ...F __type(name: $t) { name } } fragment F on Query { ... @include(if: $with) {
            __schema { queryType { name @include(if: $with) kind } } } }";
    for (name, with) in [("Query", true), ("Int", false), ("Nothing", true)] {
        let answer = client.ask_with(query, &json!({"t": name, "v": 1, "with": with})).await.json();
        let named = if name == "Nothing" { json!(null) } else { json!({ "name": name }) };
        let mut expected = json!({"n": 1, "__type": named});
        if with {
            expected["__schema"] = json!({"queryType": {"name": "Query", "kind": "OBJECT"}});
        }
        assert_eq!(answer, json!({ "data": expected }));
    }
}
