//! Subgraphs in this process and behind HTTP.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post as on_post;
use gateway::{Config, Gateway};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use wire::{Subgraph as _, TransportError};

use crate::support::{Canned, Client, builder, client, compose, open};

const SHOP: &str = r#"
    type Query { users: [User!] }
    type User @key(fields: "id") { id: ID! name: String }
"#;
const PEOPLE: &str = r#"
    type Query { mood: Int }
    type User @key(fields: "id") { id: ID! spent: Int }
"#;

/// Serves on a free port of this machine for as long as the test runs: the address.
async fn serve(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}/graphql")
}

/// A subgraph behind HTTP.
async fn serve_canned(canned: Arc<Canned>) -> String {
    async fn answer(State(canned): State<Arc<Canned>>, headers: HeaderMap, body: Bytes) -> Response {
        match canned.call(wire::Request { headers, body, deadline: None }).await {
            Ok(response) => ([("content-type", "application/json")], response.body).into_response(),
            Err(_) => StatusCode::BAD_GATEWAY.into_response(),
        }
    }
    serve(Router::new().route("/graphql", on_post(answer)).with_state(canned)).await
}

/// A client of a gateway whose subgraphs are at these addresses.
fn over_http(mut config: Config, shop: &str, people: &str) -> Client {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    for (name, url) in [("shop", shop), ("people", people)] {
        config.subgraphs.overrides.entry(name.to_owned()).or_default().url = Some(url.to_owned());
    }
    let supergraph = compose(&[("shop", SHOP), ("people", PEOPLE)]);
    Client::of(&Gateway::builder(config).supergraph_sdl(supergraph).build().unwrap())
}

fn shop() -> Arc<Canned> {
    Canned::saying(
        r#"{"data":{"users":[{"__typename":"User","id":"1","name":"B\u00f6"},{"__typename":"User","id":"2","name":null}]}}"#,
    )
}

