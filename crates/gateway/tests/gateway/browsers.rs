//! What pages of other sites can make a browser send, and what they can read of the answer.

use http::Method;
use serde_json::json;

use crate::support::{Canned, Client, builder, client, open};

const SDL: &str = "type Query { n: Int }";
const PATH: &str = "/graphql?query=%7Bn%7D";

fn gateway(config: gateway::Config) -> Client {
    client(config, vec![("one", SDL, Canned::saying(r#"{"data":{"n":1}}"#))])
}

#[tokio::test]
async fn a_get_shows_that_the_browser_asked_first() {
    let gateway = gateway(open());
    let cases: &[(&[(&str, &str)], u16)] = &[
        (&[("tributary-require-preflight", "1")], 200),
        (&[("apollo-require-preflight", "")], 200),
        (&[("content-type", "application/json")], 200),
        (&[("authorization", "Bearer x")], 200),
        (&[("authorization", "bearer x")], 200),
        // A browser adds these by itself, or for any page.
        (&[], 400),
        (&[("content-type", "text/plain")], 400),
        (&[("content-type", "application/x-www-form-urlencoded")], 400),
        (&[("accept", "application/json")], 400),
        (&[("authorization", "Basic eDp5")], 400),
        (&[("cookie", "a=b")], 400),
    ];
    for (headers, status) in cases {
        let answer = gateway.get(PATH, headers).await;
        assert_eq!(answer.status, *status, "{headers:?}");
        assert_eq!(
            answer.text().contains("tributary-require-preflight"),
            *status == 400,
            "{}",
            answer.text()
        );
    }
}

/// Who has no token needs one before anything else.
#[tokio::test]
async fn strangers_are_told_to_sign_in_first() {
    let issuer = test_kit::DevIssuer::new("https://login.test").unwrap();
    let builder = builder(gateway::Config::default(), vec![("one", SDL, Canned::saying(""))]);
    let client = Client::of(&builder.trust(issuer.verifier("tributary")).build().unwrap());
    for method in [Method::GET, Method::POST, Method::PUT] {
        let answer = client.request(method.clone(), PATH, &[], "").await;
        assert_eq!(
            (answer.status.as_u16(), answer.codes()),
            (401, vec!["UNAUTHENTICATED".to_owned()]),
            "{method}"
        );
    }
}

#[tokio::test]
async fn the_guard_is_as_configured() {
    let mut config = open();
    config.csrf.headers = vec!["x-mine".to_owned()];
    assert_eq!(gateway(config.clone()).get(PATH, &[("x-mine", "1")]).await.status, 200);
    assert_eq!(gateway(config.clone()).get(PATH, &[("apollo-require-preflight", "1")]).await.status, 400);
    config.csrf.enabled = false;
    assert_eq!(gateway(config).get(PATH, &[]).await.text(), r#"{"data":{"n":1}}"#);
}

#[tokio::test]
async fn other_origins_read_answers_only_where_that_is_configured() {
    let asking = [
        ("origin", "https://app.test"),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "content-type, authorization"),
    ];
    for (origins, allowed) in [
        (vec![], ""),
        (vec!["https://other.test"], ""),
        (vec!["https://other.test", "https://app.test"], "https://app.test"),
        (vec!["*"], "*"),
    ] {
        let mut config = open();
        config.cors.origins = origins.iter().map(|origin| (*origin).to_owned()).collect();
        let gateway = gateway(config);
        let first = gateway.request(Method::OPTIONS, "/graphql", &asking, "").await;
        assert_eq!(first.header("access-control-allow-origin"), allowed, "{origins:?}");
        if !allowed.is_empty() {
            assert_eq!(first.status, 200);
            assert_eq!(first.header("access-control-allow-headers"), "content-type, authorization");
        }
        let answer = gateway.post(&json!({"query": "{n}"}), &asking[..1]).await;
        assert_eq!(answer.header("access-control-allow-origin"), allowed, "{origins:?}");
        assert_eq!(answer.header("access-control-allow-credentials"), "");
        let exposed = if origins.is_empty() { "" } else { "x-request-id,www-authenticate,retry-after" };
        assert_eq!(answer.header("access-control-expose-headers"), exposed);
    }
}

#[test]
fn origins_are_written_as_browsers_write_them() {
    for origin in ["app.test", "https://app.test/", "https://app.test/page", "https://APP.test", "", "null"] {
        let mut config = open();
        config.cors.origins = vec!["https://fine.test".to_owned(), origin.to_owned()];
        let error = builder(config, vec![("one", SDL, Canned::saying(""))]).build().err().unwrap();
        let expected =
            format!("cors.origins: `{origin}` is no origin; write it as in https://app.example.com");
        assert_eq!(error.to_string(), expected);
    }
}
