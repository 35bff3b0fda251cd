use std::fmt::Debug;
use std::io::Write as _;

use opentelemetry::trace::TraceContextExt as _;
use serde::Serializer as _;
use serde::ser::SerializeMap as _;
use serde_json::Value;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

/// Members that belong to the line itself. A field of such a name is not written, or it could forge them.
const OWN: [&str; 6] = ["timestamp", "level", "target", "message", "trace_id", "span_id"];

/// What `tracing-log` adds to records of the `log` crate. Only the target says something new.
const LOG_TARGET: &str = "log.target";
const LOG_PREFIX: &str = "log.";

/// Writes events as JSON, one object a line: timestamp, level, target, message, trace_id, span_id, then the fields of the
/// event and of the spans around it (the inner one wins where names are equal).
///
/// Text that came from outside is escaped as JSON has it, so that it can't begin a line of its own.
pub(crate) struct JsonLines<W, T> {
    writer: W,
    time: T,
}

impl<W, T> JsonLines<W, T> {
    pub(crate) fn new(writer: W, time: T) -> Self {
        Self { writer, time }
    }
}

impl<S, W, T> Layer<S> for JsonLines<W, T>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'w> MakeWriter<'w> + 'static,
    T: FormatTime + 'static,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        span.extensions_mut().replace(fields);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(fields) = span.extensions_mut().get_mut::<Fields>() {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        for span in context.event_scope(event).into_iter().flatten() {
            if let Some(outer) = span.extensions().get::<Fields>() {
                fields.take_missing_from(outer);
            }
        }
        let Some(line) = self.line(event, &fields) else { return };
        // Nobody can be told that the log can't be written.
        let _ = self.writer.make_writer_for(event.metadata()).write_all(&line);
    }
}

impl<W, T: FormatTime> JsonLines<W, T> {
    fn line(&self, event: &Event<'_>, fields: &Fields) -> Option<Vec<u8>> {
        let mut timestamp = String::new();
        self.time.format_time(&mut Writer::new(&mut timestamp)).ok()?;
        let target = fields.get(LOG_TARGET).and_then(Value::as_str).unwrap_or(event.metadata().target());
        let mut line = Vec::with_capacity(256);
        let mut json = serde_json::Serializer::new(&mut line);
        let mut object = json.serialize_map(None).ok()?;
        object.serialize_entry("timestamp", &timestamp).ok()?;
        object.serialize_entry("level", event.metadata().level().as_str()).ok()?;
        object.serialize_entry("target", target).ok()?;
        if let Some(message) = fields.get("message") {
            object.serialize_entry("message", message).ok()?;
        }
        // Entering a span makes its trace the current one.
        let trace = opentelemetry::Context::current();
        let trace = trace.span().span_context().clone();
        if trace.is_valid() {
            object.serialize_entry("trace_id", &trace.trace_id().to_string()).ok()?;
            object.serialize_entry("span_id", &trace.span_id().to_string()).ok()?;
        }
        for (name, value) in &fields.0 {
            if !OWN.contains(name) && !name.starts_with(LOG_PREFIX) {
                object.serialize_entry(name, value).ok()?;
            }
        }
        object.end().ok()?;
        line.push(b'\n');
        Some(line)
    }
}

/// Fields in the order in which they were recorded.
#[derive(Default)]
struct Fields(Vec<(&'static str, Value)>);

impl Fields {
    fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    fn set(&mut self, field: &Field, value: Value) {
        match self.0.iter_mut().find(|(name, _)| *name == field.name()) {
            Some((_, known)) => *known = value,
            None => self.0.push((field.name(), value)),
        }
    }

    fn take_missing_from(&mut self, outer: &Self) {
        for (name, value) in &outer.0 {
            // A span's `message` is no message of the event's.
            if *name != "message" && self.get(name).is_none() {
                self.0.push((name, value.clone()));
            }
        }
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.set(field, Value::String(format!("{value:?}")));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.set(field, Value::String(value.to_owned()));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.set(field, Value::Bool(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.set(field, Value::from(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.set(field, Value::from(value));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.set(field, Value::from(value));
    }
}
