//! What log lines look like.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test ends at the first surprise"
)]

use serde_json::Value;
use telemetry::testing::Recorder;
use telemetry::{Config, Format, InitError, trace_id};

/// What `work` logs.
fn log(config: &Config, work: impl FnOnce()) -> String {
    let (recorder, _guard) = Recorder::on_this_thread(config).unwrap();
    work();
    recorder.log()
}

/// The lines, with what differs from run to run replaced by its name.
fn stable(log: &str) -> String {
    let mut stable = log.to_owned();
    for line in log.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        for name in ["timestamp", "trace_id", "span_id"] {
            if let Some(value) = line.get(name).and_then(Value::as_str) {
                stable = stable.replace(value, name);
            }
        }
    }
    stable
}

fn only_line(log: &str) -> Value {
    assert_eq!(log.lines().count(), 1, "{log}");
    serde_json::from_str(log).unwrap()
}

#[test]
fn a_json_line_has_the_event_and_the_spans_around_it() {
    let log = log(&Config::default(), || {
        let request = tracing::info_span!(
            "request",
            request_id = "r-1",
            tenant = tracing::field::Empty,
            part = "outer"
        );
        let _request = request.enter();
        request.record("tenant", "acme");
        tracing::info!("at the door");
        tracing::info_span!("fetch", subgraph = "orders", part = "inner").in_scope(|| {
            tracing::warn!(attempts = 3_u64, slow = true, seconds = 0.5, error = %"it \"broke\"\nlate", "fetch failed");
        });
    }) + &log(&Config::default(), || tracing::error!(target: "elsewhere", code = -1, "no span"));
    insta::assert_snapshot!(stable(&log));
}

#[test]
fn a_line_names_the_trace_that_its_span_belongs_to() {
    let mut expected = None;
    let log = log(&Config::default(), || {
        let span = tracing::info_span!("request");
        expected = trace_id(&span);
        span.in_scope(|| tracing::info!("hello"));
    });
    let line = only_line(&log);
    assert!(expected.is_some());
    assert_eq!(line.get("trace_id").and_then(Value::as_str), expected.as_deref());
    assert_eq!(line.get("span_id").and_then(Value::as_str).map(str::len), Some(16));
}

#[test]
fn a_quiet_filter_keeps_the_fields_of_the_spans() {
    let config = Config { filter: "error,loud=debug".to_owned(), ..Config::default() };
    let log = log(&config, || {
        tracing::info_span!("request", request_id = "r-1").in_scope(|| {
            tracing::warn!("not this");
            tracing::error!("this");
            tracing::debug!(target: "loud::inner", "and this");
        });
    });
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2, "{log}");
    for line in lines {
        assert_eq!(line.get("request_id").and_then(Value::as_str), Some("r-1"), "{line}");
        assert!(line.get("trace_id").is_some(), "{line}");
    }
}

#[test]
fn no_field_can_forge_a_member_or_a_line() {
    let log = log(&Config::default(), || {
        let level = "ERROR\n{\"level\":\"ERROR\"}";
        tracing::info_span!("request", message = level, trace_id = "forged")
            .in_scope(|| tracing::info!(level, timestamp = "never", "user {level}"));
    });
    let line = only_line(&log);
    assert_eq!(log.matches("\"level\":").count(), 1, "{log}");
    assert_eq!(log.matches("\"timestamp\":").count(), 1, "{log}");
    assert_eq!(line.get("level").and_then(Value::as_str), Some("INFO"));
    assert_ne!(line.get("trace_id").and_then(Value::as_str), Some("forged"));
    assert!(line.get("message").and_then(Value::as_str).unwrap().starts_with("user ERROR\n"));
}

#[test]
fn text_is_for_people() {
    let config = Config { format: Format::Text, ..Config::default() };
    let log = log(&config, || {
        tracing::info_span!("request", request_id = "r-1")
            .in_scope(|| tracing::info!(port = 4000, "listening"));
    });
    let (_, line) = log.split_once(' ').unwrap();
    assert_eq!(line, " INFO request{request_id=\"r-1\"}: listening port=4000\n");
}

#[test]
fn a_configuration_that_makes_no_sense_is_refused_with_the_name_of_its_key() {
    let refused = |config: Config| Recorder::on_this_thread(&config).map(drop).unwrap_err();
    let error = refused(Config { filter: "gateway=noisy".to_owned(), ..Config::default() });
    assert!(
        matches!(error, InitError::Filter(_)) && error.to_string().starts_with("telemetry.filter"),
        "{error}"
    );
    for sample_ratio in [-0.1, 1.1, f64::NAN] {
        let error = refused(Config { sample_ratio, ..Config::default() });
        assert!(error.to_string().starts_with("telemetry.sample_ratio"), "{error}");
    }
    let unknown = serde_json::from_str::<Config>(r#"{"fliter": "info"}"#).unwrap_err();
    assert!(unknown.to_string().contains("unknown field `fliter`"), "{unknown}");
    assert_eq!(serde_json::from_str::<Config>("{}").unwrap(), Config::default());
}
