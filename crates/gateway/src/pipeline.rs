//! The way of a request.

mod admit;
mod authenticate;
mod execute;
mod prepare;
mod read;
mod respond;

use std::sync::Arc;

use axum::response::Response;
use telemetry::RequestId;
use tracing::Span;

use crate::error::Refusal;
use crate::gateway::State;

pub(crate) use admit::Admission;
pub(crate) use authenticate::Authentication;
pub(crate) use prepare::Preparation;
pub(crate) use respond::{MediaType, refuse};

/// Answers one request. THE hot path: a line a stage.
pub(crate) async fn answer(state: &Arc<State>, request: axum::extract::Request, id: &RequestId) -> Response {
    let media_type = match respond::negotiate(request.headers()) {
        Ok(media_type) => media_type,
        Err(refusal) => return refuse(refusal, MediaType::Json, id),
    };
    match stages(state, request, id).await {
        Ok(answered) => respond::respond(answered, media_type, id),
        Err(refusal) => refuse(refusal, media_type, id),
    }
}

async fn stages(
    state: &Arc<State>,
    request: axum::extract::Request,
    id: &RequestId,
) -> Result<execute::Answered, Refusal> {
    let (parts, body) = request.into_parts();
    let caller = state.authentication.caller(&parts.headers).await?;
    let admitted = state.admission.admit()?;
    let read = read::read(&parts, body, state.config.limits.body_bytes).await?;
    let operation = state.preparation.prepare(&state.graph, &read).await?;
    operation.check_method(&read)?;
    let variables = operation.coerce(&state.graph, &read)?;
    Span::current().record("operation", operation.name());
    admitted
        .in_time(execute::execute(state, &operation, &variables, caller, &parts.headers, &admitted, id))
        .await
}
