use std::io::IsTerminal as _;
use std::time::Duration;

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::level_filters::LevelFilter;
use tracing::{Metadata, Subscriber};
use tracing_subscriber::filter::{FilterFn, ParseError, Targets, filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::time::SystemTime;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::{SubscriberInitExt as _, TryInitError};
use tracing_subscriber::{Layer, Registry, fmt};

use crate::config::{Config, Format};
use crate::export::tracer_provider;
use crate::json_lines::JsonLines;

/// How long the last spans may take to be sent when the process ends.
const LAST_SPANS: Duration = Duration::from_millis(300);

/// Why telemetry could not begin.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// The filter is not one.
    #[error("telemetry.filter is not understood: {0}")]
    Filter(#[from] ParseError),
    /// The receiver's address can't be used, or no TLS provider was installed before.
    #[error("telemetry.otlp_endpoint can't be used: {0}")]
    Exporter(#[from] opentelemetry_otlp::ExporterBuildError),
    /// Not a part of a whole.
    #[error("telemetry.sample_ratio must be from 0.0 to 1.0, not {0}")]
    SampleRatio(f64),
    /// A subscriber is there already.
    #[error("telemetry has begun already")]
    Twice(#[from] TryInitError),
}

/// Keeps telemetry going; sends what is left when it is dropped, which takes 0.3 seconds at most.
#[must_use = "telemetry ends when the guard is dropped"]
#[derive(Debug)]
pub struct Guard(SdkTracerProvider);

impl Drop for Guard {
    fn drop(&mut self) {
        // A receiver that is away must not keep a process from ending.
        if let Err(error) = self.0.shutdown_with_timeout(LAST_SPANS) {
            tracing::debug!(%error, "the last spans were not sent");
        }
    }
}

/// Begins logging (to standard error) and tracing in this process. For mains alone, after they installed a TLS provider.
pub fn init(config: &Config) -> Result<Guard, InitError> {
    let provider = tracer_provider(config)?;
    let colours = std::io::stderr().is_terminal();
    subscriber(config, &provider, std::io::stderr, colours)?.try_init()?;
    Ok(Guard(provider))
}

/// Spans to `provider`, lines to `writer`.
pub(crate) fn subscriber<W>(
    config: &Config,
    provider: &SdkTracerProvider,
    writer: W,
    colours: bool,
) -> Result<impl Subscriber + for<'a> LookupSpan<'a> + Send + Sync + use<W>, InitError>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let spans = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("tributary"))
        .with_location(false)
        .with_threads(false)
        .with_tracked_inactivity(false)
        .with_filter(filter_fn(is_traced));
    let lines = match config.format {
        Format::Json => JsonLines::new(writer, SystemTime).boxed(),
        Format::Text => fmt::layer().with_target(false).with_ansi(colours).with_writer(writer).boxed(),
    };
    // The layer of the spans stands first: within the one of the lines, the trace has begun.
    Ok(Registry::default().with(spans).with(lines.with_filter(line_filter(&config.filter)?)))
}

fn is_traced(metadata: &Metadata<'_>) -> bool {
    *metadata.level() <= LevelFilter::INFO
}

/// The filter says which events are written; spans always give their fields to the lines within them.
fn line_filter(filter: &str) -> Result<FilterFn<impl Fn(&Metadata<'_>) -> bool + use<>>, ParseError> {
    let targets: Targets = filter.parse()?;
    Ok(filter_fn(move |metadata: &Metadata<'_>| {
        let wanted = targets.would_enable(metadata.target(), metadata.level());
        wanted || (metadata.is_span() && is_traced(metadata))
    }))
}
