//! GraphQL over HTTP: the answer (section 6).

mod event_stream;
mod multipart;

use std::cmp::Reverse;

use axum::body::Body;
use axum::response::Response;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, StatusCode};
use telemetry::RequestId;

use super::execute::Answered;
use crate::error::{Code, GraphqlError, Refusal};

pub(super) use event_stream::stream;
pub(super) use multipart::{BROKEN, in_parts, is_last, write_increments, write_initial};

const GRAPHQL_RESPONSE: &str = "application/graphql-response+json";
const JSON: &str = "application/json";

const EVENTS: &str = "text/event-stream";

/// What a client takes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Accepted {
    /// How one answer is written.
    pub(super) answer: MediaType,
    /// Whether events may be sent.
    pub(super) events: bool,
    /// Whether an answer may be sent in parts (`@defer`).
    pub(super) parts: bool,
}

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MediaType {
    /// `application/graphql-response+json`: the status tells how it went.
    GraphqlResponse,
    /// `application/json`: 200 for every well-formed request.
    Json,
    /// `text/event-stream`, from clients that take nothing else (GraphQL over SSE, distinct connections mode).
    Events,
}

/// What the client accepts; `application/json` where it does not mind.
///
/// Of the ranges that fit a type, the most specific one counts (RFC 9110 section 12.5.1); of two types that are liked as
/// much, the one that is named, and of two that are named, the one that stands first.
pub(crate) fn negotiate(headers: &HeaderMap) -> Result<Accepted, Refusal> {
    let values = headers.get_all(ACCEPT).iter().map(|value| value.to_str().unwrap_or("unreadable"));
    let ranges: Vec<&str> =
        values.flat_map(|value| value.split(',')).map(str::trim).filter(|range| !range.is_empty()).collect();
    if ranges.is_empty() {
        return Ok(Accepted { answer: MediaType::Json, events: false, parts: false });
    }
    let ranges: Vec<Range> = ranges.into_iter().filter_map(Range::read).collect();
    let liking = |media_type| {
        let fitting = ranges.iter().enumerate().filter_map(|(index, range)| {
            let specificity = range.specificity(media_type)?;
            Some((specificity, Reverse(index), range.thousandths))
        });
        let (specificity, place, thousandths) = fitting.max()?;
        (thousandths > 0).then_some((thousandths, specificity, place))
    };
    let events = liking(MediaType::Events).is_some();
    let parts = ranges.iter().any(|range| range.parts && range.thousandths > 0);
    let answer = match (liking(MediaType::Json), liking(MediaType::GraphqlResponse)) {
        (None, None) if events => MediaType::Events,
        // There is no need for parts where nothing is deferred.
        (None, None) if parts => MediaType::Json,
        (None, None) => {
            let message = format!("Accept {GRAPHQL_RESPONSE} or {JSON}; for subscriptions {EVENTS}.");
            return Err(Refusal::request(StatusCode::NOT_ACCEPTABLE, Code::BadRequest, message));
        }
        (json, graphql_response) if json >= graphql_response => MediaType::Json,
        _ => MediaType::GraphqlResponse,
    };
    Ok(Accepted { answer, events, parts })
}

/// A media range of `Accept`.
struct Range {
    essence: String,
    /// Its quality, which has three digits after the point at most.
    thousandths: u16,
    /// `multipart/mixed` of incremental delivery, in the one version there is here.
    parts: bool,
}

impl Range {
    /// `None` for what is no range, or wants another charset than UTF-8.
    fn read(text: &str) -> Option<Self> {
        let mime = text.parse::<mime::Mime>().ok()?;
        if mime.get_param(mime::CHARSET).is_some_and(|charset| charset != "utf-8") {
            return None;
        }
        let quality = mime.get_param("q").and_then(|q| q.as_str().parse().ok()).unwrap_or(1.0_f32);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "from 0 to 1000 after the clamp"
        )]
        let thousandths = (quality.clamp(0.0, 1.0) * 1000.0).round() as u16;
        let parts = mime.essence_str() == "multipart/mixed"
            && mime.get_param("deferspec").is_none_or(|version| version == "20220824")
            && mime.get_param("subscriptionspec").is_none();
        Some(Self { essence: mime.essence_str().to_owned(), thousandths, parts })
    }

    fn specificity(&self, media_type: MediaType) -> Option<u8> {
        match (self.essence.as_str(), media_type) {
            (GRAPHQL_RESPONSE, MediaType::GraphqlResponse)
            | (JSON, MediaType::Json)
            | (EVENTS, MediaType::Events) => Some(2),
            // Who wants events says so.
            (_, MediaType::Events) => None,
            ("application/*", _) => Some(1),
            ("*/*", _) => Some(0),
            _ => None,
        }
    }
}

/// The answer to an operation that was executed.
pub(super) fn respond(answered: Answered, media_type: MediaType, id: &RequestId) -> Response {
    response(StatusCode::OK, media_type, write_answer(answered, id), id)
}

/// The JSON text of an answer.
pub(crate) fn write_answer(answered: Answered, id: &RequestId) -> Vec<u8> {
    let mut body = Vec::with_capacity(answered.data.len() + 64);
    body.extend_from_slice(b"{\"data\":");
    body.extend_from_slice(&answered.data);
    if !answered.errors.is_empty() {
        body.extend_from_slice(b",\"errors\":");
        write_errors(&mut body, answered.errors, id);
    }
    if let Some(explanation) = answered.explanation {
        body.extend_from_slice(b",\"extensions\":");
        // Plain JSON of our own; writing it into memory does not fail.
        let _ = serde_json::to_writer(&mut body, &serde_json::json!({ "tributary": explanation }));
    }
    body.push(b'}');
    body
}

/// The answer to a request that was not executed.
pub(crate) fn refuse(refusal: Refusal, media_type: MediaType, id: &RequestId) -> Response {
    let mut body = Vec::from(b"{\"errors\":");
    write_errors(&mut body, refusal.errors, id);
    body.push(b'}');
    let (status, media_type) = match media_type {
        MediaType::Json | MediaType::Events if refusal.well_formed => (StatusCode::OK, media_type),
        // The client's library looks at the status, and reads no events.
        MediaType::Events => (refusal.status, MediaType::Json),
        _ => (refusal.status, media_type),
    };
    let mut response = response(status, media_type, body, id);
    if let Some((name, value)) = refusal.header
        && let Ok(value) = HeaderValue::try_from(value)
    {
        response.headers_mut().insert(name, value);
    }
    response
}

/// Appends the JSON list of errors, each with the request's id.
pub(crate) fn write_errors(body: &mut Vec<u8>, mut errors: Vec<GraphqlError>, id: &RequestId) {
    for error in &mut errors {
        error.extensions.insert("requestId".to_owned(), id.as_str().into());
    }
    let _ = serde_json::to_writer(body, &errors);
}

fn response(status: StatusCode, media_type: MediaType, body: Vec<u8>, id: &RequestId) -> Response {
    let content_type = match media_type {
        MediaType::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
        MediaType::Json => "application/json; charset=utf-8",
        MediaType::Events => "text/event-stream; charset=utf-8",
    };
    let body = if media_type == MediaType::Events { event_stream::whole(&body) } else { body };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response.headers_mut().insert(wire::REQUEST_ID, id.to_header_value());
    response
}
