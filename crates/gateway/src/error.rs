//! What a client is told when something fails. Every code is documented in docs/errors.md.

use http::StatusCode;
use serde::Serialize;
use serde_json::{Map, Value};

/// The stable `extensions.code` of an error that the gateway makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Code {
    BadRequest,
    PayloadTooLarge,
    ParseFailed,
    ValidationFailed,
    BadUserInput,
    TooDeep,
    TooComplex,
    Unauthenticated,
    AuthenticationUnavailable,
    Forbidden,
    Overloaded,
    TooManySubscriptions,
    SubscriptionTooSlow,
    ShuttingDown,
    Timeout,
    SubgraphUnavailable,
    SubgraphTimeout,
    SubgraphMalformedResponse,
    ContextMissing,
    Internal,
}

impl Code {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::BadRequest => "BAD_REQUEST",
            Self::PayloadTooLarge => "PAYLOAD_TOO_LARGE",
            Self::ParseFailed => "GRAPHQL_PARSE_FAILED",
            Self::ValidationFailed => "GRAPHQL_VALIDATION_FAILED",
            Self::BadUserInput => "BAD_USER_INPUT",
            Self::TooDeep => "QUERY_TOO_DEEP",
            Self::TooComplex => "OPERATION_TOO_COMPLEX",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::AuthenticationUnavailable => "AUTHENTICATION_UNAVAILABLE",
            Self::Forbidden => "FORBIDDEN",
            Self::Overloaded => "OVERLOADED",
            Self::TooManySubscriptions => "TOO_MANY_SUBSCRIPTIONS",
            Self::SubscriptionTooSlow => "SUBSCRIPTION_TOO_SLOW",
            Self::ShuttingDown => "SHUTTING_DOWN",
            Self::Timeout => "TIMEOUT",
            Self::SubgraphUnavailable => "SUBGRAPH_UNAVAILABLE",
            Self::SubgraphTimeout => "SUBGRAPH_TIMEOUT",
            Self::SubgraphMalformedResponse => "SUBGRAPH_MALFORMED_RESPONSE",
            Self::ContextMissing => "CONTEXT_MISSING",
            Self::Internal => "INTERNAL_SERVER_ERROR",
        }
    }
}

/// One entry of `errors` (GraphQL specification, section 7.1.2).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct GraphqlError {
    pub(crate) message: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) locations: Vec<Location>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) path: Option<Vec<PathSegment>>,
    pub(crate) extensions: Map<String, Value>,
}

/// A place in the client's document, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct Location {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// A step of an error's path: a response key or a place in a list.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(untagged)]
pub(crate) enum PathSegment {
    Key(String),
    Index(usize),
}

impl GraphqlError {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        let extensions = Map::from_iter([("code".to_owned(), code.as_str().into())]);
        Self { message: message.into(), locations: Vec::new(), path: None, extensions }
    }

    pub(crate) fn at(mut self, path: Vec<PathSegment>) -> Self {
        self.path = Some(path);
        self
    }
}

/// A request that is not executed: the status and the errors of the answer, which has no `data`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) errors: Vec<GraphqlError>,
    /// `WWW-Authenticate` (RFC 6750 section 3), `Allow` or `Retry-After`, where the status wants one.
    pub(crate) header: Option<(http::HeaderName, String)>,
    /// A well-formed GraphQL request; answered as `application/json` it has status 200 (GraphQL over HTTP, section 6.4.1).
    pub(crate) well_formed: bool,
}

impl Refusal {
    /// Not a GraphQL-over-HTTP request that can be understood, or one that is not let in.
    pub(crate) fn request(status: StatusCode, code: Code, message: impl Into<String>) -> Self {
        Self { status, errors: vec![GraphqlError::new(code, message)], header: None, well_formed: false }
    }

    /// A fault of ours, of which the client learns nothing more.
    pub(crate) fn internal(message: &str) -> Self {
        Self::request(StatusCode::INTERNAL_SERVER_ERROR, Code::Internal, message)
    }

    /// A request that is understood and whose document or variables are wrong.
    pub(crate) fn document(errors: Vec<GraphqlError>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, errors, header: None, well_formed: true }
    }
}
