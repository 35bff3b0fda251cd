//! GraphQL over HTTP: who is let in, media types, status codes.
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

use auth::{FileKeys, KeyRing, SystemClock};
use axum::body::Body;
use axum::response::Response;
use futures::stream::poll_fn;
use http::header::{ACCEPT, ALLOW, AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use subgraph_kit::service::{Config, Limits};
use tower::ServiceExt as _;
use uuid::Uuid;
use wire::TransportError;

use crate::support::{NAME, Notes, caller, tenant};

const GRAPHQL_RESPONSE: &str = "application/graphql-response+json";

async fn post(notes: &Notes, mut headers: HeaderMap, body: impl Into<Body>) -> Response {
    headers.entry(CONTENT_TYPE).or_insert(HeaderValue::from_static("application/json"));
    let mut request = Request::post("/graphql").body(body.into()).unwrap();
    *request.headers_mut() = headers;
    notes.service.router().oneshot(request).await.unwrap()
}

async fn json_of(response: Response) -> Value {
    serde_json::from_slice(&response.into_body().collect().await.unwrap().to_bytes()).unwrap()
}

fn body(query: &str) -> String {
    json!({ "query": query }).to_string()
}

fn accepting(notes: &Notes, accept: &'static str) -> HeaderMap {
    let mut headers = notes.headers(tenant(1));
    headers.insert(ACCEPT, HeaderValue::from_static(accept));
    headers
}

fn bearer(token: &str) -> HeaderMap {
    HeaderMap::from_iter([(AUTHORIZATION, format!("Bearer {token}").parse().unwrap())])
}

/// A body that tells whether anybody has read it.
fn watched_body() -> (Body, Arc<AtomicBool>) {
    let read = Arc::new(AtomicBool::new(false));
    let seen = read.clone();
    let stream = poll_fn(move |_| {
        seen.store(true, Ordering::Relaxed);
        Poll::Ready(None::<Result<bytes::Bytes, std::io::Error>>)
    });
    (Body::from_stream(stream), read)
}

#[tokio::test]
async fn both_doors_answer_with_equal_bytes() {
    let notes = Notes::start().await;
    notes.write(tenant(1), Uuid::from_u128(5), 0, 3).await;
    for query in ["{ notes { nodes { id createdAt } } }", "{ nothing }", "{ panics }"] {
        let direct = notes.send(notes.headers(tenant(1)), body(query)).await.unwrap();
        let response = post(&notes, notes.headers(tenant(1)), body(query)).await;
        assert_eq!(response.headers()[wire::SQL_STATEMENTS], direct.headers[wire::SQL_STATEMENTS]);
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(bytes, direct.body, "{query}");
    }
}

#[tokio::test]
async fn the_status_says_how_it_went_where_the_media_type_wants_it() {
    let limits = Limits { body_bytes: 2_000, ..Limits::default() };
    let notes = Notes::with(Config { limits, ..Config::default() }).await;
    let large = body(&format!("{{ __typename }} #{}", "x".repeat(2_000)));
    // The status for application/graphql-response+json and that for application/json.
    let cases = [
        ("data", body("{ notes { nodes { id } } }"), 200, 200),
        ("data with an error", body("{ foreignError }"), 200, 200),
        ("a panic while it was executed", body("{ panics }"), 200, 200),
        ("not valid", body("{ nothing }"), 400, 200),
        ("not GraphQL", body("{"), 400, 200),
        ("not JSON", "{".to_owned(), 400, 400),
        ("no query", "{}".to_owned(), 400, 400),
        ("too large", large, 413, 413),
    ];
    for (name, body, graphql_response, json) in cases {
        for (accept, status) in [(GRAPHQL_RESPONSE, graphql_response), ("application/json", json)] {
            let response = post(&notes, accepting(&notes, accept), body.clone()).await;
            assert_eq!(response.status().as_u16(), status, "{name}, {accept}");
            assert_eq!(response.headers()[CONTENT_TYPE], format!("{accept}; charset=utf-8"), "{name}");
            assert_eq!(response.headers()[wire::REQUEST_ID], "test-request", "{name}");
        }
    }
}

#[tokio::test]
async fn an_answer_with_data_was_executed_and_one_without_was_not() {
    let notes = Notes::start().await;
    for (query, data) in [("{ panics }", Some(&Value::Null)), ("{ nothing }", None)] {
        let answer = json_of(post(&notes, notes.headers(tenant(1)), body(query)).await).await;
        assert_eq!(answer.get("data"), data, "{query}");
    }
}

#[tokio::test]
async fn the_media_type_is_negotiated() {
    let notes = Notes::start().await;
    let cases = [
        ("*/*", Some("application/json")),
        ("application/json;q=0.5, application/graphql-response+json", Some(GRAPHQL_RESPONSE)),
        ("application/graphql-response+json, application/json;q=0.9", Some(GRAPHQL_RESPONSE)),
        ("application/graphql-response+json;q=0, application/json", Some("application/json")),
        ("text/html", None),
        ("application/json; charset=latin1", None),
    ];
    for (accept, expected) in cases {
        let response = post(&notes, accepting(&notes, accept), body("{ __typename }")).await;
        match expected {
            Some(media_type) => {
                assert_eq!(response.status(), StatusCode::OK, "{accept}");
                assert_eq!(response.headers()[CONTENT_TYPE], format!("{media_type}; charset=utf-8"));
            }
            None => assert_eq!(response.status(), StatusCode::NOT_ACCEPTABLE, "{accept}"),
        }
    }
    let response = post(&notes, notes.headers(tenant(1)), body("{ __typename }")).await;
    assert_eq!(response.headers()[CONTENT_TYPE], "application/json; charset=utf-8");
}

#[tokio::test]
async fn only_json_is_read() {
    let notes = Notes::start().await;
    for (content_type, status) in [
        ("application/json; charset=utf-8", StatusCode::OK),
        ("application/json; charset=utf-16", StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("text/plain", StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("", StatusCode::UNSUPPORTED_MEDIA_TYPE),
    ] {
        let mut headers = notes.headers(tenant(1));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        let response = post(&notes, headers, body("{ __typename }")).await;
        assert_eq!(response.status(), status, "{content_type}");
    }
    let get = Request::builder().method(Method::GET).uri("/graphql").body(Body::empty()).unwrap();
    let response = notes.service.router().oneshot(get).await.unwrap();
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(response.headers()[ALLOW], "POST");
    assert_eq!(json_of(response).await["errors"][0]["extensions"]["code"], "BAD_REQUEST");
}

#[tokio::test]
async fn no_valid_token_no_answer() {
    let notes = Notes::start().await;
    let own = notes.token(&caller(tenant(1)), NAME);
    let plain = "Bearer realm=\"tributary\"";
    let invalid =
        "Bearer realm=\"tributary\", error=\"invalid_token\", error_description=\"The token is not valid.\"";
    let other_audience = notes.token(&caller(tenant(1)), "orders");
    let other_scheme = HeaderMap::from_iter([(AUTHORIZATION, format!("Basic {own}").parse().unwrap())]);
    let refused = [
        ("none", HeaderMap::new(), plain),
        ("another scheme", other_scheme, plain),
        ("nonsense", bearer("nonsense"), invalid),
        ("another audience", bearer(&other_audience), invalid),
    ];
    for (name, headers, challenge) in refused {
        let direct = notes.send(headers.clone(), body("{ __typename }")).await;
        assert!(matches!(direct, Err(TransportError::Unauthenticated)), "{name}");
        let (watched, read) = watched_body();
        let response = post(&notes, headers, watched).await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{name}");
        assert_eq!(response.headers()[WWW_AUTHENTICATE], challenge, "{name}");
        assert!(!read.load(Ordering::Relaxed), "{name}: the body was read");
        let id = response.headers()[wire::REQUEST_ID].clone();
        let extensions = &json_of(response).await["errors"][0]["extensions"];
        assert_eq!(extensions["code"], "UNAUTHENTICATED", "{name}");
        assert_eq!(extensions["requestId"], id.to_str().unwrap(), "{name}");
    }
    notes.clock.advance(chrono::TimeDelta::minutes(10));
    let expired = notes.send(bearer(&own), body("{ __typename }")).await;
    assert!(matches!(expired, Err(TransportError::Unauthenticated)));
    let response = post(&notes, bearer(&own), body("{ __typename }")).await;
    let challenge = response.headers()[WWW_AUTHENTICATE].to_str().unwrap();
    assert!(challenge.ends_with("error_description=\"The token has expired.\""), "{challenge}");
}

#[tokio::test]
async fn without_the_issuers_keys_nothing_is_said_about_a_token() {
    let nowhere = Arc::new(FileKeys(PathBuf::from("/nowhere/jwks.json")));
    let keys = Arc::new(KeyRing::new(nowhere, Arc::new(SystemClock)));
    let notes = Notes::trusting(Config::default(), Some(keys)).await;
    let direct = notes.send(notes.headers(tenant(1)), body("{ __typename }")).await;
    assert!(matches!(direct, Err(TransportError::AuthenticationUnavailable)), "{direct:?}");
    let response = post(&notes, notes.headers(tenant(1)), body("{ __typename }")).await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(response.headers().contains_key(RETRY_AFTER));
    assert!(!response.headers().contains_key(WWW_AUTHENTICATE));
    assert_eq!(json_of(response).await["errors"][0]["extensions"]["code"], "AUTHENTICATION_UNAVAILABLE");
}

#[tokio::test]
async fn without_a_token_only_a_short_body_is_read() {
    let notes = Notes::with(Config { public_sdl: true, ..Config::default() }).await;
    let short = body("{ _service { sdl } }");
    assert_eq!(post(&notes, HeaderMap::new(), short).await.status(), StatusCode::OK);
    let long = body(&format!("{{ _service {{ sdl }} }} #{}", "x".repeat(20_000)));
    assert_eq!(post(&notes, HeaderMap::new(), long).await.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let other = body("{ notes { nodes { id } } }");
    assert_eq!(post(&notes, HeaderMap::new(), other).await.status(), StatusCode::UNAUTHORIZED);
}
