//! Connections: how many, how long, and how they end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use gateway::Config;
use http::HeaderMap;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use wire::{Response, Subgraph, TransportError};

use crate::support::{Silent, builder, open};

/// A subgraph that answers when it is let.
struct Door {
    asked: Semaphore,
    open: Semaphore,
}

#[async_trait]
impl Subgraph for Door {
    async fn call(&self, _: wire::Request) -> Result<Response, TransportError> {
        self.asked.add_permits(1);
        self.open.acquire().await.unwrap().forget();
        Ok(Response { headers: HeaderMap::new(), body: Bytes::from_static(br#"{"data":{"n":1}}"#) })
    }
}

struct Running {
    address: SocketAddr,
    stop: CancellationToken,
    server: JoinHandle<()>,
}

async fn serve(config: Config, subgraph: Arc<dyn Subgraph>) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let gateway = builder(config, vec![("one", "type Query { n: Int }", subgraph)]).build().unwrap();
    let stop = CancellationToken::new();
    let told = stop.clone();
    let server = tokio::spawn(async move {
        gateway::serve(listener, &gateway, async move { told.cancelled().await }).await;
    });
    Running { address, stop, server }
}

impl Running {
    async fn connect(&self, text: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        stream
    }
}

fn ask(query: &str) -> String {
    let body = format!(r#"{{"query":"{query}"}}"#);
    let length = body.len();
    format!(
        "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
}

/// All that comes until the other end hangs up.
async fn rest(mut stream: TcpStream) -> String {
    let mut text = Vec::new();
    // A reset is an end too.
    let _ = stream.read_to_end(&mut text).await;
    String::from_utf8_lossy(&text).into_owned()
}

/// Reads one answer and leaves the connection open.
async fn answer(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    while !text.ends_with('}') {
        let mut bytes = [0; 1024];
        let read = stream.read(&mut bytes).await.unwrap();
        assert_ne!(read, 0, "{text}");
        text.push_str(std::str::from_utf8(&bytes[..read]).unwrap());
    }
    text
}

#[tokio::test]
async fn a_connection_without_a_request_is_closed() {
    let mut config = open();
    config.limits.header_timeout_ms = 50;
    let running = serve(config, Arc::new(Silent)).await;
    // Nothing; the beginning of HTTP/1 or HTTP/2; of a header; HTTP/2 without a request.
    for text in ["", "P", "POST /graphql HTTP/1.1\r\nhost: x\r\nx", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"] {
        let ended = tokio::time::timeout(Duration::from_secs(5), rest(running.connect(text).await)).await;
        assert!(ended.is_ok(), "{text:?} is still connected");
    }
}

#[tokio::test]
async fn connections_beyond_the_limit_wait() {
    let mut config = open();
    config.limits.connections = 1;
    let running = serve(config, Arc::new(Silent)).await;
    let mut first = running.connect(&ask("{__typename}")).await;
    assert!(answer(&mut first).await.contains(r#"{"data":{"__typename":"Query"}}"#));
    let mut second = running.connect(&ask("{__typename}")).await;
    let early = tokio::time::timeout(Duration::from_millis(100), answer(&mut second)).await;
    assert!(early.is_err(), "{early:?}");
    drop(first);
    assert!(answer(&mut second).await.contains("200 OK"));
}

#[tokio::test]
async fn requests_in_hand_are_answered_before_the_end() {
    let door = Arc::new(Door { asked: Semaphore::new(0), open: Semaphore::new(0) });
    let running = serve(open(), door.clone()).await;
    let idle = running.connect("").await;
    let busy = running.connect(&ask("{n}")).await;
    door.asked.acquire().await.unwrap().forget();
    running.stop.cancel();
    assert_eq!(rest(idle).await, "");
    assert!(!running.server.is_finished());
    door.open.add_permits(1);
    assert!(rest(busy).await.ends_with(r#"{"data":{"n":1}}"#));
    running.server.await.unwrap();
    assert!(TcpStream::connect(running.address).await.is_err());
}

#[tokio::test]
async fn requests_that_do_not_end_are_cut_off() {
    let door = Arc::new(Door { asked: Semaphore::new(0), open: Semaphore::new(0) });
    let mut config = open();
    config.limits.drain_ms = 20;
    let running = serve(config, door.clone()).await;
    let busy = running.connect(&ask("{n}")).await;
    door.asked.acquire().await.unwrap().forget();
    running.stop.cancel();
    running.server.await.unwrap();
    assert_eq!(rest(busy).await, "");
}
