//! A subgraph whose events the test sends, and a client that reads them one by one.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::body::Body;
use bytes::Bytes;
use futures::StreamExt as _;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tokio::sync::{Mutex, mpsc};
use tower::ServiceExt as _;
use wire::{Events, Response, Subgraph, TransportError};

use super::{Canned, Client};

/// Sales, as they are made.
pub(crate) const SHOP: &str = r#"
    type Query { mood: Int }
    type Mutation { sell: Int }
    type Subscription { sold(most: Int): Sale surely: Sale! }
    type Sale { number: Int user: User }
    type User @key(fields: "id") { id: ID! }
"#;

/// Who bought.
pub(crate) const PEOPLE: &str = r#"
    type Query { nobody: Int }
    type User @key(fields: "id") { id: ID! name: String! }
"#;

/// Knows everybody's name but that of 13.
pub(crate) fn people() -> Arc<Canned> {
    Canned::new(|request| {
        let wanted = request["variables"]["representations"].as_array().unwrap();
        let entities: Vec<Value> = wanted
            .iter()
            .map(|one| match one["id"].as_str().unwrap() {
                "13" => Value::Null,
                id => json!({ "name": format!("user {id}") }),
            })
            .collect();
        Ok(json!({ "data": { "_entities": entities } }).to_string())
    })
}

/// What comes of it. A test that waits in vain says so, and does not hang.
pub(crate) async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(30), what).await.expect("it does not come")
}

/// An event of `sold`.
pub(crate) fn sale(number: u32, user: u32) -> String {
    json!({ "data": { "sold": { "number": number, "user": { "__typename": "User", "id": user.to_string() } } } })
        .to_string()
}

/// Somebody who subscribed.
pub(crate) struct Subscriber {
    pub(crate) request: wire::Request,
    sender: mpsc::UnboundedSender<Result<Bytes, TransportError>>,
}

impl Subscriber {
    pub(crate) fn send(&self, event: impl Into<String>) {
        self.sender.send(Ok(Bytes::from(event.into()))).unwrap();
    }

    pub(crate) fn fail(&self, error: TransportError) {
        self.sender.send(Err(error)).unwrap();
    }

    /// Ends when nobody listens any more.
    pub(crate) async fn gone(&self) {
        soon(self.sender.closed()).await;
    }
}

/// A subgraph whose events the test sends.
pub(crate) struct Eventful {
    begun: mpsc::UnboundedSender<Subscriber>,
    subscribers: Mutex<mpsc::UnboundedReceiver<Subscriber>>,
}

impl Eventful {
    pub(crate) fn new() -> Arc<Self> {
        let (begun, subscribers) = mpsc::unbounded_channel();
        Arc::new(Self { begun, subscribers: Mutex::new(subscribers) })
    }

    /// The next one who subscribes.
    pub(crate) async fn subscriber(&self) -> Subscriber {
        soon(async { self.subscribers.lock().await.recv().await }).await.unwrap()
    }
}

#[async_trait]
impl Subgraph for Eventful {
    async fn call(&self, _: wire::Request) -> Result<Response, TransportError> {
        let body = Bytes::from_static(br#"{"data":{"mood":7,"sell":8}}"#);
        Ok(Response { headers: HeaderMap::new(), body })
    }

    async fn subscribe(&self, request: wire::Request) -> Result<Events, TransportError> {
        let (sender, mut events) = mpsc::unbounded_channel();
        self.begun.send(Subscriber { request, sender }).unwrap();
        Ok(futures::stream::poll_fn(move |context| events.poll_recv(context)).boxed())
    }
}

/// A response of server-sent events, read one by one.
pub(crate) struct EventStream {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    body: Body,
    text: String,
}

impl EventStream {
    /// The next block of lines, without the empty one at its end; empty at the end of the response.
    pub(crate) async fn block(&mut self) -> String {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let block = block.to_owned();
                self.text = rest.to_owned();
                return block;
            }
            let Some(frame) = soon(self.body.frame()).await else { return String::new() };
            self.text += std::str::from_utf8(&frame.unwrap().into_data().unwrap()).unwrap();
        }
    }

    /// All that is left.
    pub(crate) async fn text(self) -> String {
        let rest = self.body.collect().await.unwrap().to_bytes();
        self.text + std::str::from_utf8(&rest).unwrap()
    }

    /// The next answer; `None` where the stream is complete.
    pub(crate) async fn next(&mut self) -> Option<Value> {
        // More signs of life than any test waits for.
        for _ in 0..40 {
            let block = self.block().await;
            match block.split_once('\n') {
                None if block == ":" => {}
                Some(("event: next", data)) => {
                    return Some(serde_json::from_str(data.strip_prefix("data: ").unwrap()).unwrap());
                }
                Some(("event: complete", "data:")) => {
                    assert_eq!(self.block().await, "", "after the end");
                    return None;
                }
                _ => panic!("{block:?}"),
            }
        }
        panic!("it does not come")
    }
}

impl Client {
    /// Asks for server-sent events.
    pub(crate) async fn stream(&self, query: &str, headers: &[(&str, &str)]) -> EventStream {
        let mut request = Request::post("/graphql")
            .header("content-type", "application/json")
            .header("accept", "text/event-stream");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = Body::from(json!({ "query": query }).to_string());
        let response = self.0.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        EventStream { status: parts.status, headers: parts.headers, body, text: String::new() }
    }
}
