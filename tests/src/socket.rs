//! A client of the gateway over WebSocket, in graphql-transport-ws.

use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::{WebSocketStream, client_async};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A connection that is ready for operations.
pub struct Socket {
    stream: WebSocketStream<TcpStream>,
    asked: u64,
}

impl Socket {
    /// Connects to the gateway at that address, and tells it the token in the first message.
    pub(crate) async fn connect(url: &str, token: &str) -> Self {
        let address = url.strip_prefix("http://").expect("plain HTTP");
        let mut request = format!("ws://{address}/graphql").into_client_request().expect("a request");
        let protocol = http::HeaderValue::from_static("graphql-transport-ws");
        request.headers_mut().insert("sec-websocket-protocol", protocol);
        let stream = TcpStream::connect(address).await.expect("a connection");
        let (stream, _) = client_async(request, stream).await.expect("a handshake");
        let mut socket = Self { stream, asked: 0 };
        let payload = json!({ "authorization": format!("Bearer {token}") });
        socket.send(&json!({ "type": "connection_init", "payload": payload })).await;
        assert_eq!(socket.next().await["type"], "connection_ack");
        socket
    }

    /// The answer to an operation that has one, as HTTP would have it.
    pub async fn ask(&mut self, body: &Value) -> Value {
        self.asked += 1;
        let id = self.asked.to_string();
        self.send(&json!({ "type": "subscribe", "id": id, "payload": body })).await;
        let mut message = self.next().await;
        assert_eq!(message["id"], id.as_str(), "{message:#}");
        let answer = message["payload"].take();
        match message["type"].as_str() {
            Some("next") => assert_eq!(self.next().await["type"], "complete"),
            // What was not executed has errors alone, and ends with them.
            Some("error") => return json!({ "errors": answer }),
            _ => panic!("{message:#}"),
        }
        answer
    }

    async fn send(&mut self, message: &Value) {
        self.stream.send(Message::text(message.to_string())).await.expect("a connection");
    }

    async fn next(&mut self) -> Value {
        loop {
            let message = timeout(PATIENCE, self.stream.next()).await.expect("a message in time");
            match message.expect("an open connection").expect("a message") {
                Message::Text(text) => return serde_json::from_str(&text).expect("JSON"),
                Message::Ping(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }
}
