use std::sync::Arc;

use axum::extract::State as Extract;
use http::StatusCode;
use tokio_util::sync::CancellationToken;

use crate::gateway::State;

/// Whether the process is about to end.
#[derive(Debug, Default)]
pub(crate) struct Draining(CancellationToken);

impl Draining {
    /// From here on it is.
    pub(crate) fn begin(&self) {
        self.0.cancel();
    }

    /// Whether it has begun.
    pub(crate) fn has_begun(&self) -> bool {
        self.0.is_cancelled()
    }

    /// Ends when it begins.
    pub(crate) async fn begun(&self) {
        self.0.cancelled().await;
    }
}

/// The process answers.
pub(super) async fn live() -> StatusCode {
    StatusCode::OK
}

/// Requests should come here: tokens of every issuer can be verified, and the process is not about to end.
pub(super) async fn ready(Extract(state): Extract<Arc<State>>) -> StatusCode {
    if state.draining.has_begun() || !state.authentication.is_ready().await {
        StatusCode::SERVICE_UNAVAILABLE
    } else {
        StatusCode::OK
    }
}
