//! GraphQL over WebSocket (<https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md>): queries, mutations and
//! subscriptions over one connection.

mod message;
mod operations;
mod origin;
mod session;

use std::sync::Arc;

use axum::extract::{FromRequestParts as _, Request, WebSocketUpgrade};
use axum::response::Response;
use http::header::{AUTHORIZATION, UPGRADE};
use http::{Method, StatusCode};
use telemetry::RequestId;

use self::session::Session;
use crate::error::{Code, Refusal};
use crate::gateway::State;
use crate::pipeline::{self, MediaType};

/// The subprotocol's name.
const PROTOCOL: &str = "graphql-transport-ws";

/// Whether a request asks for a WebSocket connection.
pub(super) fn is_asked_for(request: &Request) -> bool {
    let upgrade = request.headers().get(UPGRADE);
    request.method() == Method::GET
        && upgrade.is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

/// Answers the opening handshake, and serves the connection.
pub(super) async fn upgrade(state: &Arc<State>, request: Request, id: &RequestId) -> Response {
    match open(state, request).await {
        Ok(response) => response,
        Err(refusal) => pipeline::refuse(refusal, MediaType::Json, id),
    }
}

async fn open(state: &Arc<State>, request: Request) -> Result<Response, Refusal> {
    let (mut parts, _) = request.into_parts();
    if !origin::is_allowed(&parts, &state.config.cors) {
        let message = "Pages of this origin may not open a connection.";
        return Err(Refusal::request(StatusCode::FORBIDDEN, Code::Forbidden, message));
    }
    // A browser can't send this header; who does is told at once what is wrong with it.
    let mut identity = None;
    if parts.headers.contains_key(AUTHORIZATION) {
        identity = Some(state.authentication.identify(&parts.headers).await?);
    }
    let place = state.subscriptions.admit_socket()?;
    let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &()).await.map_err(|error| {
        Refusal::request(StatusCode::BAD_REQUEST, Code::BadRequest, format!("{}.", error.body_text()))
    })?;
    let longest = state.config.limits.body_bytes;
    let upgrade = upgrade.protocols([PROTOCOL]).max_message_size(longest).max_frame_size(longest);
    let spoken = upgrade.selected_protocol().is_some();
    let session = Session::new(state.clone(), Arc::new(parts.headers), identity);
    Ok(upgrade.on_upgrade(move |socket| async move {
        session.serve(socket, spoken).await;
        drop(place);
    }))
}
