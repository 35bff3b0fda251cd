use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use url::Url;
use wire::{Events, Request, Response, Subgraph, TransportError};

use super::SubscriptionEndpoint;

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const ACCEPTED: HeaderValue =
    HeaderValue::from_static("application/graphql-response+json, application/json;q=0.9");

/// The connections to all subgraphs. A subgraph that redirects is misconfigured: a token must not go elsewhere, nor to a proxy
/// that somebody's environment names.
pub(crate) fn client() -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        // WebSocket begins in HTTP/1.1, and subscriptions last: who is at the other end must show that it is still there.
        .http1_only()
        .tcp_keepalive(Duration::from_secs(15))
        .connect_timeout(Duration::from_secs(3))
        .pool_idle_timeout(Duration::from_secs(30))
        .build()
}

/// A subgraph behind HTTP.
pub(crate) struct HttpSubgraph {
    client: reqwest::Client,
    url: Url,
    timeout: Duration,
    largest_response: usize,
    subscriptions: SubscriptionEndpoint,
}

impl HttpSubgraph {
    pub(crate) fn new(
        client: reqwest::Client,
        url: Url,
        timeout: Duration,
        largest_response: usize,
        subscriptions: SubscriptionEndpoint,
    ) -> Self {
        Self { client, url, timeout, largest_response, subscriptions }
    }

    async fn exchange(&self, request: Request) -> Result<Response, TransportError> {
        let mut headers = request.headers;
        headers.insert(CONTENT_TYPE, JSON);
        headers.insert(ACCEPT, ACCEPTED);
        let response = self
            .client
            .post(self.url.clone())
            .headers(headers)
            .body(request.body)
            .send()
            .await
            .map_err(|error| unreachable(&error))?;
        let status = response.status();
        let headers = response.headers().clone();
        let body = self.read(response).await?;
        if status == StatusCode::UNAUTHORIZED {
            return Err(TransportError::Unauthenticated);
        }
        // Whatever the body says, nothing was executed: a subgraph without its keys is away as one that is overloaded is,
        // and a client is told the same as where the subgraph is in this process.
        if status == StatusCode::SERVICE_UNAVAILABLE {
            return Err(TransportError::Status(status.as_u16()));
        }
        // Servers answer GraphQL errors with 4xx and 5xx too; what counts is whether it is GraphQL.
        if !status.is_success() && !is_graphql(&headers, &body) {
            return Err(TransportError::Status(status.as_u16()));
        }
        Ok(Response { headers, body })
    }

    async fn read(&self, mut response: reqwest::Response) -> Result<Bytes, TransportError> {
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| unreachable(&error))? {
            if body.len() + chunk.len() > self.largest_response {
                return Err(TransportError::TooLarge { limit: self.largest_response });
            }
            if body.is_empty() && response.content_length() == u64::try_from(chunk.len()).ok() {
                return Ok(chunk);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    }
}

#[async_trait]
impl Subgraph for HttpSubgraph {
    async fn call(&self, request: Request) -> Result<Response, TransportError> {
        let patience = request.time_left().map_or(self.timeout, |left| left.min(self.timeout));
        tokio::time::timeout(patience, self.exchange(request))
            .await
            .unwrap_or(Err(TransportError::DeadlineExceeded))
    }

    async fn subscribe(&self, request: Request) -> Result<Events, TransportError> {
        let patience = request.time_left().map_or(self.timeout, |left| left.min(self.timeout));
        let begun = self.subscriptions.subscribe(&self.client, request, self.largest_response);
        tokio::time::timeout(patience, begun).await.unwrap_or(Err(TransportError::DeadlineExceeded))
    }
}

fn is_graphql(headers: &http::HeaderMap, body: &Bytes) -> bool {
    let json = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| kind.contains("json"));
    json && body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{')
}

/// The cause's text: reqwest's own names the address, which is the operator's to know, and says little else.
pub(super) fn unreachable(error: &reqwest::Error) -> TransportError {
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    TransportError::Unreachable(cause.to_string())
}
