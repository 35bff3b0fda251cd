//! A gateway whose subgraphs say what they are told to, and what every answer of a gateway must be.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use composition::compose;
use futures::StreamExt as _;
use gateway::{Config, Gateway};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt as _, Limited};
use serde_json::Value;
use serde_json::value::RawValue;
use tokio::runtime::Runtime;
use tower::ServiceExt as _;
use wire::{Events, Response, Subgraph, TransportError};

const SHOP: &str = r#"
extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@external", "@key", "@requires", "@shareable"])
type Query { orders(first: Int = 3, after: Filter): [Order!] any: Named grid: [[Int!]] }
type Mutation { buy(item: ID!, filter: Filter): Order }
type Subscription { sold(most: Int): Order }
input Filter { text: String = "x" kinds: [Kind!] inner: Filter }
enum Kind { SMALL LARGE }
interface Named { name: String }
type Order implements Named { id: ID! name: String total: Float kind: Kind buyer: User! }
type Box implements Named { name: String size: Int! }
type User @key(fields: "id") { id: ID! age: Int @external discount: String @requires(fields: "age") }
"#;
const PEOPLE: &str = r#"
extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])
type Query { me: User }
type User @key(fields: "id") { id: ID! name: String! age: Int friends: [User!] }
"#;

/// More than any answer here is long.
const LONGEST_ANSWER: usize = 64 * 1024 * 1024;

/// A subgraph that says the same to everything.
#[derive(Default)]
pub(crate) struct Puppet(Mutex<Bytes>);

impl Puppet {
    pub(crate) fn say(&self, text: Bytes) {
        *self.0.lock().unwrap() = text;
    }

    fn said(&self) -> Bytes {
        self.0.lock().unwrap().clone()
    }
}

#[async_trait]
impl Subgraph for Puppet {
    async fn call(&self, _: wire::Request) -> Result<Response, TransportError> {
        Ok(Response { headers: HeaderMap::new(), body: self.said() })
    }

    /// Says it twice, then ends.
    async fn subscribe(&self, _: wire::Request) -> Result<Events, TransportError> {
        Ok(futures::stream::iter([Ok(self.said()), Ok(self.said())]).boxed())
    }
}

/// The gateway and its subgraphs.
pub(crate) struct Stage {
    runtime: Runtime,
    router: Router,
    pub(crate) shop: Arc<Puppet>,
    pub(crate) people: Arc<Puppet>,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Stage {
    pub(crate) fn new() -> Self {
        // Building a client of HTTP needs one; that another target was first is as good.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let subgraphs = [("shop", SHOP), ("people", PEOPLE)].map(|(name, sdl)| composition::Subgraph {
            name: name.to_owned(),
            url: format!("http://{name}.test"),
            sdl: sdl.to_owned(),
        });
        let (shop, people) = (Arc::<Puppet>::default(), Arc::<Puppet>::default());
        let mut config = Config::default();
        config.authentication.insecure_no_auth = true;
        config.explain.enabled = true;
        // What one input left behind must not change what the next one does.
        config.prepared.cache_bytes = 1;
        let gateway = Gateway::builder(config)
            .supergraph_sdl(compose(&subgraphs).unwrap().supergraph_sdl)
            .in_process("shop", shop.clone())
            .in_process("people", people.clone())
            .build()
            .unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { runtime, router: gateway.router(), shop, people }
    }

    pub(crate) fn ask(&self, request: Request<Body>) -> Answer {
        self.runtime.block_on(async {
            let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
            let body = Limited::new(body, LONGEST_ANSWER).collect().await.expect("an answer with an end");
            Answer { status: parts.status, headers: parts.headers, body: body.to_bytes() }
        })
    }
}

impl Answer {
    /// The JSON texts in it: one, or one of each part or event; none where it is no answer of GraphQL.
    pub(crate) fn texts(&self) -> Vec<&str> {
        let kind = self.headers.get("content-type").map_or("", |value| value.to_str().unwrap());
        let text = || std::str::from_utf8(&self.body).expect("an answer is UTF-8");
        match kind.split(';').next() {
            Some("application/json" | "application/graphql-response+json") => vec![text()],
            Some("text/event-stream") => {
                text().lines().filter_map(|line| line.strip_prefix("data: ")).collect()
            }
            Some("multipart/mixed") => text().lines().filter(|line| line.starts_with('{')).collect(),
            _ => Vec::new(),
        }
    }

    /// Checks what must hold whatever was asked: nothing failed on our side, and errors are told with documented codes.
    /// Returns the answers, but for those that `serde_json` does not read.
    pub(crate) fn check(&self) -> Vec<Value> {
        assert_ne!(self.status, StatusCode::INTERNAL_SERVER_ERROR, "{:?}", self.body);
        let mut answers = Vec::new();
        for text in self.texts() {
            if let Err(error) = serde_json::from_str::<&RawValue>(text) {
                panic!("{error}: {text}");
            }
            // A subgraph's numbers and strings go through as they are: they may be too large, or no Unicode.
            answers.extend(serde_json::from_str(text).ok());
        }
        answers.iter().for_each(check_errors);
        answers
    }
}

fn check_errors(answer: &Value) {
    const CODES: &str = include_str!("../../docs/errors.md");
    let Some(errors) = answer.get("errors") else { return };
    let errors = errors.as_array().expect("errors are a list");
    assert!(!errors.is_empty(), "errors without an error");
    for error in errors {
        assert!(error["message"].is_string(), "{error}");
        let code = error["extensions"]["code"].as_str().unwrap_or_else(|| panic!("no code: {error}"));
        // What a subgraph says of its own errors goes through.
        let documented = CODES.contains(&format!("| `{code}` |"));
        assert!(documented || error.get("path").is_some() || answer.get("data").is_some(), "{error}");
    }
}