/// Answers about entities, with an error; says nonsense about moods.
fn people() -> Arc<Canned> {
    Canned::new(|request| {
        match request["variables"].get("representations") {
        Some(_) => Ok(r#"{"data":{"_entities":[{"spent":1},null]},"errors":[{"message":"gone","path":["_entities",1]}]}"#.to_owned()),
        None if request["query"].as_str().unwrap().contains("mood") => Ok("<html>".to_owned()),
        None => Err(TransportError::Status(502)),
    }
    })
}

#[tokio::test]
async fn in_process_and_behind_http_the_bytes_are_equal() {
    let inside = client(open(), vec![("shop", SHOP, shop()), ("people", PEOPLE, people())]);
    let far = shop();
    let outside = over_http(open(), &serve_canned(far.clone()).await, &serve_canned(people()).await);
    for query in ["{users{name spent}}", "{mood}", "{users{name} mood}", "{__typename}", "{nope}"] {
        let (body, headers) = (json!({ "query": query }), [("x-request-id", "the-same")]);
        let (one, other) = (inside.post(&body, &headers).await, outside.post(&body, &headers).await);
        assert_eq!((one.status, one.text()), (other.status, other.text()), "{query}");
    }
    let headers = &far.requests()[0].headers;
    assert_eq!(headers["content-type"], "application/json");
    assert_eq!(headers["x-request-id"], "the-same");
    assert!(headers["accept"].to_str().unwrap().starts_with("application/graphql-response+json"));
}

/// Status, content type and body of a subgraph's answer, and the code that the client is told ("" where all is well).
#[tokio::test]
async fn answers_are_told_from_what_is_none() {
    const LONG: &str = r#"{"data":{"mood":1},"pad":"0123456789012345678901234567890123456789012345678901234567890123456789"}"#;
    for (status, media_type, body, code) in [
        (200, "application/json", r#"{"data":{"mood":1}}"#, ""),
        (200, "application/graphql-response+json", r#"{"data":{"mood":1}}"#, ""),
        (
            400,
            "application/graphql-response+json",
            r#"{"errors":[{"message":"m","extensions":{"code":"X"}}]}"#,
            "X",
        ),
        (500, "application/json", r#"{"errors":[{"message":"m","extensions":{"code":"X"}}]}"#, "X"),
        (500, "text/html", "<h1>stack trace</h1>", "SUBGRAPH_UNAVAILABLE"),
        (500, "application/json", "[]", "SUBGRAPH_UNAVAILABLE"),
        (401, "application/json", r#"{"errors":[{"message":"m"}]}"#, "SUBGRAPH_UNAVAILABLE"),
        (302, "text/plain", "", "SUBGRAPH_UNAVAILABLE"),
        (200, "text/html", "<h1>stack trace</h1>", "SUBGRAPH_MALFORMED_RESPONSE"),
        (200, "application/json", LONG, "SUBGRAPH_MALFORMED_RESPONSE"),
    ] {
        let answer = move || async move {
            let headers = [("content-type", media_type), ("location", "/elsewhere")];
            (StatusCode::from_u16(status).unwrap(), headers, body)
        };
        let url = serve(Router::new().route("/graphql", on_post(answer))).await;
        let mut config = open();
        config.subgraphs.response_bytes = 80;
        let answer = over_http(config, &url, &url).ask("{mood}").await;
        let expected: Vec<&str> = Some(code).into_iter().filter(|code| !code.is_empty()).collect();
        assert_eq!(answer.codes(), expected, "{status} {body}");
        let mood = if code.is_empty() { json!(1) } else { Value::Null };
        assert_eq!(answer.json()["data"]["mood"], mood, "{status} {body}");
        assert!(!answer.text().contains("stack trace"), "{}", answer.text());
    }
}

#[tokio::test]
async fn a_subgraph_that_is_away_or_silent_is_told_so() {
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = format!("http://{}/graphql", closed.local_addr().unwrap());
    drop(closed);
    let silent = serve(Router::new().route("/graphql", on_post(std::future::pending::<()>))).await;
    let mut config = open();
    config.subgraphs.overrides.entry("people".to_owned()).or_default().timeout_ms = Some(20);
    let answer = over_http(config, &nobody, &silent).ask("{users{name} mood}").await;
    let mut codes = answer.codes();
    codes.sort();
    assert_eq!(codes, ["SUBGRAPH_TIMEOUT", "SUBGRAPH_UNAVAILABLE"]);
    assert!(!answer.text().contains("127.0.0.1"), "an address is told: {}", answer.text());
}

struct Panicking;

#[async_trait::async_trait]
impl wire::Subgraph for Panicking {
    async fn call(&self, _: wire::Request) -> Result<wire::Response, TransportError> {
        panic!("of the test, on purpose")
    }
}

/// As behind HTTP.
#[tokio::test]
async fn a_subgraph_of_this_process_that_panics_or_talks_too_long_harms_nobody_else() {
    let mut config = open();
    config.subgraphs.response_bytes = 80;
    let long = Canned::saying(format!(r#"{{"data":{{"mood":1}},"pad":"{}"}}"#, "x".repeat(60)));
    let client = client(
        config,
        vec![
            ("a", "type Query { n: Int }", Arc::new(Panicking)),
            ("b", "type Query { mood: Int }", long),
            ("c", "type Query { fine: Int }", Canned::saying(r#"{"data":{"fine":1}}"#)),
        ],
    );
    assert_eq!(
        client.ask("{n fine}").await.errors(),
        [crate::support::at("SUBGRAPH_UNAVAILABLE", json!(["n"]))]
    );
    assert_eq!(client.ask("{mood}").await.codes(), ["SUBGRAPH_MALFORMED_RESPONSE"]);
    assert_eq!(client.ask("{n fine}").await.json()["data"], json!({"n": null, "fine": 1}));
}

/// What comes of a `supergraph.yaml` whose one subgraph is asked there for its schema.
async fn composed_from(url: &str) -> Result<String, String> {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("supergraph.yaml");
    std::fs::write(&file, format!("subgraphs:\n  one:\n    schema:\n      subgraph_url: {url}\n")).unwrap();
    let composed = gateway::compose_file(&file).await;
    composed.map(|composed| composed.supergraph_sdl).map_err(|error| error.to_string())
}

#[tokio::test]
async fn a_schema_is_taken_from_where_it_is_asked_and_no_longer_than_it_may_be() {
    let sdl = |pad: usize| {
        let text =
            json!({"data": {"_service": {"sdl": format!("type Query {{ n: Int }}{}", " ".repeat(pad))}}});
        let text = text.to_string();
        Router::new().route("/graphql", on_post(move || async move { text }))
    };
    let honest = serve(sdl(0)).await;
    assert!(composed_from(&honest).await.unwrap().contains("n: Int"));
    let elsewhere = move || async move { (StatusCode::TEMPORARY_REDIRECT, [("location", honest)]) };
    let redirecting = serve(Router::new().route("/graphql", on_post(elsewhere))).await;
    assert!(composed_from(&redirecting).await.unwrap_err().contains("not that of a Federation subgraph"));
    let endless = composed_from(&serve(sdl(16 * 1024 * 1024)).await).await.unwrap_err();
    assert!(endless.contains("longer than 16777216 bytes"), "{endless}");
}

#[test]
fn what_cannot_work_is_found_out_at_the_start() {
    let told = |change: fn(&mut Config)| {
        let mut config = open();
        change(&mut config);
        builder(config, vec![("one", "type Query { n: Int }", Canned::saying(""))])
            .build()
            .err()
            .unwrap()
            .to_string()
    };
    assert_eq!(
        told(|config| config.subgraphs.forward_headers = vec!["Host".to_owned()]),
        "subgraphs.forward_headers: `Host` is no header that can be forwarded"
    );
    for name in ["keep-alive", "Proxy-Authorization", "proxy-connection", "te"] {
        let mut config = open();
        config.subgraphs.forward_headers = vec![name.to_owned()];
        let error = builder(config, vec![("one", "type Query { n: Int }", Canned::saying(""))]).build();
        assert!(error.err().unwrap().to_string().contains(name), "{name}");
    }
    assert_eq!(
        told(|config| config.subgraphs.overrides.entry("on".to_owned()).or_default().timeout_ms = Some(1)),
        "subgraphs.overrides names on, which is not in the supergraph"
    );
    assert_eq!(
        told(|config| config.internal_tokens.key_file = Some("/does/not/exist.pem".into())),
        "internal_tokens.key_file /does/not/exist.pem: No such file or directory (os error 2)"
    );
    assert!(told(|config| config.authentication.insecure_no_auth = false).contains("--insecure-no-auth"));

    let supergraph = compose(&[("shop", SHOP), ("people", PEOPLE)]);
    let mut config = open();
    config.subgraphs.overrides.entry("shop".to_owned()).or_default().url = Some("nowhere".to_owned());
    let error = Gateway::builder(config).supergraph_sdl(supergraph).build().err().unwrap();
    assert_eq!(error.to_string(), "the address of subgraph shop can't be used: `nowhere`");
    assert_eq!(Gateway::builder(open()).build().err().unwrap().to_string(), "no supergraph was given");
}
