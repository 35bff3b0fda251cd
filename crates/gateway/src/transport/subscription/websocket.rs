//! GraphQL over WebSocket (<https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md>): a connection for each
//! subscription.

use std::time::Duration;

use bytes::Bytes;
use futures::{SinkExt as _, StreamExt as _, stream};
use http::header::{
    CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION,
    UPGRADE,
};
use http::{HeaderMap, HeaderValue, StatusCode};
use tokio::time::Instant;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Message, Role, WebSocketConfig};
use url::Url;
use wire::{Events, Request, TransportError};

use crate::json::{self, Object, Value, write_string, write_value};
use crate::transport::http::unreachable;

/// The subprotocol's name.
const PROTOCOL: &str = "graphql-transport-ws";

/// The one operation of a connection.
const ID: &str = "1";

/// How often a subgraph that says nothing is asked whether it is still there. Two silences are one too many.
const BETWEEN_PINGS: Duration = Duration::from_secs(20);

/// Connects, shows who asks, and begins a subscription.
pub(super) async fn subscribe(
    client: &reqwest::Client,
    url: &Url,
    request: Request,
    longest: usize,
) -> Result<Events, TransportError> {
    let mut init = Vec::from(br#"{"type":"connection_init""#);
    write_payload(&mut init, &request.headers);
    init.push(b'}');
    let mut socket = connect(client, url, request.headers, longest).await?;
    send(&mut socket, &init).await?;
    loop {
        let message = receive(&mut socket).await?.ok_or_else(|| refused("before it was ready"))?;
        match message.kind() {
            Some("connection_ack") => break,
            Some("ping") => send(&mut socket, br#"{"type":"pong"}"#).await?,
            _ => {}
        }
    }
    let mut subscribe = format!(r#"{{"id":"{ID}","type":"subscribe","payload":"#).into_bytes();
    subscribe.extend_from_slice(&request.body);
    subscribe.push(b'}');
    send(&mut socket, &subscribe).await?;
    Ok(events(socket))
}

type Socket = WebSocketStream<reqwest::Upgraded>;

/// The opening handshake (RFC 6455 section 4.1), by the same client of HTTP that all requests take: the same TLS, and no
/// redirects.
async fn connect(
    client: &reqwest::Client,
    url: &Url,
    mut headers: HeaderMap,
    longest: usize,
) -> Result<Socket, TransportError> {
    let key = generate_key();
    let accept = derive_accept_key(key.as_bytes());
    let key = HeaderValue::try_from(key).map_err(|error| TransportError::Unreachable(error.to_string()))?;
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
    headers.insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(PROTOCOL));
    headers.insert(SEC_WEBSOCKET_KEY, key);
    let sent = client.get(url.clone()).headers(headers).send().await;
    let response = sent.map_err(|error| unreachable(&error))?;
    match response.status() {
        StatusCode::SWITCHING_PROTOCOLS => {}
        StatusCode::UNAUTHORIZED => return Err(TransportError::Unauthenticated),
        status => return Err(TransportError::Status(status.as_u16())),
    }
    let says = |name, wanted: &str| response.headers().get(name).is_some_and(|value| value == wanted);
    if !says(SEC_WEBSOCKET_ACCEPT, &accept) || !says(SEC_WEBSOCKET_PROTOCOL, PROTOCOL) {
        return Err(TransportError::Unreachable(format!("it does not speak {PROTOCOL}")));
    }
    let upgraded = response.upgrade().await.map_err(|error| unreachable(&error))?;
    let config = WebSocketConfig::default().max_message_size(Some(longest)).max_frame_size(Some(longest));
    Ok(WebSocketStream::from_raw_socket(upgraded, Role::Client, Some(config)).await)
}

/// `payload` with the gateway's token: servers look for it there, since browsers can't send it as a header.
fn write_payload(init: &mut Vec<u8>, headers: &HeaderMap) {
    if let Some(token) = headers.get(http::header::AUTHORIZATION).and_then(|value| value.to_str().ok()) {
        init.extend_from_slice(br#","payload":{"authorization":"#);
        write_string(init, token);
        init.push(b'}');
    }
}

struct Received(Object);

impl Received {
    fn kind(&self) -> Option<&str> {
        self.0.get("type").and_then(Value::as_plain_str)
    }

    fn payload(&mut self) -> Bytes {
        let mut text = Vec::new();
        write_value(&mut text, &self.0.take("payload").unwrap_or(Value::Null));
        text.into()
    }
}

/// A subscription under way; `None` when it has ended.
fn events(socket: Socket) -> Events {
    stream::try_unfold(Some(socket), |socket| async move {
        let Some(mut socket) = socket else { return Ok(None) };
        loop {
            let mut message =
                receive(&mut socket).await?.ok_or_else(|| refused("before the subscription was complete"))?;
            match message.kind() {
                Some("next") => return Ok(Some((message.payload(), Some(socket)))),
                Some("error") => {
                    let mut text = Vec::from(b"{\"data\":null,\"errors\":");
                    text.extend_from_slice(&message.payload());
                    text.push(b'}');
                    return Ok(Some((text.into(), None)));
                }
                Some("complete") => return Ok(None),
                Some("ping") => send(&mut socket, br#"{"type":"pong"}"#).await?,
                _ => {}
            }
        }
    })
    .boxed()
}

async fn send(socket: &mut Socket, text: &[u8]) -> Result<(), TransportError> {
    let text = String::from_utf8_lossy(text).into_owned();
    let sent = tokio::time::timeout(BETWEEN_PINGS, socket.send(Message::text(text))).await;
    sent.map_err(|_| TransportError::DeadlineExceeded)?.map_err(|error| broken(&error))
}

/// The next message; `None` when the connection was closed.
async fn receive(socket: &mut Socket) -> Result<Option<Received>, TransportError> {
    let mut asked = false;
    let mut heard = Instant::now();
    loop {
        let Ok(frame) = tokio::time::timeout_at(heard + BETWEEN_PINGS, socket.next()).await else {
            if asked {
                return Err(TransportError::Unreachable("it is silent".to_owned()));
            }
            asked = true;
            heard = Instant::now();
            let ping = tokio::time::timeout(BETWEEN_PINGS, socket.send(Message::Ping(Bytes::new()))).await;
            ping.map_err(|_| TransportError::DeadlineExceeded)?.map_err(|error| broken(&error))?;
            continue;
        };
        (asked, heard) = (false, Instant::now());
        match frame.transpose().map_err(|error| broken(&error))? {
            None | Some(Message::Close(_)) => return Ok(None),
            Some(Message::Text(text)) => {
                return match json::parse(&Bytes::from(text)) {
                    Ok(Value::Object(object)) => Ok(Some(Received(object))),
                    _ => Err(TransportError::Unreachable("it sent what is no message".to_owned())),
                };
            }
            Some(_) => {}
        }
    }
}

fn broken(error: &tokio_tungstenite::tungstenite::Error) -> TransportError {
    TransportError::Unreachable(error.to_string())
}

fn refused(when: &str) -> TransportError {
    TransportError::Unreachable(format!("it closed the connection {when}"))
}
