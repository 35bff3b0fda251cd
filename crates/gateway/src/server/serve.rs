use std::convert::Infallible;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::Gateway;

/// How long to wait where the system gives no more connections, such as for want of file descriptors.
const BETWEEN_TRIES: Duration = Duration::from_millis(100);

/// How often the other end of an HTTP/2 connection is asked whether it is still there.
const BETWEEN_PINGS: Duration = Duration::from_secs(20);

/// Serves until `stop` ends, then lets the requests in hand end, for as long as the configuration lets them.
pub async fn serve(listener: TcpListener, gateway: &Gateway, stop: impl Future<Output = ()>) {
    let limits = gateway.limits();
    let places = Arc::new(Semaphore::new(limits.connections.min(Semaphore::MAX_PERMITS)));
    let server = Server::new(gateway.router(), Duration::from_millis(limits.header_timeout_ms));
    let graceful = GracefulShutdown::new();
    // Whatever is left when this function ends, ends with it.
    let ended = CancellationToken::new();
    let _ending = ended.clone().drop_guard();
    let mut stop = pin!(stop);
    loop {
        let accepted = async {
            let place = places.clone().acquire_owned().await.ok()?;
            Some((accept(&listener).await, place))
        };
        let accepted = tokio::select! {
            accepted = accepted => accepted,
            () = &mut stop => None,
        };
        let Some((stream, place)) = accepted else { break };
        let connection = server.connection(stream, &graceful);
        let ended = ended.clone();
        tokio::spawn(async move {
            tokio::select! {
                () = connection => {}
                () = ended.cancelled() => {}
            }
            drop(place);
        });
    }
    gateway.begin_draining();
    // Who comes from here on is told at once that nobody is there.
    drop(listener);
    let drain = Duration::from_millis(limits.drain_ms);
    let ending = async { tokio::join!(graceful.shutdown(), gateway.sockets_closed()) };
    if tokio::time::timeout(drain, ending).await.is_err() {
        tracing::warn!("some requests did not end in time");
    }
}

/// The next connection, whatever becomes of those that fail before they begin.
async fn accept(listener: &TcpListener) -> TcpStream {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return stream,
            Err(error) if matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) => {
            }
            Err(error) => {
                tracing::error!(%error, "no connection can be accepted");
                tokio::time::sleep(BETWEEN_TRIES).await;
            }
        }
    }
}

/// What all connections have in common.
struct Server {
    router: Router,
    builder: Builder<TokioExecutor>,
    header_timeout: Duration,
}

impl Server {
    fn new(router: Router, header_timeout: Duration) -> Self {
        let mut builder = Builder::new(TokioExecutor::new());
        builder.http1().timer(TokioTimer::new()).header_read_timeout(header_timeout);
        builder.http2().timer(TokioTimer::new()).keep_alive_interval(BETWEEN_PINGS);
        Self { router, builder, header_timeout }
    }

    /// Answers the requests of one connection until it ends.
    fn connection(
        &self,
        stream: TcpStream,
        graceful: &GracefulShutdown,
    ) -> impl Future<Output = ()> + Send + use<> {
        // Answers are written whole; waiting for more would only make them late. Where it fails, they are late.
        let _ = stream.set_nodelay(true);
        let (router, begun) = (self.router.clone(), CancellationToken::new());
        let first = begun.clone();
        let service = hyper::service::service_fn(move |request: http::Request<hyper::body::Incoming>| {
            first.cancel();
            let answer = router.clone().oneshot(request);
            async move { answer.await.map_err(|never: Infallible| never) }
        });
        let connection =
            self.builder.serve_connection_with_upgrades(TokioIo::new(stream), service).into_owned();
        let connection = graceful.watch(connection);
        let header_timeout = self.header_timeout;
        async move {
            // hyper's own timeout begins when it knows the version of HTTP, which takes bytes that may never come.
            let too_late = async {
                if tokio::time::timeout(header_timeout, begun.cancelled()).await.is_ok() {
                    std::future::pending::<()>().await;
                }
            };
            tokio::select! {
                // A connection that breaks is the client's to notice.
                _ = connection => {}
                () = too_late => {}
            }
        }
    }
}
