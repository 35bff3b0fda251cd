//! Who asks, and what subgraphs learn of it.

use std::sync::Arc;

use auth::{Caller, FixedClock, JwkSet, KeyRing, Role, StaticKeys, TenantId, Verifier, VerifierConfig};
use chrono::{TimeDelta, Utc};
use gateway::Config;
use serde_json::json;
use test_kit::DevIssuer;

use crate::support::{Answer, Canned, Client, builder};

const ISSUER: &str = "https://login.test";
const TENANT: &str = "00000000-0000-0000-0000-000000000007";
const AUDIENCE: &str = "tributary";

struct Setting {
    issuer: DevIssuer,
    clock: Arc<FixedClock>,
    one: Arc<Canned>,
    two: Arc<Canned>,
    client: Client,
}

fn setting(config: Config) -> Setting {
    let clock = Arc::new(FixedClock::new(Utc::now()));
    let issuer = DevIssuer::with_clock(ISSUER, clock.clone()).unwrap();
    let one = Canned::saying(r#"{"data":{"a":1}}"#);
    let two = Canned::saying(r#"{"data":{"b":2}}"#);
    let parts: Vec<crate::support::Part<'_>> =
        vec![("one", "type Query { a: Int }", one.clone()), ("two", "type Query { b: Int }", two.clone())];
    let gateway =
        builder(config, parts).clock(clock.clone()).trust(issuer.verifier(AUDIENCE)).build().unwrap();
    Setting { issuer, clock, one, two, client: Client::of(&gateway) }
}

fn owner() -> Caller {
    DevIssuer::somebody(TENANT.parse::<TenantId>().unwrap(), &[Role::Owner])
}

impl Setting {
    async fn ask(&self, authorization: Option<&str>) -> Answer {
        let headers: Vec<_> = authorization.map(|value| ("authorization", value)).into_iter().collect();
        self.client.post(&json!({"query": "{a b}"}), &headers).await
    }
}

#[tokio::test]
async fn without_a_valid_token_nobody_gets_in() {
    let setting = setting(Config::default());
    let bearer =
        |issuer: &DevIssuer, audience| format!("Bearer {}", issuer.token(&owner(), audience).unwrap());
    let good = bearer(&setting.issuer, AUDIENCE);
    let impostor = DevIssuer::with_clock(ISSUER, setting.clock.clone()).unwrap();
    let stranger = DevIssuer::with_clock("https://evil.test", setting.clock.clone()).unwrap();
    let mut garbled = good.clone();
    garbled.truncate(good.len() - 4);
    let cases = [
        ("none", None),
        ("empty", Some(String::new())),
        ("no token", Some("Bearer ".to_owned())),
        ("another scheme", Some("Basic dTpw".to_owned())),
        ("garbage", Some("Bearer garbage".to_owned())),
        ("three parts of garbage", Some("Bearer a.b.c".to_owned())),
        ("cut off", Some(garbled)),
        ("for another audience", Some(bearer(&setting.issuer, "orders"))),
        ("of another issuer", Some(bearer(&stranger, AUDIENCE))),
        ("with another key", Some(bearer(&impostor, AUDIENCE))),
    ];
    for (what, authorization) in cases {
        let answer = setting.ask(authorization.as_deref()).await;
        assert_refused(&answer, what);
    }
    assert_eq!(setting.ask(Some(&good)).await.text(), r#"{"data":{"a":1,"b":2}}"#);
    setting.clock.advance(TimeDelta::hours(1));
    let answer = setting.ask(Some(&good)).await;
    assert_refused(&answer, "expired");
    assert!(answer.text().contains("expired"), "{}", answer.text());
    assert_eq!(setting.one.requests().len(), 1);
}

fn assert_refused(answer: &Answer, what: &str) {
    assert_eq!(answer.status, 401, "{what}");
    assert!(answer.header("www-authenticate").starts_with("Bearer realm=\"tributary\""), "{what}");
    assert_eq!(answer.codes(), ["UNAUTHENTICATED"], "{what}");
    let json = answer.json();
    assert!(json.get("data").is_none(), "{what}");
    assert_eq!(json["errors"][0]["extensions"]["requestId"], answer.header("x-request-id"), "{what}");
}

#[tokio::test]
async fn nothing_is_read_for_strangers() {
    let mut config = Config::default();
    config.limits.body_bytes = 1;
    let answer = setting(config).ask(None).await;
    assert_refused(&answer, "before the body");
}

#[tokio::test]
async fn each_subgraph_gets_a_token_of_its_own() {
    let setting = setting(Config::default());
    let caller = owner();
    let token = setting.issuer.token(&caller, AUDIENCE).unwrap();
    setting.ask(Some(&format!("Bearer {token}"))).await;

    let published = setting.client.get("/.well-known/jwks.json", &[]).await;
    assert_eq!(published.status, 200);
    assert_eq!(published.header("content-type"), "application/jwk-set+json");
    let keys: JwkSet = serde_json::from_slice(&published.body).unwrap();
    let verifier = |audience: &str| {
        let ring = Arc::new(KeyRing::new(Arc::new(StaticKeys(keys.clone())), setting.clock.clone()));
        let config = VerifierConfig::new(auth::INTERNAL_ISSUER, audience);
        Verifier::new(config, ring, setting.clock.clone())
    };
    for (name, other, subgraph) in [("one", "two", &setting.one), ("two", "one", &setting.two)] {
        let request = &subgraph.requests()[0];
        let sent = request.headers["authorization"].to_str().unwrap().strip_prefix("Bearer ").unwrap();
        assert_ne!(sent, token);
        assert_eq!(verifier(name).verify(sent).await.unwrap(), caller);
        assert!(verifier(other).verify(sent).await.is_err());
        assert!(setting.issuer.verifier(AUDIENCE).verify(sent).await.is_err());
        assert!(!request.headers.iter().any(|(_, value)| value.as_bytes().ends_with(token.as_bytes())));
    }
}

#[tokio::test]
async fn tokens_for_subgraphs_are_renewed_in_time() {
    let setting = setting(Config::default());
    let caller = owner();
    for _ in 0..4 {
        let token = setting.issuer.token(&caller, AUDIENCE).unwrap();
        setting.ask(Some(&format!("Bearer {token}"))).await;
        setting.clock.advance(TimeDelta::seconds(20));
    }
    let sent: Vec<_> =
        setting.one.requests().iter().map(|one| one.headers["authorization"].clone()).collect();
    assert_eq!(sent[0], sent[1], "a token is used for half of its 60 seconds");
    assert_ne!(sent[1], sent[2]);
}

#[tokio::test]
async fn callers_do_not_get_each_others_tokens() {
    let setting = setting(Config::default());
    for caller in [owner(), owner()] {
        let token = setting.issuer.token(&caller, AUDIENCE).unwrap();
        setting.ask(Some(&format!("bearer {token}"))).await;
    }
    let requests = setting.one.requests();
    assert_ne!(requests[0].headers["authorization"], requests[1].headers["authorization"]);
}

#[tokio::test]
async fn headers_go_on_as_configured() {
    let mut config = Config::default();
    config.subgraphs.forward_headers = vec!["accept-language".to_owned(), "X-Absent".to_owned()];
    let setting = setting(config);
    let token = format!("Bearer {}", setting.issuer.token(&owner(), AUDIENCE).unwrap());
    let headers = [
        ("authorization", token.as_str()),
        ("accept-language", "de"),
        ("accept-language", "en"),
        ("cookie", "secret"),
        ("x-request-id", "abc"),
    ];
    setting.client.post(&json!({"query": "{a}"}), &headers).await;
    let sent = &setting.one.requests()[0].headers;
    assert_eq!(sent.get_all("accept-language").iter().collect::<Vec<_>>(), ["de", "en"]);
    assert_eq!(sent["x-request-id"], "abc");
    assert!(!sent.contains_key("cookie"));
    assert!(!sent.contains_key("x-absent"));
}
