use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use opentelemetry::KeyValue;
use opentelemetry_otlp::WithExportConfig as _;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider, SpanData, SpanExporter, TracerProviderBuilder};

use crate::config::Config;
use crate::init::InitError;

/// The path that OTLP/HTTP has for spans (OTLP specification, "OTLP/HTTP Request").
const TRACES: &str = "v1/traces";

/// How long the receiver may take for a batch. Batches wait in a thread of their own; no request waits for one.
const TIMEOUT: Duration = Duration::from_secs(5);

/// How long it is, at least, from one complaint about the receiver to the next.
const BETWEEN_COMPLAINTS: Duration = Duration::from_mins(1);

pub(crate) fn tracer_provider(config: &Config) -> Result<SdkTracerProvider, InitError> {
    let provider = provider_builder(config)?;
    let Some(endpoint) = &config.otlp_endpoint else { return Ok(provider.build()) };
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_http()
        .with_endpoint(format!("{}/{TRACES}", endpoint.trim_end_matches('/')))
        .with_timeout(TIMEOUT)
        .build()?;
    Ok(provider.with_batch_exporter(Complaining::new(exporter)).build())
}

/// What is said of every span, and which traces are kept.
pub(crate) fn provider_builder(config: &Config) -> Result<TracerProviderBuilder, InitError> {
    if !(0.0..=1.0).contains(&config.sample_ratio) {
        return Err(InitError::SampleRatio(config.sample_ratio));
    }
    let resource = Resource::builder()
        .with_service_name(config.service_name.clone())
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .build();
    let sampler = Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(config.sample_ratio)));
    Ok(SdkTracerProvider::builder().with_resource(resource).with_sampler(sampler))
}

/// An exporter whose failures are logged, but rarely: a receiver that is away must not fill the log.
#[derive(Debug)]
struct Complaining<E> {
    inner: E,
    complained_at: Mutex<Option<Instant>>,
}

impl<E> Complaining<E> {
    fn new(inner: E) -> Self {
        Self { inner, complained_at: Mutex::new(None) }
    }

    fn may_complain(&self) -> bool {
        let mut complained_at = self.complained_at.lock().unwrap_or_else(PoisonError::into_inner);
        let quiet = complained_at.is_some_and(|at| at.elapsed() < BETWEEN_COMPLAINTS);
        if !quiet {
            *complained_at = Some(Instant::now());
        }
        !quiet
    }
}

impl<E: SpanExporter> SpanExporter for Complaining<E> {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = batch.len();
        let result = self.inner.export(batch).await;
        if let Err(error) = &result
            && self.may_complain()
        {
            tracing::warn!(%error, spans, "spans were not taken by the OTLP receiver, and are lost");
        }
        result
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.inner.shutdown_with_timeout(timeout)
    }

    fn shutdown(&self) -> OTelSdkResult {
        self.inner.shutdown()
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.inner.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.inner.set_resource(resource);
    }
}

#[cfg(all(test, feature = "testing"))]
mod tests {
    use opentelemetry::trace::{Tracer as _, TracerProvider as _};
    use opentelemetry_sdk::error::OTelSdkError;

    use super::*;
    use crate::testing::Recorder;

    #[derive(Debug)]
    struct Away;

    impl SpanExporter for Away {
        async fn export(&self, _batch: Vec<SpanData>) -> OTelSdkResult {
            Err(OTelSdkError::InternalFailure("connection refused".to_owned()))
        }
    }

    #[test]
    fn a_receiver_that_is_away_is_complained_of_once() {
        let (recorder, _guard) = Recorder::on_this_thread(&Config::default()).unwrap();
        let provider = SdkTracerProvider::builder().with_simple_exporter(Complaining::new(Away)).build();
        for _ in 0..3 {
            provider.tracer("test").start("lost");
        }
        let log = recorder.log();
        assert_eq!(log.matches("connection refused").count(), 1, "{log}");
    }
}
