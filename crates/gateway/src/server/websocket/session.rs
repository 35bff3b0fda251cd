use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{Message, Utf8Bytes, WebSocket};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use tokio::time::{Instant, sleep_until, timeout, timeout_at};

use super::PROTOCOL;
use super::message::{Close, FromClient, about, plain};
use super::operations::{News, Operations};
use crate::gateway::State;
use crate::pipeline::{Identity, from_object};

/// How long the close frame and the client's answer to it may take.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// A WebSocket connection.
pub(super) struct Session {
    state: Arc<State>,
    /// Of the opening handshake: what is configured of them goes on to subgraphs.
    headers: Arc<HeaderMap>,
    /// Where the handshake told who asks.
    identity: Option<Identity>,
    heartbeat: Duration,
}

/// Why there is nothing more to say: `None` where the client is gone.
type Ended = Option<Close>;

impl Session {
    pub(super) fn new(state: Arc<State>, headers: Arc<HeaderMap>, identity: Option<Identity>) -> Self {
        let heartbeat = Duration::from_millis(state.config.subscriptions.heartbeat_ms);
        Self { state, headers, identity, heartbeat }
    }

    /// Serves the connection to its end. `spoken`: the client speaks the subprotocol.
    pub(super) async fn serve(mut self, mut socket: WebSocket, spoken: bool) {
        let ended = if spoken {
            self.talk(&mut socket).await
        } else {
            Close::new(4406, format!("Ask for the subprotocol {PROTOCOL}.")).into()
        };
        let farewell = async {
            if let Some(close) = ended {
                let _ = socket.send(Message::Close(Some(close.into_frame()))).await;
            }
            // Reading on answers a close frame of the client. And what it still sends must be read, or the system would throw
            // ours away with a reset.
            while let Some(Ok(_)) = socket.recv().await {}
        };
        let _ = timeout(LAST_WORDS, farewell).await;
    }

    async fn talk(&mut self, socket: &mut WebSocket) -> Ended {
        let state = self.state.clone();
        let wait = Duration::from_millis(state.config.subscriptions.init_timeout_ms);
        let identity = tokio::select! {
            biased;
            () = state.draining.begun() => return Some(going_away()),
            identity = timeout(wait, self.greet(socket)) => identity,
        };
        let identity = match identity {
            Ok(Ok(identity)) => identity,
            Ok(Err(ended)) => return ended,
            Err(_) => return Some(Close::new(4408, "Connection initialisation timeout")),
        };
        tokio::select! {
            biased;
            () = state.draining.begun() => Some(going_away()),
            lapse = identity.lapsed() => Some(Close::new(4403, lapse.message())),
            ended = self.exchange(socket, &identity) => ended,
        }
    }

    /// Waits for `connection_init`, and acknowledges it.
    async fn greet(&mut self, socket: &mut WebSocket) -> Result<Identity, Ended> {
        loop {
            match read(socket.recv().await)? {
                Some(FromClient::Init { authorization }) => {
                    let identity = self.identify(authorization.as_deref()).await?;
                    self.send(socket, plain("connection_ack", None)).await?;
                    return Ok(identity);
                }
                Some(FromClient::Ping(payload)) => {
                    self.send(socket, plain("pong", payload.as_ref())).await?;
                }
                Some(FromClient::Subscribe { .. }) => return Err(Some(Close::new(4401, "Unauthorized"))),
                Some(FromClient::Pong | FromClient::Complete { .. }) | None => {}
            }
        }
    }

    async fn identify(&mut self, authorization: Option<&str>) -> Result<Identity, Ended> {
        if let (None, Some(identity)) = (authorization, self.identity.take()) {
            return Ok(identity);
        }
        self.state.authentication.believe(authorization).await.map_err(|refusal| {
            // "Try again later" is no fault of the client's, and its library tries again.
            let code = if refusal.status == StatusCode::SERVICE_UNAVAILABLE { 1013 } else { 4403 };
            let message = refusal.errors.into_iter().next().map(|error| error.message);
            Some(Close::new(code, message.unwrap_or_default()))
        })
    }

    /// Takes operations and tells of them, until one side has had enough.
    async fn exchange(&self, socket: &mut WebSocket, identity: &Identity) -> Ended {
        let mut operations = Operations::new(self.state.clone());
        let mut heard = Instant::now();
        let mut next_ping = heard + self.heartbeat;
        loop {
            let outcome = tokio::select! {
                frame = socket.recv() => {
                    heard = Instant::now();
                    match read(frame) {
                        Ok(Some(message)) => self.take(socket, message, &mut operations, identity).await,
                        Ok(None) => Ok(()),
                        Err(ended) => return ended,
                    }
                }
                update = operations.next() => {
                    let (kind, payload) = match &update.news {
                        News::Next(payload) => ("next", Some(payload)),
                        News::Error(payload) => ("error", Some(payload)),
                        News::Complete => ("complete", None),
                    };
                    self.send(socket, about(&update.id, kind, payload.map(Bytes::as_ref))).await
                }
                () = sleep_until(next_ping) => {
                    if heard.elapsed() > self.heartbeat * 2 {
                        return None;
                    }
                    next_ping = Instant::now() + self.heartbeat;
                    self.send_frame(socket, Message::Ping(Bytes::new())).await
                }
            };
            if let Err(ended) = outcome {
                return ended;
            }
        }
    }

    async fn take(
        &self,
        socket: &mut WebSocket,
        message: FromClient,
        operations: &mut Operations,
        identity: &Identity,
    ) -> Result<(), Ended> {
        match message {
            FromClient::Init { .. } => Err(Some(Close::new(4429, "Too many initialisation requests"))),
            FromClient::Ping(payload) => self.send(socket, plain("pong", payload.as_ref())).await,
            FromClient::Pong => Ok(()),
            FromClient::Complete { id } => {
                operations.end(&id);
                Ok(())
            }
            FromClient::Subscribe { id, .. } if operations.has(&id) => {
                Err(Some(Close::new(4409, format!("Subscriber for {id} already exists"))))
            }
            FromClient::Subscribe { id, payload } => {
                let read = from_object(payload).map_err(|refusal| {
                    let message = refusal.errors.into_iter().next().map(|error| error.message);
                    Some(Close::new(4400, message.unwrap_or_default()))
                })?;
                match operations.begin(id.clone(), read, self.headers.clone(), identity.clone()) {
                    Ok(()) => Ok(()),
                    Err(errors) => self.send(socket, about(&id, "error", Some(&errors))).await,
                }
            }
        }
    }

    async fn send(&self, socket: &mut WebSocket, text: Utf8Bytes) -> Result<(), Ended> {
        self.send_frame(socket, Message::Text(text)).await
    }

    /// Sends a frame. A client that does not read for two heartbeats is as good as gone.
    async fn send_frame(&self, socket: &mut WebSocket, frame: Message) -> Result<(), Ended> {
        match timeout_at(Instant::now() + self.heartbeat * 2, socket.send(frame)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(None),
        }
    }
}

fn going_away() -> Close {
    Close::new(1001, "This gateway is about to end; connect again.")
}

/// What a frame says; nothing where it is the WebSocket protocol's own.
fn read(frame: Option<Result<Message, axum::Error>>) -> Result<Option<FromClient>, Ended> {
    match frame {
        None | Some(Err(_) | Ok(Message::Close(_))) => Err(None),
        Some(Ok(Message::Text(text))) => {
            FromClient::read(text).map(Some).map_err(|reason| Some(Close::new(4400, reason)))
        }
        Some(Ok(Message::Binary(_))) => Err(Some(Close::new(4400, "Messages are text."))),
        Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(None),
    }
}
