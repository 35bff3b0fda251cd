//! Any request: the gateway answers it, and nothing on our side fails.
//!
//! The input is the text of an HTTP request: `METHOD TARGET`, lines of headers, an empty line, the body.

use std::sync::LazyLock;

use axum::body::Body;
use bytes::Bytes;
use http::{Method, Request, StatusCode};

use crate::stage::Stage;

static STAGE: LazyLock<Stage> = LazyLock::new(|| {
    let stage = Stage::new();
    let order =
        r#"{"id":"1","name":"one","total":1.50,"kind":"SMALL","buyer":{"__typename":"User","id":"7"}}"#;
    let user = r#"{"__typename":"User","id":"7","name":"Ada","age":36,"friends":[]}"#;
    stage.shop.say(Bytes::from(format!(
        r#"{{"data":{{"orders":[{order}],"any":{{"__typename":"Box","name":"box","size":3}},"grid":[[1],[2,3]],"buy":{order},"sold":{order},"_entities":[{{"discount":"10 %"}}]}}}}"#
    )));
    stage.people.say(Bytes::from(format!(r#"{{"data":{{"me":{user},"_entities":[{user}]}}}}"#)));
    stage
});

pub(crate) fn run(data: &[u8]) {
    let Some(request) = read(data) else { return };
    let is_head = request.method() == Method::HEAD;
    let answer = STAGE.ask(request);
    // It has the headers of an answer, and no answer (RFC 9110, section 9.3.2).
    if is_head {
        assert!(answer.body.is_empty() && answer.status != StatusCode::INTERNAL_SERVER_ERROR);
    } else {
        answer.check();
    }
}

/// `None` where a server of HTTP would not let it come this far.
fn read(data: &[u8]) -> Option<Request<Body>> {
    let end = data.windows(2).position(|two| two == b"\n\n").unwrap_or(data.len());
    let (head, body) = data.split_at(end);
    let mut lines = head.split(|byte| *byte == b'\n');
    let mut words = lines.next()?.splitn(2, |byte| *byte == b' ');
    let method = Method::from_bytes(words.next()?).ok()?;
    let mut request = Request::builder().method(method).uri(words.next()?);
    for line in lines {
        let colon = line.iter().position(|byte| *byte == b':')?;
        request = request.header(&line[..colon], line[colon + 1..].trim_ascii());
    }
    request.body(Body::from(body.get(2..).unwrap_or_default().to_vec())).ok()
}
