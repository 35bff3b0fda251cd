use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator as _};
use opentelemetry::trace::TraceContextExt as _;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// Writes the span's `traceparent` and `tracestate`.
pub fn inject(span: &Span, headers: &mut HeaderMap) {
    TraceContextPropagator::new().inject_context(&span.context(), &mut Writer(headers));
}

/// Makes the span go on with the trace that the headers name; without one, or with a malformed one, it begins a new
/// trace. Call it before the span is entered.
pub fn accept(headers: &HeaderMap, span: &Span) {
    let context = TraceContextPropagator::new().extract(&Reader(headers));
    if context.span().span_context().is_valid() {
        // Fails where no subscriber was installed: then there is no trace to go on with.
        let _ = span.set_parent(context);
    }
}

/// The span's trace id, 32 hexadecimal digits; `None` where nothing traces.
pub fn trace_id(span: &Span) -> Option<String> {
    let context = span.context();
    let context = context.span().span_context().clone();
    context.is_valid().then(|| context.trace_id().to_string())
}

struct Writer<'a>(&'a mut HeaderMap);

impl Injector for Writer<'_> {
    fn set(&mut self, key: &str, value: String) {
        let (Ok(name), Ok(value)) = (HeaderName::try_from(key), HeaderValue::try_from(value)) else { return };
        // An empty tracestate says nothing.
        if !value.is_empty() {
            self.0.insert(name, value);
        }
    }
}

struct Reader<'a>(&'a HeaderMap);

impl Extractor for Reader<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(HeaderName::as_str).collect()
    }
}
