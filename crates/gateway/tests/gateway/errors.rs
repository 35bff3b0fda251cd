//! Errors of subgraphs, at the places of the client's own operation.

use std::sync::Arc;

use serde_json::{Value, json};
use wire::TransportError;

use crate::support::{Canned, Client, Silent, at, client, open};

const SHOP: &str = r#"
    type Query { orders: [Order!] latest: Order }
    type Order { id: ID! buyer: User friends: [[User]] }
    type User @key(fields: "id", resolvable: false) { id: ID! }
"#;
const PEOPLE: &str = r#"
    type Query { me: User }
    type User @key(fields: "id") { id: ID! name: String strict: String! }
"#;

/// Orders with the buyers 1, 2, 1 and one without.
const ORDERS: &str = r#"{"data":{"orders":[
    {"id":"a","buyer":{"id":"1"}},{"id":"b","buyer":{"id":"2"}},{"id":"c","buyer":{"id":"1"}},{"id":"d","buyer":null}]}}"#;

fn platform(people: Arc<dyn wire::Subgraph>) -> Client {
    client(open(), vec![("shop", SHOP, Canned::saying(ORDERS)), ("people", PEOPLE, people)])
}

#[tokio::test]
async fn a_root_error_has_the_clients_keys() {
    let subgraph = Canned::saying(
        r#"{"data":{"mine":null,"me":null},"errors":[{"message":"gone","path":["mine"],"extensions":{"code":"NOT_FOUND"}}]}"#,
    );
    let parts = vec![("shop", SHOP, Canned::saying(ORDERS) as _), ("people", PEOPLE, subgraph as _)];
    let answer = client(open(), parts).ask("{mine:me{name}}").await;
    assert_eq!(answer.data(), r#"{"mine":null}"#);
    assert_eq!(answer.errors(), [at("NOT_FOUND", json!(["mine"]))]);
    assert_eq!(answer.json()["errors"][0]["message"], "gone");
}

#[tokio::test]
async fn an_entitys_error_stands_at_every_place_of_the_entity() {
    let shop = Canned::saying(
        r#"{"data":{"all":[{"who":{"id":"1"}},{"who":{"id":"2"}},{"who":{"id":"1"}},{"who":null}]}}"#,
    );
    let people = Canned::saying(
        r#"{"data":{"_entities":[{"label":null},{"label":"Bo"}]},
            "errors":[{"message":"hidden","path":["_entities",0,"label"],"extensions":{"code":"FORBIDDEN"}}]}"#,
    );
    let answer = client(open(), vec![("shop", SHOP, shop), ("people", PEOPLE, people)])
        .ask("{all:orders{who:buyer{label:name}}}")
        .await;
    assert_eq!(
        answer.data(),
        r#"{"all":[{"who":{"label":null}},{"who":{"label":"Bo"}},{"who":{"label":null}},{"who":null}]}"#
    );
    let expected = [
        at("FORBIDDEN", json!(["all", 0, "who", "label"])),
        at("FORBIDDEN", json!(["all", 2, "who", "label"])),
    ];
    assert_eq!(answer.errors(), expected);
}

