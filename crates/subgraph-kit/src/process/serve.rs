use std::fs;
use std::future::IntoFuture as _;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use auth::{FileKeys, HttpKeys, KeyRing, KeySource, SystemClock};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::config::ProcessConfig;
use super::{Program, StartError};
use crate::service::Trust;

/// Serves until the process is told to stop, then lets the requests in hand end.
pub(super) async fn serve<P: Program>(mut config: ProcessConfig<P::Config>) -> Result<(), StartError> {
    let _telemetry =
        telemetry::init(&config.telemetry).map_err(|error| StartError::Telemetry(error.to_string()))?;
    let clock = Arc::new(SystemClock);
    let keys = Arc::new(KeyRing::new(key_source(&config.jwks)?, clock.clone()));
    super::migrate_file::<P>(&mut config).await?;
    let service = P::build(config.subgraph, Trust { keys, clock }).await?;
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|source| StartError::Listen { address: config.listen, source })?;
    tracing::info!(subgraph = P::NAME, address = %listener.local_addr()?, "listening");

    let stop = CancellationToken::new();
    let stopped = stop.clone();
    let server = axum::serve(listener, service.router())
        .with_graceful_shutdown(async move { stopped.cancelled().await });
    let mut server = pin!(server.into_future());
    tokio::select! {
        ended = &mut server => ended?,
        () = told_to_stop() => {
            stop.cancel();
            if tokio::time::timeout(Duration::from_millis(config.drain_ms), server).await.is_err() {
                tracing::warn!("some requests did not end in time");
            }
        }
    }
    if let Err(error) = service.database().clone().close().await {
        tracing::warn!(%error, "the database did not close");
    }
    Ok(())
}

fn key_source(jwks: &str) -> Result<Arc<dyn KeySource>, StartError> {
    if jwks.is_empty() {
        return Err(StartError::Config("no keys are configured: give --jwks or jwks".to_owned()));
    }
    match Url::parse(jwks) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => HttpKeys::new(url)
            .map(|keys| Arc::new(keys) as Arc<dyn KeySource>)
            .map_err(|error| StartError::Config(format!("jwks: {error}"))),
        _ => {
            // Later it would only be known from the first request.
            fs::metadata(jwks)
                .map_err(|error| StartError::Config(format!("cannot read the keys in {jwks}: {error}")))?;
            Ok(Arc::new(FileKeys(PathBuf::from(jwks))))
        }
    }
}

async fn told_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};

        // Without a handler the signal ends the process by itself.
        let Ok(mut terminate) = signal(SignalKind::terminate()) else { return std::future::pending().await };
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    {
        let _ = tokio::signal::ctrl_c().await;
    }
}
