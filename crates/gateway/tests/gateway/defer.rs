//! `@defer`: an answer in parts, as Apollo Client takes them.

use std::sync::Arc;

use async_trait::async_trait;
use axum::body::Body;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tokio::sync::{Semaphore, mpsc};
use tower::ServiceExt as _;
use wire::{Response, Subgraph, TransportError};

use crate::support::{Canned, Client, client, open, soon};

const ACCEPT: &str = "multipart/mixed;deferSpec=20220824,application/json";

const SHOP: &str = r#"
    type Query { me: User users: [User!] nobody: User }
    type Mutation { rename: User }
    type User @key(fields: "id") { id: ID! name: String friend: User }
"#;
const BANK: &str = r#"
    type User @key(fields: "id") { id: ID! spent: Int! score: Int rank: Rank }
    type Rank @key(fields: "n") { n: Int! }
"#;
const RANKS: &str = r#"type Rank @key(fields: "n") { n: Int! title: String }"#;

/// Users as the plan asks for them: with everything that could be wanted.
fn shop() -> Arc<Canned> {
    let user = |id: &str, friend: Value| json!({ "__typename": "User", "id": id, "name": format!("user {id}"), "friend": friend });
    let me = user("1", user("2", Value::Null));
    let data = json!({ "me": me, "users": [me, user("2", Value::Null)], "nobody": null, "rename": me });
    Canned::saying(json!({ "data": data, "errors": [] }).to_string())
}

/// What of an entity is asked twice goes under the names of the plan, which this does not know: it answers with all there is.
fn bank() -> Arc<Canned> {
    Canned::new(|request| {
        let mut data = serde_json::Map::new();
        for (name, wanted) in request["variables"].as_object().unwrap() {
            let entity = |one: &Value| json!({ "spent": one["id"].as_str().unwrap().parse::<i32>().unwrap() * 10, "score": 5, "rank": { "__typename": "Rank", "n": 7 } });
            let entities: Vec<Value> = wanted.as_array().unwrap().iter().map(entity).collect();
            data.insert(name.replace("representations", "_entities").replace('r', "e"), json!(entities));
            if name == "representations" {
                data.insert("_entities".to_owned(), json!(entities));
            }
        }
        Ok(json!({ "data": data }).to_string())
    })
}

fn ranks() -> Arc<Canned> {
    Canned::new(|request| {
        let mut data = serde_json::Map::new();
        for (name, wanted) in request["variables"].as_object().unwrap() {
            let entities: Vec<Value> =
                wanted.as_array().unwrap().iter().map(|_| json!({ "title": "gold" })).collect();
            let key = if name == "representations" { "_entities".to_owned() } else { name.replace('r', "e") };
            data.insert(key, json!(entities));
        }
        Ok(json!({ "data": data }).to_string())
    })
}

/// Answers when it is let.
struct Held {
    inner: Arc<dyn Subgraph>,
    open: Semaphore,
    /// Told when a call is given up.
    left: mpsc::UnboundedSender<()>,
}

impl Held {
    fn new(inner: Arc<dyn Subgraph>) -> (Arc<Self>, mpsc::UnboundedReceiver<()>) {
        let (left, told) = mpsc::unbounded_channel();
        (Arc::new(Self { inner, open: Semaphore::new(0), left }), told)
    }
}

struct Leaving(Option<mpsc::UnboundedSender<()>>);

impl Drop for Leaving {
    fn drop(&mut self) {
        if let Some(left) = &self.0 {
            let _ = left.send(());
        }
    }
}

#[async_trait]
impl Subgraph for Held {
    async fn call(&self, request: wire::Request) -> Result<Response, TransportError> {
        let mut leaving = Leaving(Some(self.left.clone()));
        self.open.acquire().await.unwrap().forget();
        leaving.0 = None;
        self.inner.call(request).await
    }
}

fn over(bank: Arc<dyn Subgraph>) -> Client {
    client(open(), vec![("shop", SHOP, shop()), ("bank", BANK, bank), ("ranks", RANKS, ranks())])
}

/// A response in parts, read one by one.
struct Parts {
    status: StatusCode,
    headers: HeaderMap,
    body: Body,
    text: String,
    begun: bool,
}