#[tokio::test]
async fn an_entitys_error_goes_through_nested_lists() {
    let shop =
        Canned::saying(r#"{"data":{"latest":{"friends":[[{"id":"1"}],[null,{"id":"2"},{"id":"1"}]]}}}"#);
    let people = Canned::saying(
        r#"{"data":{"_entities":[null,{"name":"Bo"}]},"errors":[{"message":"x","path":["_entities",0]}]}"#,
    );
    let answer = client(open(), vec![("shop", SHOP, shop), ("people", PEOPLE, people)])
        .ask("{latest{friends{name}}}")
        .await;
    assert_eq!(
        answer.data(),
        r#"{"latest":{"friends":[[{"name":null}],[null,{"name":"Bo"},{"name":null}]]}}"#
    );
    let expected = [
        at("INTERNAL_SERVER_ERROR", json!(["latest", "friends", 0, 0, "name"])),
        at("INTERNAL_SERVER_ERROR", json!(["latest", "friends", 1, 2, "name"])),
    ];
    assert_eq!(answer.errors(), expected);
}

/// What goes wrong with a subgraph, and the code that tells it.
fn failures() -> Vec<(&'static str, Arc<Canned>)> {
    let failing = |error: TransportError| Canned::new(move |_| Err(error.clone()));
    vec![
        ("SUBGRAPH_UNAVAILABLE", Canned::away()),
        ("SUBGRAPH_UNAVAILABLE", failing(TransportError::Unauthenticated)),
        ("SUBGRAPH_UNAVAILABLE", failing(TransportError::Status(503))),
        ("SUBGRAPH_TIMEOUT", failing(TransportError::DeadlineExceeded)),
        ("SUBGRAPH_MALFORMED_RESPONSE", failing(TransportError::TooLarge { limit: 9 })),
        ("SUBGRAPH_MALFORMED_RESPONSE", Canned::saying("<html>10.0.0.7</html>")),
        ("SUBGRAPH_MALFORMED_RESPONSE", Canned::saying("")),
        ("SUBGRAPH_MALFORMED_RESPONSE", Canned::saying("[]")),
        ("SUBGRAPH_MALFORMED_RESPONSE", Canned::saying("{}")),
        ("SUBGRAPH_MALFORMED_RESPONSE", Canned::saying(r#"{"data":null}"#)),
        ("SUBGRAPH_MALFORMED_RESPONSE", Canned::saying(r#"{"data":7}"#)),
        ("SUBGRAPH_MALFORMED_RESPONSE", Canned::saying(r#"{"data":{"_entities":7}}"#)),
        ("SUBGRAPH_MALFORMED_RESPONSE", Canned::saying(r#"{"data":{"_entities":[null]}}"#)),
        ("SUBGRAPH_MALFORMED_RESPONSE", Canned::saying(r#"{"data":{"_entities":[null,null,null]}}"#)),
    ]
}

#[tokio::test]
async fn a_failed_fetch_of_entities_leaves_the_rest() {
    for (code, people) in failures() {
        let answer = platform(people).ask("{orders{id buyer{name}}}").await;
        let data: Value = serde_json::from_str(&answer.data()).unwrap();
        let expected = json!({"orders": [
            {"id": "a", "buyer": {"name": null}}, {"id": "b", "buyer": {"name": null}},
            {"id": "c", "buyer": {"name": null}}, {"id": "d", "buyer": null}]});
        assert_eq!(data, expected);
        let nulls = [0, 1, 2].map(|place| at(code, json!(["orders", place, "buyer", "name"])));
        assert_eq!(answer.errors(), nulls, "{}", answer.text());
        assert!(!answer.text().contains("10.0.0.7"), "{}", answer.text());
    }
}

#[tokio::test]
async fn a_failed_root_fetch_leaves_the_rest() {
    for (code, people) in failures().into_iter().filter(|(code, _)| *code != "SUBGRAPH_MALFORMED_RESPONSE") {
        let answer = platform(people).ask("{orders{id} a:me{name}}").await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.data(), r#"{"orders":[{"id":"a"},{"id":"b"},{"id":"c"},{"id":"d"}],"a":null}"#);
        assert_eq!(answer.errors(), [at(code, json!(["a"]))], "{}", answer.text());
    }
}

#[tokio::test]
async fn what_failed_is_told_where_nothing_may_be_null() {
    let answer = platform(Canned::away()).ask("{orders{id buyer{strict}}}").await;
    let data: Value = serde_json::from_str(&answer.data()).unwrap();
    assert_eq!(data["orders"][0], json!({"id": "a", "buyer": null}));
    let nulls =
        [0, 1, 2].map(|place| at("SUBGRAPH_UNAVAILABLE", json!(["orders", place, "buyer", "strict"])));
    assert_eq!(answer.errors(), nulls);
}

#[tokio::test(start_paused = true)]
async fn a_subgraph_that_does_not_answer_is_given_up() {
    let mut config = open();
    config.subgraphs.timeout_ms = 500;
    let began = tokio::time::Instant::now();
    let parts = vec![("shop", SHOP, Canned::saying(ORDERS) as _), ("people", PEOPLE, Arc::new(Silent) as _)];
    let answer = client(config, parts).ask("{orders{id} me{name}}").await;
    assert_eq!(began.elapsed().as_millis() / 10, 50);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.errors(), [at("SUBGRAPH_TIMEOUT", json!(["me"]))]);
    assert_eq!(answer.json()["data"]["orders"][0]["id"], "a");
}

#[tokio::test(start_paused = true)]
async fn one_subgraph_may_have_its_own_patience() {
    let mut config = open();
    let own = gateway::config::SubgraphConfig { timeout_ms: Some(20), ..Default::default() };
    config.subgraphs.overrides.insert("people".to_owned(), own);
    let began = tokio::time::Instant::now();
    let parts = vec![("shop", SHOP, Canned::saying(ORDERS) as _), ("people", PEOPLE, Arc::new(Silent) as _)];
    let answer = client(config, parts).ask("{me{name}}").await;
    assert!(began.elapsed().as_millis() < 50);
    assert_eq!(answer.codes(), ["SUBGRAPH_TIMEOUT"]);
}

#[tokio::test(start_paused = true)]
async fn the_requests_own_deadline_goes_before() {
    let mut config = open();
    config.limits.timeout_ms = 300;
    let parts = vec![("shop", SHOP, Canned::saying(ORDERS) as _), ("people", PEOPLE, Arc::new(Silent) as _)];
    let began = tokio::time::Instant::now();
    let answer = client(config, parts).ask("{me{name}}").await;
    assert!(began.elapsed().as_millis() < 320);
    // Either the fetch or the whole request sees the deadline first; both say that time ran out.
    assert!(matches!(answer.codes()[0].as_str(), "TIMEOUT" | "SUBGRAPH_TIMEOUT"), "{}", answer.text());
}

#[tokio::test]
async fn a_panic_is_a_fault_without_internals() {
    let people = Canned::new(|_| panic!("the password is hunter2"));
    let answer = platform(people).ask("{me{name}}").await;
    assert_eq!((answer.status.as_u16(), answer.codes()), (200, vec!["SUBGRAPH_UNAVAILABLE".to_owned()]));
    assert!(!answer.text().contains("hunter2"), "{}", answer.text());
}

const TALKATIVE: &str = r#"{"data":{"me":null},"errors":[{"message":"row 7 of users","path":["me"],
    "extensions":{"code":"CONFLICT","field":"name","stack":"at users.rs:7","hint":{"n":1}}}]}"#;

#[tokio::test]
async fn extensions_pass_as_configured() {
    for (passed, expected) in [
        (None, json!({"code": "CONFLICT", "field": "name"})),
        (Some(vec![]), json!({"code": "CONFLICT"})),
        (Some(vec!["hint"]), json!({"code": "CONFLICT", "hint": {"n": 1}})),
    ] {
        let mut config = open();
        if let Some(passed) = passed {
            config.errors.pass_extensions = passed.into_iter().map(str::to_owned).collect();
        }
        let parts = vec![
            ("shop", SHOP, Canned::saying(ORDERS) as _),
            ("people", PEOPLE, Canned::saying(TALKATIVE) as _),
        ];
        let answer = client(config, parts).ask("{me{name}}").await;
        let json = answer.json();
        let sent = json["errors"][0]["extensions"].as_object().unwrap();
        for name in ["code", "field", "hint", "stack"] {
            assert_eq!(sent.get(name), expected.get(name), "{name} in {json:#}");
        }
        assert_eq!(sent["requestId"], answer.header("x-request-id"));
        assert_eq!(json["errors"][0]["message"], "row 7 of users");
    }
}

#[tokio::test]
async fn messages_are_masked_as_configured() {
    let mut config = open();
    config.errors.mask_subgraph_messages = true;
    let parts =
        vec![("shop", SHOP, Canned::saying(ORDERS) as _), ("people", PEOPLE, Canned::saying(TALKATIVE) as _)];
    let answer = client(config, parts).ask("{me{name}}").await;
    assert_eq!(answer.errors(), [at("CONFLICT", json!(["me"]))]);
    assert!(!answer.text().contains("row 7"), "{}", answer.text());
}

/// Faults that a subgraph did not expect tell of its insides; what it means to say has a code of its own.
#[tokio::test]
async fn messages_of_unexpected_faults_do_not_pass() {
    let extensions = ["null", "{}", r#"{"code":7}"#, r#"{"code":"INTERNAL_SERVER_ERROR"}"#];
    for extensions in extensions {
        let error = format!(
            r#"{{"message":"connect ECONNREFUSED 10.0.0.7","path":["me"],"extensions":{extensions}}}"#
        );
        let people = Canned::saying(format!(r#"{{"data":{{"me":null}},"errors":[{error}]}}"#));
        let answer = platform(people).ask("{me{name}}").await;
        assert_eq!(answer.errors(), [at("INTERNAL_SERVER_ERROR", json!(["me"]))]);
        assert!(!answer.text().contains("ECONNREFUSED"), "{}", answer.text());
    }
}
