//! GraphQL over HTTP (<https://graphql.github.io/graphql-over-http/draft/>).

use http::Method;
use serde_json::json;

use crate::support::{Canned, Client, client, open};

const SDL: &str = "type Query { n: Int } type Mutation { set: Int }";
const JSON: (&str, &str) = ("content-type", "application/json");
const RESPONSE: &str = "application/graphql-response+json";

fn gateway() -> Client {
    let mut config = open();
    config.limits.body_bytes = 1000;
    client(config, vec![("one", SDL, Canned::saying(r#"{"data":{"n":1,"set":2}}"#))])
}

#[tokio::test]
async fn a_query_may_come_by_get() {
    // A content-type of JSON makes a browser ask before it sends this for a page of another site.
    for path in [
        "/graphql?query=%7Bn%7D",
        "/graphql?query=query+A%7Bn%7Dquery+B%7Bm:n%7D&operationName=A",
        "/graphql?query=%7Bn%7D&variables=%7B%7D&extensions=%7B%7D",
    ] {
        let answer = gateway().get(path, &[JSON]).await;
        assert_eq!((answer.status.as_u16(), answer.text()), (200, r#"{"data":{"n":1}}"#), "{path}");
    }
    for path in [
        "/graphql",
        "/graphql?query=",
        "/graphql?query=%7Bn%7D&variables=7",
        "/graphql?query=%7Bn%7D&variables=x",
    ] {
        let answer = gateway().get(path, &[JSON]).await;
        assert_eq!((answer.status.as_u16(), answer.codes()), (400, vec!["BAD_REQUEST".to_owned()]), "{path}");
    }
}

#[tokio::test]
async fn a_mutation_may_not_come_by_get() {
    let answer = gateway().get("/graphql?query=mutation%7Bset%7D", &[JSON]).await;
    assert_eq!(answer.status, 405);
    assert_eq!(answer.header("allow"), "POST");
}

#[tokio::test]
async fn other_methods_are_refused() {
    for method in [Method::PUT, Method::DELETE, Method::PATCH] {
        let answer = gateway().request(method.clone(), "/graphql", &[JSON], r#"{"query":"{n}"}"#).await;
        assert_eq!(answer.status, 405, "{method}");
        assert!(answer.header("allow").contains("GET, POST"), "{method}");
        assert_eq!(answer.codes(), ["BAD_REQUEST"]);
    }
}

#[tokio::test]
async fn only_json_in_utf8_is_read() {
    for (content_type, status) in [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ("Application/JSON;charset=UTF-8", 200),
        ("application/json; charset=latin1", 415),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
        ("nonsense", 415),
    ] {
        let headers = [("content-type", content_type)];
        let answer = gateway().request(Method::POST, "/graphql", &headers, r#"{"query":"{n}"}"#).await;
        assert_eq!(answer.status, status, "{content_type}");
    }
    let answer = gateway().request(Method::POST, "/graphql", &[], r#"{"query":"{n}"}"#).await;
    assert_eq!(answer.status, 415);
    for (encoding, status) in [("gzip", 415), ("identity", 200)] {
        let headers = [JSON, ("content-encoding", encoding)];
        let answer = gateway().request(Method::POST, "/graphql", &headers, r#"{"query":"{n}"}"#).await;
        assert_eq!(answer.status, status, "{encoding}");
    }
}

#[tokio::test]
async fn bodies_that_are_no_request_are_refused() {
    for body in [
        "",
        "{",
        "null",
        "7",
        "[]",
        r#"[{"query":"{n}"},{"query":"{n}"}]"#,
        "{}",
        r#"{"query":null}"#,
        r#"{"query":""}"#,
        r#"{"query":7}"#,
        r#"{"query":"{n}","variables":[]}"#,
        r#"{"query":"{n}","variables":"x"}"#,
        r#"{"query":"{n}","operationName":7}"#,
        r#"{"query":"{n}","extensions":7}"#,
        "\"\\ud800\"",
    ] {
        let answer = gateway().request(Method::POST, "/graphql", &[JSON], body).await;
        assert_eq!((answer.status.as_u16(), answer.codes()), (400, vec!["BAD_REQUEST".to_owned()]), "{body}");
        assert!(answer.json().get("data").is_none(), "{body}");
    }
    let answer = gateway().request(Method::POST, "/graphql", &[JSON], r#"[{"query":"{n}"}]"#).await;
    assert!(answer.text().contains("Batches"), "{}", answer.text());
}

#[tokio::test]
async fn long_bodies_are_refused() {
    let fitting = format!("{:<1000}", r#"{"query":"{n}"}"#);
    let answer = gateway().request(Method::POST, "/graphql", &[JSON], &fitting).await;
    assert_eq!(answer.status, 200);
    let answer = gateway().request(Method::POST, "/graphql", &[JSON], &format!("{fitting} ")).await;
    assert_eq!((answer.status.as_u16(), answer.codes()), (413, vec!["PAYLOAD_TOO_LARGE".to_owned()]));
}

#[tokio::test]
async fn the_answer_is_of_an_accepted_type() {
    for (accept, status, content_type) in [
        (None, 200, "application/json"),
        (Some("*/*"), 200, "application/json"),
        (Some("application/*"), 200, "application/json"),
        (Some("application/json"), 200, "application/json"),
        (Some(RESPONSE), 200, RESPONSE),
        (Some("application/graphql-response+json, application/json;q=0.9"), 200, RESPONSE),
        (Some("application/graphql-response+json;q=0.5, application/json"), 200, "application/json"),
        (Some("text/html, application/json;q=0.1"), 200, "application/json"),
        (Some("text/html"), 406, "application/json"),
        (Some("application/json;q=0"), 406, "application/json"),
        (Some(""), 200, "application/json"),
        (Some(" , "), 200, "application/json"),
        (Some("application/json;q=0, */*"), 200, RESPONSE),
        (Some("*/*, application/json;q=0.1"), 200, RESPONSE),
        (Some("application/json, */*"), 200, "application/json"),
        (Some("application/graphql-response+json, application/json"), 200, RESPONSE),
        (Some("application/json, application/graphql-response+json"), 200, "application/json"),
        (Some("*/*, application/graphql-response+json"), 200, RESPONSE),
        (Some("application/*;q=0, */*"), 406, "application/json"),
    ] {
        let headers: Vec<_> = accept.map(|accept| ("accept", accept)).into_iter().collect();
        let answer = gateway().post(&json!({"query": "{n}"}), &headers).await;
        assert_eq!(answer.status, status, "{accept:?}");
        assert!(answer.header("content-type").starts_with(content_type), "{accept:?}");
        assert!(answer.header("content-type").ends_with("; charset=utf-8"), "{accept:?}");
    }
}

#[tokio::test]
async fn the_status_of_a_refused_document_depends_on_the_type() {
    for (body, code) in [
        (json!({"query": "{"}), "GRAPHQL_PARSE_FAILED"),
        (json!({"query": "{unknown}"}), "GRAPHQL_VALIDATION_FAILED"),
        (json!({"query": "{n}", "operationName": "Other"}), "GRAPHQL_VALIDATION_FAILED"),
        (json!({"query": "query A{n} query B{n}"}), "GRAPHQL_VALIDATION_FAILED"),
        (
            json!({"query": "query($v: Int!){n @include(if: true) m:n @skip(if: $w)}"}),
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (json!({"query": "fragment F on Query{n}"}), "GRAPHQL_VALIDATION_FAILED"),
    ] {
        let json = gateway().post(&body, &[]).await;
        let typed = gateway().post(&body, &[("accept", RESPONSE)]).await;
        assert_eq!((json.status.as_u16(), typed.status.as_u16()), (200, 400), "{body}");
        for answer in [json, typed] {
            assert!(
                !answer.codes().is_empty() && answer.codes().iter().all(|one| one == code),
                "{}",
                answer.text()
            );
            assert!(answer.json().get("data").is_none());
            assert_eq!(answer.json()["errors"][0]["extensions"]["requestId"], answer.header("x-request-id"));
        }
    }
}

#[tokio::test]
async fn mistakes_are_told_with_their_place() {
    let answer = gateway().ask("{\n  unknown\n}").await;
    assert_eq!(answer.json()["errors"][0]["locations"], json!([{"line": 2, "column": 3}]));
}

#[tokio::test]
async fn a_request_id_of_the_client_is_kept_if_it_is_harmless() {
    let body = json!({"query": "{n}"});
    let answer = gateway().post(&body, &[("x-request-id", "abc-123")]).await;
    assert_eq!(answer.header("x-request-id"), "abc-123");
    let answer = gateway().post(&body, &[("x-request-id", "<script>")]).await;
    assert!(!answer.header("x-request-id").contains('<'));
    assert!(!answer.header("x-request-id").is_empty());
}

#[tokio::test]
async fn an_operation_asked_again_is_answered_again() {
    let gateway = gateway();
    let several = "query A{a:n} query B{b:n}";
    let first = gateway.post(&json!({"query": "{n}"}), &[]).await;
    for _ in 0..3 {
        let again = gateway.post(&json!({"query": "{n}"}), &[]).await;
        assert_eq!(again.body, first.body);
        // One text, two operations: what is kept goes by both text and name.
        for (name, key) in [("A", "a"), ("B", "b")] {
            let answer = gateway.post(&json!({"query": several, "operationName": name}), &[]).await;
            assert!(answer.json()["data"].get(key).is_some(), "{}", answer.text());
        }
        // A mistake is not kept in the place of an operation.
        assert_eq!(gateway.ask("{unknown}").await.codes(), ["GRAPHQL_VALIDATION_FAILED"]);
    }
}
