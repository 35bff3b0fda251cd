//! The way of a request.

mod admit;
mod authenticate;
mod defer;
mod execute;
mod prepare;
mod read;
mod respond;
mod subscribe;

use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use http::Method;
use http::request::Parts;
use telemetry::RequestId;
use tracing::Span;

use self::admit::Admitted;
use self::execute::Asked;
use self::respond::Accepted;
use crate::error::Refusal;
use crate::gateway::State;

pub(crate) use admit::Admission;
pub(crate) use authenticate::{Authentication, Identity, Lapse};
pub(crate) use defer::Payloads;
pub(crate) use execute::{Answered, Client};
pub(crate) use prepare::{Preparation, Way};
pub(crate) use read::{Read, from_object};
pub(crate) use respond::{MediaType, refuse, write_answer, write_errors};
pub(crate) use subscribe::{Feed, Subscriptions};

/// What comes of an operation.
pub(crate) enum Outcome {
    /// One answer.
    Answer(Answered),
    /// Answers as events come.
    Feed(Feed),
    /// One answer in parts.
    Parts(Payloads),
}

/// Answers one request. THE hot path: a line a stage.
pub(crate) async fn answer(state: &Arc<State>, request: axum::extract::Request, id: &RequestId) -> Response {
    let (parts, body) = request.into_parts();
    let accepted = match respond::negotiate(&parts.headers) {
        Ok(accepted) => accepted,
        Err(refusal) => return refuse(refusal, MediaType::Json, id),
    };
    match stages(state, parts, body, accepted, id).await {
        Ok(Outcome::Answer(answered)) => respond::respond(answered, accepted.answer, id),
        Ok(Outcome::Parts(payloads)) => respond::in_parts(payloads, id),
        Ok(Outcome::Feed(feed)) => respond::stream(feed, &state.config.subscriptions, id),
        Err(refusal) => refuse(refusal, accepted.answer, id),
    }
}

async fn stages(
    state: &Arc<State>,
    mut parts: Parts,
    body: Body,
    accepted: Accepted,
    id: &RequestId,
) -> Result<Outcome, Refusal> {
    let identity = state.authentication.identify(&parts.headers).await?;
    read::check(&parts, &state.config.csrf)?;
    let admitted = state.admission.admit()?;
    let work = async {
        let read = read::read(&parts, body, state.config.limits.body_bytes).await?;
        let safe = parts.method == Method::GET;
        let way = Way { safe, events: accepted.events, parts: accepted.parts };
        let client =
            Client { identity, headers: Arc::new(std::mem::take(&mut parts.headers)), id: id.clone() };
        let asked = prepare(state, &read, way, client).await?;
        run(asked, way, &admitted).await
    };
    admitted.in_time(work).await
}

/// Answers what came over a WebSocket connection, whose client is known.
pub(crate) async fn answer_message(
    state: &Arc<State>,
    read: &Read,
    client: Client,
) -> Result<Outcome, Refusal> {
    let admitted = state.admission.admit()?;
    let work = async {
        // There is no `accept` here; who writes `@defer` takes parts.
        let way = Way { safe: false, events: true, parts: true };
        let asked = prepare(state, read, way, client).await?;
        run(asked, way, &admitted).await
    };
    admitted.in_time(work).await
}

async fn prepare(state: &Arc<State>, read: &Read, way: Way, client: Client) -> Result<Asked, Refusal> {
    let graph = state.graph.load_full();
    let operation = graph.preparation.prepare(&graph, read).await?;
    operation.check_way(way)?;
    let variables = operation.coerce(&graph, read)?;
    Span::current().record("operation", operation.name());
    Ok(Asked { state: state.clone(), graph, operation, variables, client })
}

async fn run(asked: Asked, way: Way, admitted: &Admitted) -> Result<Outcome, Refusal> {
    if asked.operation.is_subscription() {
        return subscribe::subscribe(asked, admitted.deadline).await;
    }
    if way.parts
        && let Some(deferred) = asked.deferred()
    {
        return defer::execute(asked, deferred, admitted.clone()).await.map(Outcome::Parts);
    }
    execute::execute(&asked, None, admitted.deadline).await.map(Outcome::Answer)
}
