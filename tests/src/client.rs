//! A client that sees bytes.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The response's headers.
    pub headers: HeaderMap,
    /// The body as it came.
    pub body: Bytes,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {:?}", self.body))
    }

    /// The `data` of an answer without errors.
    pub fn data(&self) -> Value {
        let mut json = self.json();
        assert_eq!(json.get("errors"), None, "{json:#}");
        json["data"].take()
    }
}

/// The codes of an answer's errors.
pub fn error_codes(answer: &Value) -> Vec<&str> {
    let errors = answer["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    errors.iter().filter_map(|error| error["extensions"]["code"].as_str()).collect()
}

/// Asks a gateway, with or without a token.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    url: String,
    token: Option<String>,
}

impl Client {
    /// A client of the gateway at that address.
    pub fn new(url: &str, token: Option<&str>) -> Self {
        // A provider that is there already is as good.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let http = reqwest::Client::builder().timeout(Duration::from_secs(60)).build().expect("a client");
        Self { http, url: url.to_owned(), token: token.map(str::to_owned) }
    }

    /// Asks, and asks to be told how it was answered.
    pub async fn explain(&self, query: &str) -> Answer {
        self.send(&json!({ "query": query }), &[("tributary-explain", "plan, trace")]).await
    }

    /// Asks.
    pub async fn ask(&self, query: &str) -> Answer {
        self.send(&json!({ "query": query }), &[]).await
    }

    /// Asks with variables.
    pub async fn ask_with(&self, query: &str, variables: Value) -> Answer {
        self.send(&json!({ "query": query, "variables": variables }), &[]).await
    }

    /// Sends that body with these headers.
    pub async fn send(&self, body: &Value, headers: &[(&'static str, &str)]) -> Answer {
        let mut all = HeaderMap::new();
        for (name, value) in
            [("content-type", "application/json"), ("x-request-id", "e2e")].iter().chain(headers)
        {
            all.insert(
                HeaderName::from_static(name),
                HeaderValue::from_str(value).expect("a header's value"),
            );
        }
        let mut request = self.http.post(format!("{}/graphql", self.url)).headers(all).body(body.to_string());
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        answer(request).await
    }

    /// Gets another path.
    pub async fn get(&self, path: &str) -> Answer {
        answer(self.http.get(format!("{}{path}", self.url))).await
    }
}

async fn answer(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.expect("an answer");
    Answer {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        body: response.bytes().await.expect("a body"),
    }
}
