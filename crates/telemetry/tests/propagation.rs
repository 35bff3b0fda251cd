//! The trace that goes from process to process, and the request id that goes with it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test ends at the first surprise"
)]

use http::{HeaderMap, HeaderValue};
use proptest::prelude::*;
use telemetry::testing::Recorder;
use telemetry::{Config, RequestId, accept, inject, trace_id};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

fn traceparent(value: &str) -> HeaderMap {
    HeaderMap::from_iter([(
        http::HeaderName::from_static("traceparent"),
        HeaderValue::from_str(value).unwrap(),
    )])
}

fn text(headers: &HeaderMap, name: &str) -> String {
    headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
}

#[test]
fn a_trace_comes_in_and_goes_out() {
    let (recorder, _guard) = Recorder::on_this_thread(&Config::default()).unwrap();
    let mut incoming = traceparent(&format!("00-{TRACE}-{PARENT}-01"));
    incoming.insert("tracestate", HeaderValue::from_static("vendor=1"));
    let mut outgoing = HeaderMap::new();
    {
        let server = tracing::info_span!("server");
        accept(&incoming, &server);
        let client = server.in_scope(|| tracing::info_span!("client"));
        inject(&client, &mut outgoing);
        assert_eq!(trace_id(&client).as_deref(), Some(TRACE));
    }
    let spans = recorder.spans();
    let [client, server] = spans.as_slice() else { panic!("{spans:?}") };
    assert_eq!((server.name.as_str(), server.parent_span_id.as_deref()), ("server", Some(PARENT)));
    assert_eq!((client.name.as_str(), client.parent_span_id.as_ref()), ("client", Some(&server.span_id)));
    assert_eq!(text(&outgoing, "traceparent"), format!("00-{TRACE}-{}-01", client.span_id));
    assert_eq!(text(&outgoing, "tracestate"), "vendor=1");
}

#[test]
fn a_trace_that_is_not_sampled_goes_on_without_being_kept() {
    let (recorder, _guard) = Recorder::on_this_thread(&Config::default()).unwrap();
    let mut outgoing = HeaderMap::new();
    {
        let server = tracing::info_span!("server");
        accept(&traceparent(&format!("00-{TRACE}-{PARENT}-00")), &server);
        inject(&server, &mut outgoing);
        assert_eq!(trace_id(&server).as_deref(), Some(TRACE));
    }
    assert!(text(&outgoing, "traceparent").starts_with(&format!("00-{TRACE}-")));
    assert!(text(&outgoing, "traceparent").ends_with("-00"), "{outgoing:?}");
    assert_eq!(recorder.spans(), []);
}

#[test]
fn the_sample_ratio_rules_only_traces_that_begin_here() {
    let config = Config { sample_ratio: 0.0, ..Config::default() };
    let (recorder, _guard) = Recorder::on_this_thread(&config).unwrap();
    drop(tracing::info_span!("ours").entered());
    let theirs = tracing::info_span!("theirs");
    accept(&traceparent(&format!("00-{TRACE}-{PARENT}-01")), &theirs);
    drop(theirs.entered());
    let names: Vec<_> = recorder.spans().into_iter().map(|span| span.name).collect();
    assert_eq!(names, ["theirs"]);
}

#[test]
fn a_malformed_traceparent_begins_a_new_trace() {
    let (_recorder, _guard) = Recorder::on_this_thread(&Config::default()).unwrap();
    for value in [
        "",
        "nonsense",
        "00-4bf92f3577b34da6a3ce929d0e0e4736",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        "00-zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz-00f067aa0ba902b7-01",
    ] {
        let span = tracing::info_span!("server");
        accept(&traceparent(value), &span);
        let id = trace_id(&span).unwrap_or_default();
        assert_eq!(id.len(), 32, "{value}");
        assert!(!id.eq_ignore_ascii_case(TRACE), "{value}");
    }
}

#[test]
fn without_telemetry_there_is_no_trace_and_no_header() {
    let span = tracing::info_span!("server");
    accept(&traceparent(&format!("00-{TRACE}-{PARENT}-01")), &span);
    let mut outgoing = HeaderMap::new();
    inject(&span, &mut outgoing);
    assert_eq!((trace_id(&span), outgoing.len()), (None, 0));
}

fn request_id(value: &[u8]) -> RequestId {
    let mut headers = HeaderMap::new();
    headers.insert("x-request-id", HeaderValue::from_bytes(value).unwrap());
    RequestId::from_headers(&headers)
}

#[test]
fn a_harmless_request_id_is_kept_and_any_other_replaced() {
    let longest = "a".repeat(128);
    for kept in ["1", "01999999-9999-7999-8999-999999999999", "trace:root_1.2-3", &longest] {
        assert_eq!(request_id(kept.as_bytes()).as_str(), kept);
        assert_eq!(request_id(kept.as_bytes()).to_header_value(), kept);
    }
    let too_long = "a".repeat(129);
    for replaced in ["", " ", "a b", "a\tb", "a\"b", "a{b}", "a/b", "a,b", "a;b", "<b>", "é", &too_long] {
        let id = request_id(replaced.as_bytes());
        assert_ne!(id.as_str(), replaced);
        assert_eq!(id.as_str().len(), 36, "{replaced:?}");
    }
    assert_ne!(RequestId::from_headers(&HeaderMap::new()), RequestId::from_headers(&HeaderMap::new()));
}

/// The bytes that a header's value may have (RFC 9110 section 5.5).
fn header_byte() -> impl Strategy<Value = u8> {
    prop_oneof![Just(b'\t'), b' '..=b'~', 0x80_u8..]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_request_id_is_always_a_harmless_header_and_log_text(bytes in proptest::collection::vec(header_byte(), 0..200)) {
        let id = request_id(&bytes);
        prop_assert!((1..=128).contains(&id.as_str().len()));
        prop_assert!(id.as_str().bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\'));
        prop_assert_eq!(id.to_header_value(), id.as_str());
        prop_assert_eq!(id.to_string(), id.as_str());
    }

    #[test]
    fn no_traceparent_panics(value in "[ -~]{0,80}", state in "[ -~]{0,80}") {
        let (_recorder, _guard) = Recorder::on_this_thread(&Config::default()).unwrap();
        let mut headers = traceparent(&value);
        headers.insert("tracestate", HeaderValue::from_str(&state).unwrap());
        let span = tracing::info_span!("server");
        accept(&headers, &span);
        inject(&span, &mut headers);
        prop_assert!(trace_id(&span).is_some());
    }
}
