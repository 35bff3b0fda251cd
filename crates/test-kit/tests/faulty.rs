//! Planted faults.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends at the first surprise"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::HeaderMap;
use test_kit::{Fault, Faulty};
use tokio::time::Instant;
use wire::{Request, Response, Subgraph, TransportError};

const BODY: &str = r#"{"data":{}}"#;

#[derive(Default)]
struct Sound(AtomicUsize);

#[async_trait]
impl Subgraph for Sound {
    async fn call(&self, _request: Request) -> Result<Response, TransportError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(Response { headers: HeaderMap::new(), body: Bytes::from_static(BODY.as_bytes()) })
    }
}

fn request(body: &'static str, deadline: Option<Instant>) -> Request {
    Request { headers: HeaderMap::new(), body: Bytes::from_static(body.as_bytes()), deadline }
}

/// What a call ends with and how long it takes, in seconds of a clock that tests turn.
async fn outcome(subgraph: &Faulty, patience: Option<u64>) -> (String, u64) {
    let start = Instant::now();
    let deadline = patience.map(|seconds| start + Duration::from_secs(seconds));
    let text = match subgraph.call(request("{}", deadline)).await {
        Ok(response) => String::from_utf8(response.body.to_vec()).unwrap(),
        Err(error) => error.to_string(),
    };
    (text, start.elapsed().as_secs())
}

#[tokio::test(start_paused = true)]
async fn each_call_takes_the_next_fault_and_then_the_rule_holds() {
    let sound = Arc::new(Sound::default());
    let faulty = Faulty::new(sound.clone());
    faulty.script([
        Fault::Fail(TransportError::Status(502)),
        Fault::Delay(Duration::from_secs(3)),
        Fault::Garble(Bytes::from_static(b"<html>")),
        Fault::Truncate(4),
        Fault::None,
    ]);
    for (expected, seconds, reached) in [
        ("HTTP status 502 without a GraphQL response", 0, 0),
        (BODY, 3, 1),
        ("<html>", 0, 2),
        ("{\"da", 0, 3),
        (BODY, 0, 4),
        (BODY, 0, 5),
    ] {
        assert_eq!(outcome(&faulty, None).await, (expected.to_owned(), seconds));
        assert_eq!(sound.0.load(Ordering::Relaxed), reached);
    }
    faulty.always(Fault::Fail(TransportError::Unreachable("planted".to_owned())));
    for _ in 0..2 {
        assert_eq!(outcome(&faulty, None).await, ("unreachable: planted".to_owned(), 0));
    }
    assert_eq!(faulty.requests().len(), 8);
}

#[tokio::test(start_paused = true)]
async fn the_deadline_ends_every_wait() {
    let sound = Arc::new(Sound::default());
    let faulty = Faulty::new(sound.clone());
    let late = ("no answer before the deadline".to_owned(), 5);
    faulty.script([Fault::Delay(Duration::from_secs(6)), Fault::Lose, Fault::Delay(Duration::from_secs(4))]);
    assert_eq!(outcome(&faulty, Some(5)).await, late);
    // What was never sent was not done; what was lost on the way back was.
    assert_eq!(sound.0.load(Ordering::Relaxed), 0);
    assert_eq!(outcome(&faulty, Some(5)).await, late);
    assert_eq!(sound.0.load(Ordering::Relaxed), 1);
    assert_eq!(outcome(&faulty, Some(5)).await, (BODY.to_owned(), 4));
}

#[tokio::test]
async fn what_was_asked_is_kept() {
    let faulty = Faulty::new(Arc::new(Sound::default()));
    faulty.script([Fault::Fail(TransportError::Unauthenticated)]);
    for body in ["first", "second"] {
        let _ = faulty.call(request(body, None)).await;
    }
    let bodies: Vec<Bytes> = faulty.requests().into_iter().map(|request| request.body).collect();
    assert_eq!(bodies, ["first", "second"]);
}
