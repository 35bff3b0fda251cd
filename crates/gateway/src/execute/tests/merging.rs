use std::sync::Arc;

use planner::{Condition, OutputField, OutputSelection, Plan, Source};
use serde_json::{Value, json};
use wire::{Subgraph, TransportError};

use super::support::{Answering, entity_fetch, execute, field, leaves, plan, root_fetch, saying};

/// `{ list { id more } }`, where another subgraph has `more`.
fn two_hops(more: &str) -> Plan {
    let below = leaves(&[("id", "ID!"), ("more", more)]);
    let output = OutputSelection { fields: vec![field("list", "[[T]]", &below)] };
    plan(vec![root_fetch("a", "{list{id}}", &[]), entity_fetch("b", &[0], &["list"])], output)
}

/// In these lists the entity `1` stands at [0][0] and [1][1], `2` at [0][2].
const LISTS: &str = r#"{"data":{"list":[[{"id":"1"},null,{"id":"2"}],[null,{"id":"1"}]]}}"#;

#[tokio::test]
async fn an_entity_that_stands_in_two_places_is_asked_about_once() {
    let b = Answering::new(|| async { Ok(r#"{"data":{"_entities":[{"more":10},{"more":20}]}}"#.to_owned()) });
    let subgraphs: [(&str, Arc<dyn Subgraph>); 2] = [("a", saying(LISTS)), ("b", b.clone())];
    let (data, _) = execute(&two_hops("Int"), &subgraphs).await;
    let asked = b.asked.lock().unwrap();
    assert_eq!(
        asked[0]["variables"],
        json!({"representations": [{"__typename": "T", "id": "1"}, {"__typename": "T", "id": "2"}]})
    );
    assert_eq!(
        data,
        r#"{"list":[[{"id":"1","more":10},null,{"id":"2","more":20}],[null,{"id":"1","more":10}]]}"#
    );
}

/// What `b` answers, and the paths of the client's errors with their codes.
#[tokio::test]
#[rustfmt::skip]
async fn errors_stand_where_the_client_sees_the_entity() {
    let both = json!([["list", 0, 0, "more"], ["list", 1, 1, "more"]]);
    let second = json!([["list", 0, 2, "more"]]);
    let all = json!([["list", 0, 0, "more"], ["list", 0, 2, "more"], ["list", 1, 1, "more"]]);
    let cases: &[(&str, &Value, &str)] = &[
        (r#"{"data":{"_entities":[null,{"more":2}]},"errors":[{"message":"m","path":["_entities",0],"extensions":{"code":"X"}}]}"#, &both, "X"),
        (r#"{"data":{"_entities":[{"more":null},{"more":2}]},"errors":[{"message":"m","path":["_entities",0,"more"],"extensions":{"code":"X"}}]}"#, &both, "X"),
        (r#"{"data":{"_entities":[{"more":1},{"more":null}]},"errors":[{"message":"m","path":["_entities",1,"more",3,"deeper"],"extensions":{"code":"X"}}]}"#, &second, "X"),
        (r#"{"data":{"_entities":null},"errors":[{"message":"m","path":["_entities"],"extensions":{"code":"X"}}]}"#, &all, "X"),
        (r#"{"data":null,"errors":[{"message":"m","extensions":{"code":"X"}}]}"#, &all, "X"),
        (r#"{"errors":[{"message":"m"}]}"#, &all, "INTERNAL_SERVER_ERROR"),
        (r#"{"errors":[{"message":null,"extensions":null,"path":null}]}"#, &all, "INTERNAL_SERVER_ERROR"),
        (r#"{"errors":["odd"]}"#, &all, "INTERNAL_SERVER_ERROR"),
        (r#"{"errors":"odd"}"#, &all, "SUBGRAPH_MALFORMED_RESPONSE"),
        (r#"{"data":null}"#, &all, "SUBGRAPH_MALFORMED_RESPONSE"),
        (r#"{"data":{"_entities":[{"more":1}]}}"#, &all, "SUBGRAPH_MALFORMED_RESPONSE"),
        (r#"{"data":{"_entities":[]}}"#, &all, "SUBGRAPH_MALFORMED_RESPONSE"),
        ("[]", &all, "SUBGRAPH_MALFORMED_RESPONSE"),
        ("<html>", &all, "SUBGRAPH_MALFORMED_RESPONSE"),
        ("", &all, "SUBGRAPH_MALFORMED_RESPONSE"),
    ];
    for (answer, paths, code) in cases {
        for more in ["Int", "Int!"] {
            let (data, errors) = execute(&two_hops(more), &[("a", saying(LISTS)), ("b", saying(answer))]).await;
            let told: Vec<Value> = errors.as_array().unwrap().iter().map(|error| error["path"].clone()).collect();
            assert_eq!(json!(told), **paths, "{answer}: {errors}");
            assert!(errors.as_array().unwrap().iter().all(|error| error["extensions"]["code"] == *code), "{answer}: {errors}");
            assert!(data.starts_with(r#"{"list":[["#), "{answer}: {data}");
        }
    }
}

#[tokio::test]
async fn a_fetch_that_fails_is_told_at_each_null() {
    let failures = [
        (TransportError::Unreachable("10.0.0.7: refused".to_owned()), "SUBGRAPH_UNAVAILABLE"),
        (TransportError::Status(502), "SUBGRAPH_UNAVAILABLE"),
        (TransportError::Unauthenticated, "SUBGRAPH_UNAVAILABLE"),
        (TransportError::DeadlineExceeded, "SUBGRAPH_TIMEOUT"),
        (TransportError::TooLarge { limit: 9 }, "SUBGRAPH_MALFORMED_RESPONSE"),
    ];
    for (failure, code) in failures {
        for (more, expected) in [
            (
                "Int",
                r#"{"list":[[{"id":"1","more":null},null,{"id":"2","more":null}],[null,{"id":"1","more":null}]]}"#,
            ),
            ("Int!", r#"{"list":[[null,null,null],[null,null]]}"#),
        ] {
            let failure = failure.clone();
            let b = Answering::new(move || std::future::ready(Err(failure.clone())));
            let (data, errors) = execute(&two_hops(more), &[("a", saying(LISTS)), ("b", b)]).await;
            assert_eq!(data, expected);
            for (place, path) in [json!([0, 0]), json!([0, 2]), json!([1, 1])].iter().enumerate() {
                assert_eq!(errors[place]["path"], json!(["list", path[0], path[1], "more"]), "{errors}");
                assert_eq!(errors[place]["extensions"]["code"], code);
            }
            assert_eq!(errors.as_array().unwrap().len(), 3, "{errors}");
            assert!(!errors.to_string().contains("10.0.0.7"), "{errors}");
        }
    }
}

#[tokio::test]
async fn a_root_that_fails_is_told_at_its_field() {
    let plan = plan(
        vec![root_fetch("a", "{x}", &[]), root_fetch("b", "{y z}", &[])],
        leaves(&[("x", "Int!"), ("y", "Int"), ("z", "Int")]),
    );
    let b = Answering::new(|| async { Err(TransportError::Status(500)) });
    let (data, errors) = execute(&plan, &[("a", saying(r#"{"data":{"x":1}}"#)), ("b", b)]).await;
    assert_eq!(data, r#"{"x":1,"y":null,"z":null}"#);
    assert_eq!((&errors[0]["path"], &errors[1]["path"]), (&json!(["y"]), &json!(["z"])), "{errors}");
}

#[tokio::test]
async fn lists_and_value_types_merge_by_place() {
    let point = leaves(&[("x", "Int"), ("y", "Int")]);
    let output = OutputSelection { fields: vec![field("points", "[T]", &point)] };
    let plan = plan(vec![root_fetch("a", "{points{x}}", &[]), root_fetch("b", "{points{y}}", &[])], output);
    let subgraphs = [
        ("a", saying(r#"{"data":{"points":[{"x":1},{"x":2}]}}"#)),
        ("b", saying(r#"{"data":{"points":[{"y":1},{"y":2}]}}"#)),
    ];
    let (data, _) = execute(&plan, &subgraphs).await;
    assert_eq!(data, r#"{"points":[{"x":1,"y":1},{"x":2,"y":2}]}"#);
}

#[tokio::test]
async fn introspection_that_says_nothing_is_told() {
    let schema = OutputField {
        response_key: "s".to_owned(),
        types: vec![],
        condition: Condition::Always,
        defer: Vec::new(),
        source: Source::Introspection,
    };
    let (data, errors) = execute(&plan(vec![], OutputSelection { fields: vec![schema] }), &[]).await;
    assert_eq!(data, "null");
    assert_eq!(errors[0]["path"], json!(["s"]), "{errors}");
}
