//! Runs the prepared operation for this Caller.

use std::sync::Arc;

use bytes::Bytes;
use http::HeaderMap;
use planner::OperationKind;
use telemetry::RequestId;
use tokio::time::Instant;
use wire::TransportError;

use super::authenticate::Identity;
use super::prepare::Operation;
use crate::error::{GraphqlError, Refusal};
use crate::execute::{self, Deferred, Executed, Execution, Projection, Variables};
use crate::explain::{Explain, Explanation};
use crate::gateway::{Graph, State};
use crate::transport::Transport;

/// An operation that was executed, well or not.
pub(crate) struct Answered {
    /// The JSON text of `data`.
    pub(crate) data: Vec<u8>,
    pub(crate) errors: Vec<GraphqlError>,
    pub(crate) explanation: Option<Explanation>,
}

/// Who asks, and by which request.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) identity: Identity,
    pub(crate) headers: Arc<HeaderMap>,
    pub(crate) id: RequestId,
}

/// What a client asked, ready to be executed: a query once, a subscription for each event.
pub(super) struct Asked {
    pub(super) state: Arc<State>,
    pub(super) graph: Arc<Graph>,
    pub(super) operation: Arc<Operation>,
    pub(super) variables: Variables,
    pub(super) client: Client,
}

impl Asked {
    /// What of the answer may be sent later, and is worth it. A mutation is answered as a whole: its fields run in their order.
    pub(super) fn deferred(&self) -> Option<Deferred> {
        let operation = &self.operation;
        let query = operation.plan.kind == OperationKind::Query;
        query.then(|| Deferred::of(&operation.plan, &operation.fetches, &self.variables)).flatten()
    }
}

/// Runs the operation; of a subscription, for one event.
pub(super) async fn execute(
    asked: &Asked,
    event: Option<&Result<Bytes, TransportError>>,
    deadline: Instant,
) -> Result<Answered, Refusal> {
    let Asked { state, graph, operation, variables, client } = asked;
    // Before anything is fetched: what is refused here was not executed.
    let introspected = graph.preparation.introspect(graph, operation, variables).await?;
    let door = |subgraph: &str| door(state, graph, client, subgraph);
    let execution = Execution {
        plan: &operation.plan,
        fetches: &operation.fetches,
        variables,
        errors: &state.config.errors,
        door: &door,
        deadline,
        event,
    };
    let Executed { data, mut errors, losses, reports } = execute::run(&execution).await;
    errors.extend_from_slice(&introspected.errors);
    let projection = Projection {
        output: &operation.plan.output,
        introspection: &introspected.texts,
        variables,
        losses: &losses,
        longest: state.config.limits.answer_bytes,
        deferring: false,
    };
    let data = projection.write(&data, &mut errors)?;
    let explanation = Explain::asked(&client.headers, &state.config.explain)
        .map(|asked| asked.explain(&operation.plan, reports, &client.id));
    Ok(Answered { data, errors, explanation })
}

/// A subgraph, and the headers of a request to it: who asks, which request it is, and what is configured to go on.
pub(super) fn door(
    state: &State,
    graph: &Graph,
    client: &Client,
    subgraph: &str,
) -> Option<(Transport, HeaderMap)> {
    let (name, transport) = graph.transports.get_key_value(subgraph)?;
    let mut headers = HeaderMap::with_capacity(8);
    for name in &state.forwarded {
        for value in client.headers.get_all(name) {
            headers.append(name, value.clone());
        }
    }
    headers.insert(wire::REQUEST_ID, client.id.to_header_value());
    if let Some(caller) = &client.identity.caller {
        match state.tokens.authorization(caller, name) {
            Ok(value) => {
                headers.insert(http::header::AUTHORIZATION, value);
            }
            Err(error) => {
                tracing::error!(%error, "no token could be made for a subgraph");
                return None;
            }
        }
    }
    Some((transport.clone(), headers))
}
