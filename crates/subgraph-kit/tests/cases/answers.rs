//! What a service answers: data, errors with codes, both doors.
use std::time::Duration;

use axum::body::Body;
use http::{HeaderMap, Request, StatusCode};
use serde_json::{Value, json};
use subgraph_kit::service::{Config, Limits};
use tower::ServiceExt as _;
use uuid::Uuid;
use wire::{Subgraph as _, TransportError};

use crate::support::{Notes, caller, tenant};

#[tokio::test]
async fn every_fault_has_its_code_and_no_internals() {
    let limits = Limits { body_bytes: 2_000, depth: 6, fields: 20, timeout_ms: 50, ..Limits::default() };
    let notes = Notes::with(Config { limits, ..Config::default() }).await;
    let many_fields =
        (0..11).map(|n| format!("f{n}: authors(ids: []) {{ id }}")).collect::<Vec<_>>().join(" ");
    let deep = "authors(ids: []) { notes { nodes { author { notes { nodes { author { id } } } } } } }";
    let cases = [
        ("not JSON", "{", "BAD_REQUEST"),
        ("no object", "[]", "BAD_REQUEST"),
        ("no query", "{}", "BAD_REQUEST"),
        ("not UTF-8", "\u{fffd}", "BAD_REQUEST"),
        ("no GraphQL", &body("{"), "GRAPHQL_PARSE_FAILED"),
        ("no such field", &body("{ nothing }"), "GRAPHQL_VALIDATION_FAILED"),
        ("a wrong argument", &body("{ authors(ids: [true]) { id } }"), "BAD_USER_INPUT"),
        (
            "a wrong moment",
            &body(r#"{ echo(at: "soon", money: {amount: 1, currency: "EUR"}) }"#),
            "BAD_USER_INPUT",
        ),
        (
            "a wrong currency",
            &body(r#"{ echo(at: "2026-01-01T00:00:00Z", money: {amount: 1, currency: "euro"}) }"#),
            "BAD_USER_INPUT",
        ),
        (
            "an amount too large",
            &body(
                r#"{ echo(at: "2026-01-01T00:00:00Z", money: {amount: 9007199254740992, currency: "EUR"}) }"#,
            ),
            "BAD_USER_INPUT",
        ),
        ("too deep", &body(&format!("{{ {deep} }}")), "QUERY_TOO_DEEP"),
        ("too many fields", &body(&format!("{{ {many_fields} }}")), "OPERATION_TOO_COMPLEX"),
        ("too large", &body(&format!("{{ __typename }} #{}", "x".repeat(2_000))), "PAYLOAD_TOO_LARGE"),
        ("both ends", &body("{ notes(first: 1, last: 1) { nodes { id } } }"), "BAD_USER_INPUT"),
        ("too many rows", &body("{ notes(first: 101) { nodes { id } } }"), "BAD_USER_INPUT"),
        ("fewer than no rows", &body("{ notes(last: -1) { nodes { id } } }"), "BAD_USER_INPUT"),
        ("no cursor", &body(r#"{ notes(after: "x") { nodes { id } } }"#), "BAD_USER_INPUT"),
        ("a panic", &body("{ panics }"), "INTERNAL_SERVER_ERROR"),
        ("another error type", &body("{ foreignError }"), "INTERNAL_SERVER_ERROR"),
        ("a forgotten predicate", &body("{ forgotten { id } }"), "INTERNAL_SERVER_ERROR"),
        ("too slow", &body("{ hangs }"), "TIMEOUT"),
    ];
    for (name, body, code) in cases {
        let response = notes.send(notes.headers(tenant(1)), body.to_owned()).await.unwrap();
        let text = String::from_utf8(response.body.to_vec()).unwrap();
        let answer: Value = serde_json::from_str(&text).unwrap();
        let extensions = &answer["errors"][0]["extensions"];
        assert_eq!(extensions["code"], code, "{name}: {text}");
        assert_eq!(extensions["requestId"], "test-request", "{name}: {text}");
        for internal in ["secret", "SELECT", "tenant_id", "an error occurred when formatting", ".rs"] {
            assert!(!text.contains(internal), "{name}: {text}");
        }
    }
}

#[tokio::test]
async fn a_bad_argument_is_named() {
    let notes = Notes::start().await;
    let (answer, _) = notes.ask(tenant(1), "{ notes(first: 101) { nodes { id } } }").await;
    assert_eq!(answer["errors"][0]["extensions"]["field"], "first");
    assert_eq!(answer["errors"][0]["path"], json!(["notes"]));
}

#[tokio::test]
async fn data_are_absent_where_nothing_was_executed() {
    let notes = Notes::start().await;
    let (refused, _) = notes.ask(tenant(1), "{ nothing }").await;
    assert_eq!(refused.get("data"), None);
    let (failed, _) = notes.ask(tenant(1), "{ notes(first: 101) { nodes { id } } }").await;
    assert_eq!(failed.get("data"), Some(&Value::Null));
}

#[tokio::test]
async fn after_a_panic_the_service_goes_on() {
    let notes = Notes::start().await;
    notes.ask(tenant(1), "{ panics }").await;
    let (answer, _) = notes.ask(tenant(1), "{ notes { nodes { id } } }").await;
    assert_eq!(answer, json!({ "data": { "notes": { "nodes": [] } } }));
}

#[tokio::test]
async fn a_lost_database_is_told_apart() {
    let notes = Notes::start().await;
    notes.database.clone().close().await.unwrap();
    let (answer, _) = notes.ask(tenant(1), "{ notes { nodes { id } } }").await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "SERVICE_UNAVAILABLE");
    let response = notes.service.router().oneshot(get("/health/ready")).await.unwrap();
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    let response = notes.service.router().oneshot(get("/health/live")).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
}

#[tokio::test]
async fn an_entity_that_fails_costs_itself_alone() {
    let notes = Notes::start().await;
    let mut representations: Vec<Value> =
        (1..=60).map(|n| json!({ "__typename": "Author", "id": Uuid::from_u128(n).to_string() })).collect();
    representations[7] = json!({ "__typename": "Author", "id": Uuid::nil().to_string() });
    representations[41] = json!({ "__typename": "Author", "id": Uuid::max().to_string() });
    representations[58] = json!({ "__typename": "Nothing", "id": "1" });
    let query = "query($r: [_Any!]!) { _entities(representations: $r) { ... on Author { id mood } } }";
    let (answer, _) = notes.ask_with(tenant(1), query, &json!({ "r": representations })).await;

    let entities = answer["data"]["_entities"].as_array().unwrap();
    let null: Vec<usize> = (0..60).filter(|index| entities[*index].is_null()).collect();
    assert_eq!(null, [7, 41, 58], "{answer}");
    let mut errors: Vec<String> = answer["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| format!("{} {}", error["path"], error["extensions"]["code"]))
        .collect();
    errors.sort();
    let expected = [
        r#"["_entities",41,"mood"] "FORBIDDEN""#,
        r#"["_entities",58] "BAD_USER_INPUT""#,
        r#"["_entities",7] "FORBIDDEN""#,
    ];
    assert_eq!(errors, expected);
}

#[tokio::test]
async fn a_null_goes_up_to_where_the_type_allows_it() {
    let notes = Notes::start().await;
    let variables = json!({ "ids": [Uuid::from_u128(1), Uuid::max()] });
    let cases = [
        // Query.authors is a list of authors that are never null, so all of data goes.
        (
            "query($ids: [ID!]!) { authors(ids: $ids) { id mood } }",
            json!(null),
            json!(["authors", 1, "mood"]),
        ),
        (
            "query($ids: [ID!]!) { authors(ids: $ids) { id moodIfAny } }",
            json!({ "authors": [
                { "id": Uuid::from_u128(1), "moodIfAny": "fine" },
                { "id": Uuid::max(), "moodIfAny": null },
            ] }),
            json!(["authors", 1, "moodIfAny"]),
        ),
        (
            "query($ids: [ID!]!) { authorsIfAny(ids: $ids) { id mood } }",
            json!({ "authorsIfAny": [{ "id": Uuid::from_u128(1), "mood": "fine" }, null] }),
            json!(["authorsIfAny", 1, "mood"]),
        ),
    ];
    for (query, data, path) in cases {
        let (answer, _) = notes.ask_with(tenant(1), query, &variables).await;
        assert_eq!(answer["data"], data, "{query}");
        assert_eq!(answer["errors"].as_array().map(Vec::len), Some(1), "{query}");
        assert_eq!(answer["errors"][0]["path"], path, "{query}");
    }
}

#[tokio::test]
async fn the_schema_is_public_where_that_is_said() {
    let closed = Notes::start().await;
    let sdl = body("{ _service { sdl } }");
    assert!(closed.send(HeaderMap::new(), sdl.clone()).await.is_err());

    let open = Notes::with(Config { public_sdl: true, ..Config::default() }).await;
    let response = open.send(HeaderMap::new(), sdl).await.unwrap();
    let answer: Value = serde_json::from_slice(&response.body).unwrap();
    assert!(answer["data"]["_service"]["sdl"].as_str().unwrap().contains("type NoteConnection"));
    for other in [
        "{ notes { nodes { id } } }",
        "{ _service { sdl } notes { nodes { id } } }",
        "{ ...F } fragment F on Query { notes { nodes { id } } }",
    ] {
        assert!(open.send(HeaderMap::new(), body(other)).await.is_err(), "{other}");
    }
}

#[tokio::test]
async fn the_callers_deadline_holds() {
    let notes = Notes::start().await;
    let deadline = Some(tokio::time::Instant::now() + Duration::from_millis(20));
    let request =
        wire::Request { headers: notes.headers(tenant(1)), body: body("{ hangs }").into(), deadline };
    assert!(matches!(notes.service.call(request).await, Err(TransportError::DeadlineExceeded)));
}

fn body(query: &str) -> String {
    json!({ "query": query }).to_string()
}

fn get(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

/// Rules are about roles, and so a Caller without one is told nothing, whatever is asked.
#[tokio::test]
async fn without_a_role_nothing_is_told() {
    let notes = Notes::start().await;
    notes.write(tenant(1), Uuid::from_u128(5), 0, 1).await;
    let mut nobody = caller(tenant(1));
    nobody.roles.clear();
    let mut headers = notes.headers(tenant(1));
    let token = notes.token(&nobody, "notes");
    headers.insert(http::header::AUTHORIZATION, format!("Bearer {token}").parse().unwrap());
    let response = notes.send(headers, body("{ notes(first: 1) { nodes { id } } }")).await.unwrap();
    let answer: Value = serde_json::from_slice(&response.body).unwrap();
    assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN", "{answer}");
    assert_eq!(answer.get("data"), None);
}
