use std::io::IsTerminal as _;

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::WithExportConfig as _;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use tracing_subscriber::filter::ParseError;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::{SubscriberInitExt as _, TryInitError};
use tracing_subscriber::{EnvFilter, Layer as _, Registry, fmt};

use crate::config::{Config, Format};

/// The path that OTLP/HTTP has for spans (OTLP specification, "OTLP/HTTP Request").
const TRACES: &str = "v1/traces";

/// Why telemetry could not begin.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// The filter is not one.
    #[error("telemetry.filter is not understood: {0}")]
    Filter(#[from] ParseError),
    /// The receiver's address can't be used.
    #[error("telemetry.otlp_endpoint can't be used: {0}")]
    Exporter(#[from] opentelemetry_otlp::ExporterBuildError),
    /// A subscriber is there already.
    #[error("telemetry has begun already")]
    Twice(#[from] TryInitError),
}

/// Keeps telemetry going; sends what is left when it is dropped.
#[must_use = "telemetry ends when the guard is dropped"]
pub struct Guard(SdkTracerProvider);

impl Drop for Guard {
    fn drop(&mut self) {
        // A receiver that is away must not keep a process from ending.
        if let Err(error) = self.0.shutdown_with_timeout(std::time::Duration::from_secs(1)) {
            tracing::debug!(%error, "the last spans were not sent");
        }
    }
}

/// Begins logging and tracing in this process. For mains alone.
pub fn init(config: &Config) -> Result<Guard, InitError> {
    let provider = tracer_provider(config)?;
    let spans = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("tributary"))
        .with_location(false)
        .with_threads(false)
        .with_tracked_inactivity(false);
    let filter = EnvFilter::try_new(&config.filter)?;
    let lines = match config.format {
        Format::Json => fmt::layer()
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_span_list(true)
            .with_writer(std::io::stderr)
            .boxed(),
        Format::Text => fmt::layer()
            .with_target(false)
            .with_ansi(std::io::stderr().is_terminal())
            .with_writer(std::io::stderr)
            .boxed(),
    };
    // Spans are made whatever the log filter says, or a quiet log would break the trace.
    let spans = spans.with_filter(tracing_subscriber::filter::LevelFilter::INFO);
    Registry::default().with(spans).with(lines.with_filter(filter)).try_init()?;
    Ok(Guard(provider))
}

fn tracer_provider(config: &Config) -> Result<SdkTracerProvider, InitError> {
    let resource = Resource::builder()
        .with_service_name(config.service_name.clone())
        .with_attribute(opentelemetry::KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .build();
    let sampler = Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(config.sample_ratio)));
    let provider = SdkTracerProvider::builder().with_resource(resource).with_sampler(sampler);
    let Some(endpoint) = &config.otlp_endpoint else { return Ok(provider.build()) };
    let endpoint = format!("{}/{TRACES}", endpoint.trim_end_matches('/'));
    let exporter = opentelemetry_otlp::SpanExporter::builder().with_http().with_endpoint(endpoint).build()?;
    Ok(provider.with_batch_exporter(exporter).build())
}
