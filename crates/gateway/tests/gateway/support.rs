//! Subgraphs that answer by a rule, the gateway over them, and a client that looks at bytes.

mod events;

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use gateway::{Builder, Config, Gateway};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;
use wire::{Response, Subgraph, TransportError};

pub(crate) use events::{Eventful, PEOPLE, SHOP, people, sale, soon};

/// What a subgraph says to a request's JSON.
pub(crate) type Rule = Box<dyn Fn(&Value) -> Result<String, TransportError> + Send + Sync>;

/// A subgraph that answers by a rule and remembers what it was asked.
pub(crate) struct Canned {
    rule: Rule,
    requests: Mutex<Vec<wire::Request>>,
}

impl Canned {
    pub(crate) fn new(
        rule: impl Fn(&Value) -> Result<String, TransportError> + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self { rule: Box::new(rule), requests: Mutex::default() })
    }

    /// Says the same to everything.
    pub(crate) fn saying(text: impl Into<String>) -> Arc<Self> {
        let text = text.into();
        Self::new(move |_| Ok(text.clone()))
    }

    /// Can't be reached.
    pub(crate) fn away() -> Arc<Self> {
        Self::new(|_| Err(TransportError::Unreachable("connection refused by 10.0.0.7".to_owned())))
    }

    pub(crate) fn requests(&self) -> Vec<wire::Request> {
        self.requests.lock().unwrap().clone()
    }

    /// The JSON of the requests so far.
    pub(crate) fn asked(&self) -> Vec<Value> {
        self.requests().iter().map(|request| serde_json::from_slice(&request.body).unwrap()).collect()
    }
}

#[async_trait]
impl Subgraph for Canned {
    async fn call(&self, request: wire::Request) -> Result<Response, TransportError> {
        self.requests.lock().unwrap().push(request.clone());
        let body = (self.rule)(&serde_json::from_slice(&request.body).unwrap())?;
        Ok(Response { headers: HeaderMap::new(), body: Bytes::from(body) })
    }
}

/// A subgraph that never answers.
pub(crate) struct Silent;

#[async_trait]
impl Subgraph for Silent {
    async fn call(&self, _: wire::Request) -> Result<Response, TransportError> {
        std::future::pending().await
    }
}

/// The supergraph of these subgraphs, given as name and SDL.
pub(crate) fn compose(subgraphs: &[(&str, &str)]) -> String {
    const V2: &str = r#"extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
        import: ["@external", "@inaccessible", "@key", "@override", "@requires", "@shareable", "@tag"])"#;
    let subgraphs: Vec<composition::Subgraph> = subgraphs
        .iter()
        .map(|(name, sdl)| composition::Subgraph {
            name: (*name).to_owned(),
            url: format!("http://{name}.test/graphql"),
            sdl: format!("{V2}\n{sdl}"),
        })
        .collect();
    composition::compose(&subgraphs).unwrap().supergraph_sdl
}

/// Lets everybody in.
pub(crate) fn open() -> Config {
    let mut config = Config::default();
    config.authentication.insecure_no_auth = true;
    config
}

/// One subgraph: name, SDL, and what answers.
pub(crate) type Part<'a> = (&'a str, &'a str, Arc<dyn Subgraph>);

/// A gateway in the making over these subgraphs.
pub(crate) fn builder(config: Config, parts: Vec<Part<'_>>) -> Builder {
    // Building a client of HTTP needs one; that another test was first is as good.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let sdls: Vec<_> = parts.iter().map(|(name, sdl, _)| (*name, *sdl)).collect();
    let builder = Gateway::builder(config).supergraph_sdl(compose(&sdls));
    parts.into_iter().fold(builder, |builder, (name, _, subgraph)| builder.in_process(name, subgraph))
}

/// A client of the gateway over these subgraphs.
pub(crate) fn client(config: Config, parts: Vec<Part<'_>>) -> Client {
    Client::of(&builder(config, parts).build().unwrap())
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {:?}", self.body))
    }

    /// The JSON text of `data`, byte for byte.
    pub(crate) fn data(&self) -> String {
        #[derive(serde::Deserialize)]
        struct Whole<'a> {
            #[serde(borrow)]
            data: &'a serde_json::value::RawValue,
        }
        let whole: Whole<'_> =
            serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()));
        whole.data.get().to_owned()
    }

    /// Code and path of each error.
    pub(crate) fn errors(&self) -> Vec<(String, Value)> {
        let json = self.json();
        let errors = json["errors"].as_array().cloned().unwrap_or_default();
        errors
            .iter()
            .map(|error| (error["extensions"]["code"].as_str().unwrap().to_owned(), error["path"].clone()))
            .collect()
    }

    pub(crate) fn codes(&self) -> Vec<String> {
        self.errors().into_iter().map(|(code, _)| code).collect()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// Errors as [`Answer::errors`] tells them.
pub(crate) fn at(code: &str, path: Value) -> (String, Value) {
    (code.to_owned(), path)
}

/// Asks a gateway.
#[derive(Clone)]
pub(crate) struct Client(pub Router);

impl Client {
    pub(crate) fn of(gateway: &Gateway) -> Self {
        Self(gateway.router())
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.0.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub(crate) async fn ask(&self, query: &str) -> Answer {
        self.post(&json!({ "query": query }), &[]).await
    }

    pub(crate) async fn ask_with(&self, query: &str, variables: &Value) -> Answer {
        self.post(&json!({ "query": query, "variables": variables }), &[]).await
    }

    pub(crate) async fn post(&self, body: &Value, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::post("/graphql").header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    pub(crate) async fn request(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.request(Method::GET, path, headers, "").await
    }
}
