//! What a test sees of telemetry: the spans that ended and the lines that were logged.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use opentelemetry::trace::SpanId;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SdkTracerProvider, SpanData, SpanExporter};
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::Config;
use crate::export::provider_builder;
use crate::init::{InitError, subscriber};

/// A span that ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedSpan {
    /// What was done.
    pub name: String,
    /// The trace that it belongs to, 32 hexadecimal digits.
    pub trace_id: String,
    /// Its id, 16 hexadecimal digits.
    pub span_id: String,
    /// The span around it, in this process or in the calling one.
    pub parent_span_id: Option<String>,
    /// Its attributes, as text.
    pub attributes: BTreeMap<String, String>,
}

/// Keeps spans and log lines in memory, made as a process with the same configuration makes them.
#[derive(Debug, Clone)]
pub struct Recorder {
    spans: Memory<SpanData>,
    lines: Memory<u8>,
    provider: SdkTracerProvider,
}

impl Recorder {
    /// Records the whole process from here on: every thread, until it ends. Once in a process.
    pub fn install(config: &Config) -> Result<Self, InitError> {
        let recorder = Self::new(config)?;
        subscriber(config, &recorder.provider, recorder.lines.clone(), false)?.try_init()?;
        Ok(recorder)
    }

    /// Records this thread until the guard is dropped.
    pub fn on_this_thread(config: &Config) -> Result<(Self, DefaultGuard), InitError> {
        let recorder = Self::new(config)?;
        let subscriber = subscriber(config, &recorder.provider, recorder.lines.clone(), false)?;
        Ok((recorder, subscriber.set_default()))
    }

    fn new(config: &Config) -> Result<Self, InitError> {
        let spans = Memory::default();
        let provider = provider_builder(config)?.with_simple_exporter(spans.clone()).build();
        Ok(Self { spans, lines: Memory::default(), provider })
    }

    /// The spans that ended so far, in the order in which they ended. Those that were not sampled are not among them.
    pub fn spans(&self) -> Vec<RecordedSpan> {
        self.spans.lock().iter().map(recorded).collect()
    }

    /// What was logged so far.
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&self.lines.lock()).into_owned()
    }
}

fn recorded(span: &SpanData) -> RecordedSpan {
    RecordedSpan {
        name: span.name.to_string(),
        trace_id: span.span_context.trace_id().to_string(),
        span_id: span.span_context.span_id().to_string(),
        parent_span_id: (span.parent_span_id != SpanId::INVALID).then(|| span.parent_span_id.to_string()),
        attributes: span
            .attributes
            .iter()
            .map(|attribute| (attribute.key.to_string(), attribute.value.to_string()))
            .collect(),
    }
}

#[derive(Debug)]
struct Memory<T>(Arc<Mutex<Vec<T>>>);

impl<T> Memory<T> {
    fn lock(&self) -> MutexGuard<'_, Vec<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Default for Memory<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T> Clone for Memory<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl SpanExporter for Memory<SpanData> {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        self.lock().extend(batch);
        Ok(())
    }
}

impl io::Write for Memory<u8> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.lock().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for Memory<u8> {
    type Writer = Self;

    fn make_writer(&'w self) -> Self {
        self.clone()
    }
}