async fn ask(client: &Client, body: &Value) -> Parts {
    let request =
        Request::post("/graphql").header("content-type", "application/json").header("accept", ACCEPT);
    let response =
        client.0.clone().oneshot(request.body(Body::from(body.to_string())).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    Parts { status: parts.status, headers: parts.headers, body, text: String::new(), begun: false }
}

impl Parts {
    /// The next payload; `None` at the end.
    async fn next(&mut self) -> Option<Value> {
        loop {
            if !self.begun && self.text.starts_with("\r\n---") {
                self.text.drain(..5);
                self.begun = true;
            }
            if self.text == "--\r\n" {
                assert!(self.body.frame().await.is_none(), "after the end");
                return None;
            }
            if let Some((part, rest)) = self.text.split_once("\r\n---").filter(|_| self.begun) {
                let (head, payload) = part.split_once("\r\n\r\n").unwrap();
                assert_eq!(head, "\r\ncontent-type: application/json; charset=utf-8");
                let payload = serde_json::from_str(payload).unwrap();
                self.text = rest.to_owned();
                return Some(payload);
            }
            let frame = soon(self.body.frame()).await.expect("more").unwrap();
            self.text += std::str::from_utf8(&frame.into_data().unwrap()).unwrap();
        }
    }

    async fn all(mut self) -> Vec<Value> {
        let mut all = Vec::new();
        while let Some(payload) = self.next().await {
            all.push(payload);
        }
        for (place, payload) in all.iter().enumerate() {
            assert_eq!(payload["hasNext"], json!(place + 1 < all.len()), "{all:#?}");
        }
        all
    }
}

/// What a client has when it has put everything together.
fn put_together(payloads: &[Value]) -> Value {
    fn merge(into: &mut Value, from: &Value) {
        match (into, from) {
            (Value::Object(into), Value::Object(from)) => {
                from.iter()
                    .for_each(|(key, value)| merge(into.entry(key.clone()).or_insert(Value::Null), value));
            }
            (into, from) => *into = from.clone(),
        }
    }
    let mut data = payloads[0]["data"].clone();
    for increment in payloads[1..].iter().flat_map(|payload| payload["incremental"].as_array().unwrap()) {
        let mut place = &mut data;
        for step in increment["path"].as_array().unwrap() {
            place = match step {
                Value::String(key) => &mut place[key.as_str()],
                step => &mut place[usize::try_from(step.as_u64().unwrap()).unwrap()],
            };
        }
        assert!(place.is_object(), "{increment} goes nowhere");
        merge(place, &increment["data"]);
    }
    data
}

#[tokio::test]
async fn what_is_not_deferred_does_not_wait() {
    let (held, _left) = Held::new(bank());
    let client = over(held.clone());
    let query = r#"{ me { name ... @defer(label: "money") { spent score } } }"#;
    let mut parts = ask(&client, &json!({ "query": query })).await;
    assert_eq!(parts.headers["content-type"], "multipart/mixed; boundary=\"-\"; deferSpec=20220824");
    let first = parts.next().await.unwrap();
    assert_eq!(first, json!({ "data": { "me": { "name": "user 1" } }, "hasNext": true }));
    held.open.add_permits(1);
    let increment = json!({ "data": { "spent": 10, "score": 5 }, "path": ["me"], "label": "money" });
    assert_eq!(parts.next().await.unwrap(), json!({ "incremental": [increment], "hasNext": false }));
    assert_eq!(parts.next().await, None);
}

/// Queries, and how many parts they come in.
#[tokio::test]
async fn the_parts_together_are_the_answer() {
    let client = over(bank());
    for (query, count) in [
        ("{ me { name ... @defer { spent } } }", 2),
        ("{ me { name ...F @defer } } fragment F on User { id spent rank { n title } }", 2),
        ("{ users { name ... @defer { spent } } }", 2),
        ("{ users { name friend { id ... @defer { score } } ... @defer { spent } } }", 2),
        // One within another, and one beside another.
        ("{ me { name ... @defer { spent rank { n ... @defer { title } } } } }", 3),
        ("{ me { name ... @defer { spent ... @defer { rank { title } } } } }", 3),
        ("{ me { name ... @defer { spent } ... @defer { rank { title } } } }", 3),
        // At the root; what stands outside, too, is not deferred.
        ("{ me { name } ... @defer { me { spent } users { score } } }", 2),
        ("{ me { id spent ... @defer { spent rank { title } } } }", 2),
        // Where all is deferred, the first part is empty.
        ("{ ... @defer { me { name } } }", 2),
        // Nothing is gained.
        ("{ me { name ... @defer { id } } }", 1),
        ("{ me { spent ... @defer { score } } }", 1),
    ] {
        let parts = ask(&client, &json!({ "query": query })).await;
        let plain = client.ask(query).await.json();
        assert!(plain["errors"].is_null(), "{query} {plain}");
        if count == 1 {
            assert_eq!(parts.headers["content-type"], "application/json; charset=utf-8", "{query}");
            let body = parts.body.collect().await.unwrap().to_bytes();
            assert_eq!(serde_json::from_slice::<Value>(&body).unwrap(), plain, "{query}");
            continue;
        }
        let payloads = parts.all().await;
        assert_eq!(put_together(&payloads), plain["data"], "{query} {payloads:#?}");
        assert_eq!(payloads.len(), count, "{query} {payloads:#?}");
    }
}

#[tokio::test]
async fn where_it_is_not_asked_for_the_answer_is_whole() {
    let client = over(bank());
    let whole = |answer: crate::support::Answer, root: &str| {
        assert_eq!(answer.header("content-type"), "application/json; charset=utf-8");
        assert_eq!(answer.json()["data"][root]["spent"], 10);
    };
    let query = "query($on: Boolean = false) { me { name ... @defer(if: $on) { spent } } }";
    for accept in [
        "application/json",
        "*/*",
        "multipart/mixed;deferSpec=20991231, application/json",
        "multipart/mixed;subscriptionSpec=1.0, application/json",
        "multipart/mixed;deferSpec=20220824;q=0, application/json",
    ] {
        let body = json!({ "query": query, "variables": { "on": true } });
        whole(client.post(&body, &[("accept", accept)]).await, "me");
    }
    for query in [query, "{ me { name ... @defer(if: false) { spent } } }"] {
        whole(client.post(&json!({ "query": query }), &[("accept", ACCEPT)]).await, "me");
    }
    let mutation = "mutation { rename { name ... @defer { spent } } }";
    whole(client.post(&json!({ "query": mutation }), &[("accept", ACCEPT)]).await, "rename");
    let body = json!({ "query": query, "variables": { "on": true } });
    assert_eq!(ask(&client, &body).await.all().await.len(), 2);
    let mut events = client.stream("{ me { ... @defer { spent } } }", &[]).await;
    assert_eq!(events.next().await.unwrap()["data"]["me"]["spent"], 10);
}

#[tokio::test]
async fn errors_stand_in_the_part_that_they_belong_to() {
    let client = over(Canned::away());
    let query = "{ me { name ... @defer { score } ... @defer { rank { title } } } }";
    let payloads = ask(&client, &json!({ "query": query })).await.all().await;
    assert_eq!(payloads[0], json!({ "data": { "me": { "name": "user 1" } }, "hasNext": true }));
    let mut paths = Vec::new();
    for increment in payloads[1..].iter().flat_map(|payload| payload["incremental"].as_array().unwrap()) {
        for error in increment["errors"].as_array().unwrap() {
            assert_eq!(error["extensions"]["code"], "SUBGRAPH_UNAVAILABLE");
            assert!(error["extensions"]["requestId"].is_string());
            paths.push(error["path"].to_string());
        }
    }
    paths.sort();
    assert_eq!(paths, [r#"["me","rank"]"#, r#"["me","score"]"#], "{payloads:#?}");
    // What may not be null takes its fragment along, and no more.
    let query = "{ me { name ... @defer { spent score } } }";
    let payloads = ask(&client, &json!({ "query": query })).await.all().await;
    assert_eq!(payloads[0]["data"], json!({ "me": { "name": "user 1" } }));
    let increment = &payloads[1]["incremental"][0];
    assert_eq!((&increment["data"], &increment["path"]), (&Value::Null, &json!(["me"])));
    assert_eq!(increment["errors"][0]["path"], json!(["me", "spent"]));
}

#[tokio::test]
async fn where_there_is_no_object_nothing_follows() {
    let query = "{ nobody { name ... @defer { spent } } }";
    let payloads = ask(&over(bank()), &json!({ "query": query })).await.all().await;
    assert_eq!(payloads, [json!({ "data": { "nobody": null }, "hasNext": false })]);
}

#[tokio::test]
async fn a_client_that_leaves_ends_what_is_under_way() {
    let (held, mut left) = Held::new(bank());
    let client = over(held.clone());
    let mut parts = ask(&client, &json!({ "query": "{ me { name ... @defer { spent } } }" })).await;
    parts.next().await.unwrap();
    drop(parts);
    soon(left.recv()).await.unwrap();
}

#[tokio::test]
async fn the_directive_is_validated_and_not_told_of() {
    let client = over(bank());
    for query in [
        "{ me @defer { name } }",
        "{ me { ... @defer(label: 3) { name } } }",
        "{ me { ... @defer(on: true) { name } } }",
    ] {
        let parts = ask(&client, &json!({ "query": query })).await;
        assert_eq!(parts.status, 200);
        let body: Value = serde_json::from_slice(&parts.body.collect().await.unwrap().to_bytes()).unwrap();
        assert_eq!(body["errors"][0]["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED", "{query}");
    }
    let told = client.ask("{ __schema { directives { name } } }").await;
    assert!(!told.text().contains("defer"), "{}", told.text());
}
