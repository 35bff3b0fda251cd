//! The contract between the gateway and a subgraph: bytes in, bytes out.
//!
//! A [`Subgraph`] answers GraphQL-over-HTTP bodies. Whether it lives in this process or behind HTTP is a matter of
//! who implements the trait; the bytes and the headers are the same, and so a scenario that passes in one shape
//! passes in the other.

mod header;

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use http::HeaderMap;
use tokio::time::Instant;

pub use header::{REQUEST_ID, SQL_STATEMENTS, TRACEPARENT, TRACESTATE};

/// A GraphQL service that the gateway can plan over.
#[async_trait]
pub trait Subgraph: Send + Sync {
    /// Answers one request.
    ///
    /// # Errors
    /// A [`TransportError`] when no GraphQL response came back. Errors of the operation itself are in the body.
    async fn call(&self, request: Request) -> Result<Response, TransportError>;

    /// Begins a subscription. The request's deadline is for the beginning alone; dropping the events ends it.
    ///
    /// # Errors
    /// A [`TransportError`] when no events can be had: [`TransportError::Unsupported`] from a subgraph that has none.
    async fn subscribe(&self, _request: Request) -> Result<Events, TransportError> {
        Err(TransportError::Unsupported)
    }
}

/// The events of a subscription, each the JSON object `{"data", "errors", "extensions"}`. The stream's end is the
/// subscription's; an error is the last item.
pub type Events = BoxStream<'static, Result<Bytes, TransportError>>;

/// One GraphQL request to a subgraph.
#[derive(Debug, Clone)]
pub struct Request {
    /// `authorization` (the Caller, as a token for this subgraph alone), `traceparent`, `tracestate`,
    /// [`REQUEST_ID`], and whatever the gateway's configuration forwards.
    pub headers: HeaderMap,
    /// The JSON object of GraphQL over HTTP: `query`, `operationName`, `variables`, `extensions`.
    pub body: Bytes,
    /// The moment after which nobody waits for the answer any more.
    pub deadline: Option<Instant>,
}

impl Request {
    /// The time left until the deadline, or `None` where there is none. Zero when it has passed.
    #[must_use]
    pub fn time_left(&self) -> Option<Duration> {
        self.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()))
    }
}

/// What a subgraph answered.
#[derive(Debug, Clone)]
pub struct Response {
    /// Response headers, [`SQL_STATEMENTS`] among them where the subgraph counts them.
    pub headers: HeaderMap,
    /// The JSON object `{"data", "errors", "extensions"}`.
    pub body: Bytes,
}

/// Why no GraphQL response came back. The texts are for logs; clients are told a code.
#[derive(Debug, Clone, thiserror::Error)]
pub enum TransportError {
    /// No connection, or it broke before the answer was complete.
    #[error("unreachable: {0}")]
    Unreachable(String),
    /// The deadline passed.
    #[error("no answer before the deadline")]
    DeadlineExceeded,
    /// The subgraph refused the Caller's token: a fault between gateway and subgraph, not of the client.
    #[error("the subgraph refused the gateway's token")]
    Unauthenticated,
    /// The subgraph cannot verify tokens for the moment, since it has no keys; nothing was executed.
    #[error("the subgraph cannot verify tokens for the moment")]
    AuthenticationUnavailable,
    /// An HTTP status without a GraphQL response.
    #[error("HTTP status {0} without a GraphQL response")]
    Status(u16),
    /// The subgraph has no subscriptions.
    #[error("the subgraph has no subscriptions")]
    Unsupported,
    /// The answer is larger than the gateway takes.
    #[error("the answer is larger than {limit} bytes")]
    TooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
}
