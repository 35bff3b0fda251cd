//! The HTTP server around the pipeline.

mod console;
mod cors;
mod health;
mod serve;
mod stop;
mod websocket;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State as Extract};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{any, get};
use futures::FutureExt as _;
use http::{HeaderMap, header};
use telemetry::RequestId;
use tracing::{Instrument as _, Span};

use crate::error::Refusal;
use crate::gateway::State;
use crate::pipeline::{self, MediaType};

pub use console::{ConsoleToken, ConsoleTokens};
pub(crate) use cors::cors_layer;
pub(crate) use health::Draining;
pub use serve::serve;
pub use stop::told_to_stop;

pub(crate) fn router(state: Arc<State>) -> Router {
    let mut endpoint = any(graphql);
    if let Some(cors) = &state.cors {
        endpoint = endpoint.layer(cors.clone());
    }
    let mut router = Router::new()
        .route("/graphql", endpoint)
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .route("/.well-known/jwks.json", get(jwks));
    if state.config.console.enabled {
        router = router.merge(console::routes());
    }
    router.with_state(state)
}

/// The span of one GraphQL request, in the trace that the headers name.
fn request_span(headers: &HeaderMap, id: &RequestId) -> Span {
    let span = tracing::info_span!(
        "request",
        otel.kind = "server",
        request_id = %id,
        trace_id = tracing::field::Empty,
        tenant = tracing::field::Empty,
        operation = tracing::field::Empty,
        status = tracing::field::Empty,
    );
    telemetry::accept(headers, &span);
    if let Some(trace) = telemetry::trace_id(&span) {
        span.record("trace_id", trace);
    }
    span
}

/// One GraphQL request: named, traced, logged, and answered whatever happens.
async fn graphql(Extract(state): Extract<Arc<State>>, request: Request) -> Response {
    let id = RequestId::from_headers(request.headers());
    let span = request_span(request.headers(), &id);
    if websocket::is_asked_for(&request) {
        return websocket::upgrade(&state, request, &id).instrument(span).await;
    }
    let work = async {
        let began = std::time::Instant::now();
        // A fault in one request must not be seen by others, nor its cause by the client.
        let answer =
            std::panic::AssertUnwindSafe(pipeline::answer(&state, request, &id)).catch_unwind().await;
        let response = answer.unwrap_or_else(|_| {
            tracing::error!("answering a request panicked");
            pipeline::refuse(Refusal::internal("Something went wrong here."), MediaType::Json, &id)
        });
        let status = response.status().as_u16();
        Span::current().record("status", status);
        let micros = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        tracing::info!(status, micros, "answered");
        response
    };
    work.instrument(span).await
}

/// The keys that subgraphs verify the gateway's tokens with (RFC 7517).
async fn jwks(Extract(state): Extract<Arc<State>>) -> Response {
    let headers =
        [(header::CONTENT_TYPE, "application/jwk-set+json"), (header::CACHE_CONTROL, "max-age=300")];
    (headers, axum::body::Body::from(serde_json::to_vec(&state.tokens.jwk_set()).unwrap_or_default()))
        .into_response()
}
