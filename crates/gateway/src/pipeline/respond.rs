//! GraphQL over HTTP: the answer (section 6).

use axum::body::Body;
use axum::response::Response;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, StatusCode};
use telemetry::RequestId;

use super::execute::Answered;
use crate::error::{Code, GraphqlError, Refusal};

const GRAPHQL_RESPONSE: &str = "application/graphql-response+json";
const JSON: &str = "application/json";

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MediaType {
    /// `application/graphql-response+json`: the status tells how it went.
    GraphqlResponse,
    /// `application/json`: 200 for every well-formed request.
    Json,
}

/// What the client accepts; `application/json` where it does not mind.
pub(crate) fn negotiate(headers: &HeaderMap) -> Result<MediaType, Refusal> {
    let mut best: Option<(f32, MediaType)> = None;
    let mut asked = false;
    for value in headers.get_all(ACCEPT) {
        for range in value.to_str().unwrap_or_default().split(',') {
            asked = true;
            let Ok(mime) = range.trim().parse::<mime::Mime>() else { continue };
            let utf8 = mime.get_param(mime::CHARSET).is_none_or(|charset| charset == "utf-8");
            let media_type = match mime.essence_str() {
                GRAPHQL_RESPONSE if utf8 => MediaType::GraphqlResponse,
                JSON if utf8 => MediaType::Json,
                "*/*" | "application/*" => MediaType::Json,
                _ => continue,
            };
            let quality = mime.get_param("q").and_then(|q| q.as_str().parse().ok()).unwrap_or(1.0_f32);
            if quality > 0.0 && best.is_none_or(|(other, _)| quality > other) {
                best = Some((quality, media_type));
            }
        }
    }
    match best {
        Some((_, media_type)) => Ok(media_type),
        None if !asked => Ok(MediaType::Json),
        None => Err(Refusal::request(
            StatusCode::NOT_ACCEPTABLE,
            Code::BadRequest,
            format!("Accept {GRAPHQL_RESPONSE} or {JSON}."),
        )),
    }
}

/// The answer to an operation that was executed.
pub(super) fn respond(answered: Answered, media_type: MediaType, id: &RequestId) -> Response {
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
    response(StatusCode::OK, media_type, body, id)
}

/// The answer to a request that was not executed.
pub(crate) fn refuse(refusal: Refusal, media_type: MediaType, id: &RequestId) -> Response {
    let mut body = Vec::from(b"{\"errors\":");
    write_errors(&mut body, refusal.errors, id);
    body.push(b'}');
    let status = match media_type {
        MediaType::Json if refusal.well_formed => StatusCode::OK,
        _ => refusal.status,
    };
    let mut response = response(status, media_type, body, id);
    if let Some((name, value)) = refusal.header
        && let Ok(value) = HeaderValue::try_from(value)
    {
        response.headers_mut().insert(name, value);
    }
    response
}

fn write_errors(body: &mut Vec<u8>, mut errors: Vec<GraphqlError>, id: &RequestId) {
    for error in &mut errors {
        error.extensions.insert("requestId".to_owned(), id.as_str().into());
    }
    let _ = serde_json::to_writer(body, &errors);
}

fn response(status: StatusCode, media_type: MediaType, body: Vec<u8>, id: &RequestId) -> Response {
    let content_type = match media_type {
        MediaType::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
        MediaType::Json => "application/json; charset=utf-8",
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response.headers_mut().insert(wire::REQUEST_ID, id.to_header_value());
    response
}
