use http::HeaderName;

/// Names one client request in every log line, error and subgraph call that comes of it.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The W3C Trace Context parent (<https://www.w3.org/TR/trace-context/>).
pub const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// The W3C Trace Context vendor state.
pub const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");

/// How many SQL statements a subgraph ran for a request: a decimal number, on the response.
pub const SQL_STATEMENTS: HeaderName = HeaderName::from_static("tributary-sql-statements");
