//! The way of a request.

mod admit;
mod authenticate;
mod execute;
mod prepare;
mod read;
mod respond;

use axum::body::Body;
use axum::response::Response;
use http::request::Parts;
use telemetry::RequestId;
use tracing::Span;

use self::execute::{Answered, Client};
use crate::error::Refusal;
use crate::gateway::State;

pub(crate) use admit::Admission;
pub(crate) use authenticate::Authentication;
pub(crate) use prepare::Preparation;
pub(crate) use respond::{MediaType, refuse};

/// Answers one request. THE hot path: a line a stage.
pub(crate) async fn answer(state: &State, request: axum::extract::Request, id: &RequestId) -> Response {
    let (parts, body) = request.into_parts();
    let media_type = match respond::negotiate(&parts.headers) {
        Ok(media_type) => media_type,
        Err(refusal) => return refuse(refusal, MediaType::Json, id),
    };
    match stages(state, &parts, body, id).await {
        Ok(answered) => respond::respond(answered, media_type, id),
        Err(refusal) => refuse(refusal, media_type, id),
    }
}

async fn stages(state: &State, parts: &Parts, body: Body, id: &RequestId) -> Result<Answered, Refusal> {
    let caller = state.authentication.caller(&parts.headers).await?;
    read::check(parts, &state.config.csrf)?;
    let admitted = state.admission.admit()?;
    let work = async {
        let read = read::read(parts, body, state.config.limits.body_bytes).await?;
        let graph = state.graph.load_full();
        let operation = graph.preparation.prepare(&graph, &read).await?;
        operation.check_method(&parts.method)?;
        let variables = operation.coerce(&graph, &read)?;
        Span::current().record("operation", operation.name());
        let client = Client { caller, headers: &parts.headers, id, deadline: admitted.deadline };
        execute::execute(state, &graph, &operation, &variables, &client).await
    };
    admitted.in_time(work).await
}
