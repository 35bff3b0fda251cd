//! GraphQL over SSE, distinct connections mode (<https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md>): an event
//! `next` for each answer, and `complete` at the end.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures::stream;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderName, HeaderValue};
use telemetry::RequestId;

use crate::config::SubscriptionsConfig;
use crate::pipeline::Feed;

const COMPLETE: &[u8] = b"event: complete\ndata:\n\n";

/// A comment, which clients pass over. The first one tells proxies that the answer has begun.
const HEARTBEAT: &[u8] = b":\n\n";

/// One answer as a whole stream.
pub(super) fn whole(answer: &[u8]) -> Vec<u8> {
    let mut text = next(answer);
    text.extend_from_slice(COMPLETE);
    text
}

/// The answer to a subscription.
pub(crate) fn stream(feed: Feed, config: &SubscriptionsConfig, id: &RequestId) -> Response {
    let body = Body::from_stream(body(feed, Duration::from_millis(config.heartbeat_ms)));
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // nginx would gather events until it has enough of them.
    headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    headers.insert(wire::REQUEST_ID, id.to_header_value());
    response
}

/// Where a stream stands.
enum Part {
    Begin(Feed),
    Events(Feed),
    End,
}

fn body(feed: Feed, heartbeat: Duration) -> impl futures::Stream<Item = Result<Bytes, Infallible>> {
    stream::unfold(Part::Begin(feed), move |part| async move {
        let mut feed = match part {
            Part::Begin(feed) => return Some((Ok(Bytes::from_static(HEARTBEAT)), Part::Events(feed))),
            Part::Events(feed) => feed,
            Part::End => return None,
        };
        Some(match tokio::time::timeout(heartbeat, feed.next()).await {
            Ok(Some(answer)) => (Ok(Bytes::from(next(&answer))), Part::Events(feed)),
            Ok(None) => (Ok(Bytes::from_static(COMPLETE)), Part::End),
            Err(_) => (Ok(Bytes::from_static(HEARTBEAT)), Part::Events(feed)),
        })
    })
}

/// An event. JSON as we write it has no line breaks.
fn next(answer: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(answer.len() + 32);
    text.extend_from_slice(b"event: next\ndata: ");
    text.extend_from_slice(answer);
    text.extend_from_slice(b"\n\n");
    text
}
