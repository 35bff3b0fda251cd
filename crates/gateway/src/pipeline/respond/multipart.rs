//! Incremental delivery as of 2022-08-24, what Apollo Client understands: its payloads, and their way over HTTP.

use std::convert::Infallible;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures::stream;
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use telemetry::RequestId;

use super::write_errors;
use crate::error::GraphqlError;
use crate::execute::Increment;
use crate::json::write_string;
use crate::pipeline::Payloads;

/// The delimiter after each part goes along with it, so that nobody has to wait for the next one to know that it is whole.
const BEGIN: &[u8] = b"\r\n---";
const HEAD: &[u8] = b"\r\ncontent-type: application/json; charset=utf-8\r\n\r\n";
const END: &[u8] = b"--\r\n";

/// What there is when the execution broke down: the client must not wait for more.
pub(crate) const BROKEN: &[u8] = b"{\"hasNext\":false}";

/// The response that brings an answer in parts.
pub(crate) fn in_parts(payloads: Payloads, id: &RequestId) -> Response {
    let mut response = Response::new(Body::from_stream(body(payloads)));
    let kind = HeaderValue::from_static("multipart/mixed; boundary=\"-\"; deferSpec=20220824");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response.headers_mut().insert(wire::REQUEST_ID, id.to_header_value());
    response
}

fn body(payloads: Payloads) -> impl futures::Stream<Item = Result<Bytes, Infallible>> {
    stream::unfold((BEGIN, payloads), |(begin, mut payloads)| async move {
        let payload = payloads.next().await?;
        let end = if payloads.has_ended() { END } else { &[] };
        let text = [begin, HEAD, &payload, BEGIN, end].concat();
        Some((Ok(Bytes::from(text)), (&[][..], payloads)))
    })
}

/// Whether no payload comes after this one.
pub(crate) fn is_last(payload: &[u8]) -> bool {
    // It is written at the end.
    payload.ends_with(b"\"hasNext\":false}")
}

/// The first payload.
pub(crate) fn write_initial(data: &[u8], errors: Vec<GraphqlError>, more: bool, id: &RequestId) -> Vec<u8> {
    let mut text = Vec::with_capacity(data.len() + 64);
    text.push(b'{');
    write_answer(&mut text, data, errors, id);
    end(text, more)
}

/// A later payload.
pub(crate) fn write_increments(increments: Vec<Increment>, more: bool, id: &RequestId) -> Vec<u8> {
    let mut text = Vec::from(b"{\"incremental\":[");
    for (place, increment) in increments.into_iter().enumerate() {
        text.extend_from_slice(if place > 0 { b",{" } else { b"{" });
        write_answer(&mut text, &increment.data, increment.errors, id);
        text.extend_from_slice(b",\"path\":");
        // Writing into memory does not fail.
        let _ = serde_json::to_writer(&mut text, &increment.path);
        if let Some(label) = &increment.label {
            text.extend_from_slice(b",\"label\":");
            write_string(&mut text, label);
        }
        text.push(b'}');
    }
    text.push(b']');
    end(text, more)
}

fn write_answer(text: &mut Vec<u8>, data: &[u8], errors: Vec<GraphqlError>, id: &RequestId) {
    text.extend_from_slice(b"\"data\":");
    text.extend_from_slice(data);
    if !errors.is_empty() {
        text.extend_from_slice(b",\"errors\":");
        write_errors(text, errors, id);
    }
}

fn end(mut text: Vec<u8>, more: bool) -> Vec<u8> {
    text.extend_from_slice(if more { b",\"hasNext\":true}" } else { b",\"hasNext\":false}" });
    text
}
