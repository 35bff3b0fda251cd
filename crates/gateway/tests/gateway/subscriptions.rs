//! Subscriptions, by server-sent events: each event is answered as a query is.

use std::sync::Arc;

use auth::{FixedClock, Role, TenantId};
use chrono::{SubsecRound as _, Utc};
use gateway::{Config, Gateway};
use serde_json::{Value, json};
use test_kit::DevIssuer;
use tokio::time::Instant;
use wire::{Subgraph, TransportError};

use crate::support::{Canned, Client, Eventful, PEOPLE, Part, SHOP, builder, client, open, people, sale};

const SOLD: &str = "subscription { sold { number user { name } } }";

fn parts(shop: Arc<dyn Subgraph>) -> Vec<Part<'static>> {
    vec![("shop", SHOP, shop), ("people", PEOPLE, people())]
}

fn code(answer: &Value) -> &str {
    answer["errors"][0]["extensions"]["code"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn every_event_is_answered_with_entities_of_other_subgraphs() {
    let shop = Eventful::new();
    let mut config = open();
    config.subgraphs.forward_headers = vec!["x-color".to_owned()];
    let client = client(config, parts(shop.clone()));
    let query = "subscription Sold($most: Int = 3) { sold(most: $most) { number user { name } } }";
    let mut stream = client.stream(query, &[("x-request-id", "r-1"), ("x-color", "red")]).await;
    assert_eq!(stream.headers["content-type"], "text/event-stream; charset=utf-8");
    assert_eq!(stream.headers["x-request-id"], "r-1");
    let subscriber = shop.subscriber().await;
    let sent: Value = serde_json::from_slice(&subscriber.request.body).unwrap();
    assert!(sent["query"].as_str().unwrap().starts_with("subscription "), "{sent}");
    assert_eq!(sent["variables"], json!({ "most": 3 }));
    assert_eq!(subscriber.request.headers["x-request-id"], "r-1");
    assert_eq!(subscriber.request.headers["x-color"], "red");
    for number in 1..=3 {
        subscriber.send(sale(number, number * 10));
        let name = format!("user {}", number * 10);
        let answer = stream.next().await.unwrap();
        assert_eq!(answer, json!({ "data": { "sold": { "number": number, "user": { "name": name } } } }));
    }
    drop(subscriber);
    assert_eq!(stream.next().await, None);
}

#[tokio::test]
async fn what_fails_in_one_event_is_told_there_alone() {
    let shop = Eventful::new();
    let client = client(open(), parts(shop.clone()));
    let mut stream = client.stream(SOLD, &[("x-request-id", "r-1")]).await;
    let subscriber = shop.subscriber().await;
    subscriber.send(sale(1, 13));
    let answer = stream.next().await.unwrap();
    assert_eq!(answer["data"], json!({ "sold": { "number": 1, "user": null } }));
    assert_eq!(answer["errors"][0]["path"], json!(["sold", "user", "name"]));
    assert_eq!(answer["errors"][0]["extensions"]["requestId"], "r-1");
    for (event, data, code_told) in [
        (r#"{"data":{"sold":null}}"#, json!({ "sold": null }), ""),
        ("nonsense", json!({ "sold": null }), "SUBGRAPH_MALFORMED_RESPONSE"),
        (
            r#"{"data":null,"errors":[{"message":"no","path":["sold"],"extensions":{"code":"X"}}]}"#,
            json!({ "sold": null }),
            "X",
        ),
        (
            r#"{"data":{"sold":{"number":"x","user":null}}}"#,
            json!({ "sold": { "number": null, "user": null } }),
            "SUBGRAPH_MALFORMED_RESPONSE",
        ),
    ] {
        subscriber.send(event);
        let answer = stream.next().await.unwrap();
        assert_eq!((&answer["data"], code(&answer)), (&data, code_told), "{event}");
    }
    subscriber.send(sale(2, 1));
    assert_eq!(stream.next().await.unwrap()["data"]["sold"]["user"]["name"], "user 1");
}

#[tokio::test]
async fn a_subgraph_that_is_lost_is_told_of_and_is_the_end() {
    let shop = Eventful::new();
    let client = client(open(), parts(shop.clone()));
    for (query, data, path) in [
        (SOLD, json!({ "sold": null }), json!(["sold"])),
        ("subscription { a: surely { number } }", Value::Null, json!(["a"])),
    ] {
        let mut stream = client.stream(query, &[]).await;
        let subscriber = shop.subscriber().await;
        subscriber.fail(TransportError::Unreachable("reset by 10.0.0.7".to_owned()));
        let answer = stream.next().await.unwrap();
        assert_eq!((&answer["data"], code(&answer)), (&data, "SUBGRAPH_UNAVAILABLE"));
        assert_eq!(answer["errors"][0]["path"], path);
        assert!(!answer.to_string().contains("10.0.0.7"));
        assert_eq!(stream.next().await, None);
        subscriber.gone().await;
    }
}

#[tokio::test]
async fn a_subgraph_without_subscriptions_is_told_of() {
    let client = client(open(), parts(Canned::saying("{}")));
    let mut stream = client.stream(SOLD, &[]).await;
    let answer = stream.next().await.unwrap();
    assert_eq!((&answer["data"], code(&answer)), (&json!({ "sold": null }), "SUBGRAPH_UNAVAILABLE"));
    assert_eq!(stream.next().await, None);
}

#[tokio::test]
async fn a_client_that_leaves_ends_the_subscription_of_the_subgraph() {
    let shop = Eventful::new();
    let stream = client(open(), parts(shop.clone())).stream(SOLD, &[]).await;
    let subscriber = shop.subscriber().await;
    drop(stream);
    subscriber.gone().await;
}

#[tokio::test]
async fn other_operations_are_answered_by_one_event() {
    let client = client(open(), parts(Eventful::new()));
    for (query, answer) in [("{mood}", json!({ "mood": 7 })), ("mutation{sell}", json!({ "sell": 8 }))] {
        let mut stream = client.stream(query, &[]).await;
        assert_eq!(stream.next().await.unwrap()["data"], answer);
        assert_eq!(stream.next().await, None);
    }
    let mut stream = client.stream("{nope}", &[]).await;
    let answer = stream.next().await.unwrap();
    assert_eq!((stream.status.as_u16(), code(&answer)), (200, "GRAPHQL_VALIDATION_FAILED"));
    assert_eq!(stream.next().await, None);
}

#[tokio::test]
async fn who_can_not_be_sent_events_is_told_how() {
    let shop = Eventful::new();
    let client = client(open(), parts(shop.clone()));
    let body = json!({ "query": SOLD });
    for (accept, status) in
        [("application/json", 200), ("application/graphql-response+json", 400), ("*/*", 200)]
    {
        let answer = client.post(&body, &[("accept", accept)]).await;
        assert_eq!(
            (answer.status.as_u16(), answer.codes()),
            (status, vec!["GRAPHQL_VALIDATION_FAILED".to_owned()])
        );
        assert!(answer.text().contains("text/event-stream"), "{}", answer.text());
    }
    // Who takes both gets what fits the operation.
    let both = "application/json, text/event-stream;q=0.1";
    assert_eq!(
        client.post(&json!({ "query": "{mood}" }), &[("accept", both)]).await.json()["data"]["mood"],
        7
    );
    let headers = [("accept", both)];
    let ask = client.post(&body, &headers);
    let end = async { drop(shop.subscriber().await) };
    let (answer, ()) = tokio::join!(ask, end);
    assert_eq!(answer.header("content-type"), "text/event-stream; charset=utf-8");
    // By GET, too: a subscription changes nothing.
    let headers = [("accept", "text/event-stream"), ("tributary-require-preflight", "1")];
    let ask = client.get("/graphql?query=subscription%7Bsold%7Bnumber%7D%7D", &headers);
    let (answer, ()) = tokio::join!(ask, async { drop(shop.subscriber().await) });
    assert_eq!((answer.status.as_u16(), answer.text()), (200, ":\n\nevent: complete\ndata:\n\n"));
}

#[tokio::test]
async fn a_subscription_has_one_root_field() {
    let client = client(open(), parts(Eventful::new()));
    for query in [
        "subscription { sold { number } surely { number } }",
        "subscription { a: sold { number } b: sold { number } }",
        "subscription { __typename }",
        "subscription { ...F } fragment F on Subscription { sold { number } surely { number } }",
        "subscription($no: Boolean!) { sold @skip(if: $no) { number } }",
    ] {
        let answer = client.stream(query, &[]).await.next().await.unwrap();
        assert_eq!(code(&answer), "GRAPHQL_VALIDATION_FAILED", "{query}: {answer}");
    }
}

#[tokio::test]
async fn more_subscriptions_than_configured_are_refused_until_one_ends() {
    let shop = Eventful::new();
    let mut config = open();
    config.subscriptions.total = 1;
    let client = client(config, parts(shop.clone()));
    let first = client.stream(SOLD, &[]).await;
    let refused = client.stream(SOLD, &[]).await;
    assert_eq!(refused.status.as_u16(), 503);
    assert_eq!(refused.headers["retry-after"], "1");
    drop(first);
    shop.subscriber().await.gone().await;
    assert_eq!(client.stream(SOLD, &[]).await.status.as_u16(), 200);
}

#[tokio::test]
async fn a_client_that_is_too_slow_is_told_so_at_the_end_of_what_waited() {
    let shop = Eventful::new();
    let mut config = open();
    config.subscriptions.queue = 2;
    let mut stream = client(config, parts(shop.clone())).stream(SOLD, &[]).await;
    let subscriber = shop.subscriber().await;
    for number in 1..=3 {
        subscriber.send(sale(number, 1));
    }
    subscriber.gone().await;
    for number in 1..=2 {
        assert_eq!(stream.next().await.unwrap()["data"]["sold"]["number"], number);
    }
    let answer = stream.next().await.unwrap();
    assert_eq!((&answer["data"], code(&answer)), (&Value::Null, "SUBSCRIPTION_TOO_SLOW"));
    assert_eq!(stream.next().await, None);
}

/// By the clock of tokio, which leaps while nothing else is to be done.
#[tokio::test(start_paused = true)]
async fn a_stream_without_events_shows_that_it_is_alive() {
    let shop = Eventful::new();
    let mut stream = client(open(), parts(shop.clone())).stream(SOLD, &[]).await;
    let subscriber = shop.subscriber().await;
    for _ in 0..3 {
        assert_eq!(stream.block().await, ":");
    }
    subscriber.send(sale(1, 1));
    assert!(stream.next().await.is_some());
}

#[tokio::test]
async fn a_gateway_that_is_about_to_end_says_so() {
    let shop = Eventful::new();
    let gateway = builder(open(), parts(shop.clone())).build().unwrap();
    let client = Client::of(&gateway);
    let mut stream = client.stream(SOLD, &[]).await;
    let subscriber = shop.subscriber().await;
    gateway.begin_draining();
    assert_eq!(code(&stream.next().await.unwrap()), "SHUTTING_DOWN");
    assert_eq!(stream.next().await, None);
    subscriber.gone().await;
    assert_eq!(client.stream(SOLD, &[]).await.status.as_u16(), 503);
}

/// A gateway that believes an issuer, and the `authorization` of somebody.
fn guarded(shop: Arc<Eventful>) -> (Gateway, String) {
    let clock = Arc::new(FixedClock::new(Utc::now().trunc_subsecs(0)));
    let issuer = DevIssuer::with_clock("https://login.test", clock.clone()).unwrap();
    let tenant: TenantId = "00000000-0000-0000-0000-000000000007".parse().unwrap();
    let token = issuer.token(&DevIssuer::somebody(tenant, &[Role::Owner]), "tributary").unwrap();
    let trusted = issuer.verifier("tributary");
    let gateway = builder(Config::default(), parts(shop)).clock(clock).trust(trusted).build().unwrap();
    (gateway, format!("Bearer {token}"))
}

#[tokio::test]
async fn who_has_no_token_gets_no_events() {
    let (gateway, token) = guarded(Eventful::new());
    let client = Client::of(&gateway);
    let refused = client.stream(SOLD, &[]).await;
    assert_eq!(refused.status.as_u16(), 401);
    assert_eq!(refused.headers["content-type"], "application/json; charset=utf-8");
    assert!(refused.text().await.contains("UNAUTHENTICATED"));
    assert_eq!(client.stream(SOLD, &[("authorization", &token)]).await.status.as_u16(), 200);
}

/// By the clock of tokio, which leaps while nothing else is to be done.
#[tokio::test(start_paused = true)]
async fn a_subscription_ends_when_its_token_expires() {
    let shop = Eventful::new();
    let (gateway, token) = guarded(shop.clone());
    let began = Instant::now();
    let mut stream = Client::of(&gateway).stream(SOLD, &[("authorization", &token)]).await;
    let subscriber = shop.subscriber().await;
    let internal = subscriber.request.headers["authorization"].to_str().unwrap();
    assert!(internal.starts_with("Bearer ") && internal != token);
    subscriber.send(sale(1, 1));
    assert_eq!(stream.next().await.unwrap()["data"]["sold"]["number"], 1);
    let answer = stream.next().await.unwrap();
    assert_eq!(code(&answer), "UNAUTHENTICATED");
    assert_eq!(answer["errors"][0]["message"], "The token has expired.");
    assert_eq!(stream.next().await, None);
    subscriber.gone().await;
    // Its 5 minutes, and the leeway of 30 seconds.
    assert_eq!(began.elapsed().as_secs(), 330);
}
