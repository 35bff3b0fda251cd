use std::future::IntoFuture as _;
use std::io;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Serves until `stop` ends, then lets the requests in hand end, for as long as `drain` at most.
///
/// # Errors
/// What the system says of the listener.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    drain: Duration,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let stopping = CancellationToken::new();
    let stopped = stopping.clone();
    let server =
        axum::serve(listener, router).with_graceful_shutdown(async move { stopped.cancelled().await });
    let mut server = pin!(server.into_future());
    tokio::select! {
        ended = &mut server => return ended,
        () = stop => stopping.cancel(),
    }
    if tokio::time::timeout(drain, server).await.is_err() {
        tracing::warn!("some requests did not end in time");
    }
    Ok(())
}

/// Ends when the process is told to stop: Ctrl-C, or SIGTERM.
pub async fn told_to_stop() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
