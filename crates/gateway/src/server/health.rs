use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::State as Extract;
use http::StatusCode;

use crate::gateway::State;

/// Whether the process is about to end.
#[derive(Debug, Default)]
pub(crate) struct Draining(AtomicBool);

impl Draining {
    /// From here on it is.
    pub(crate) fn begin(&self) {
        self.0.store(true, Ordering::Release);
    }

    fn has_begun(&self) -> bool {
        self.0.load(Ordering::Acquire)
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
