//! Runs the prepared operation for this Caller.

use std::collections::HashMap;
use std::sync::Arc;

use auth::Caller;
use http::{HeaderMap, HeaderName};
use telemetry::RequestId;

use super::admit::Admitted;
use super::prepare::{Coerced, Operation};
use crate::error::Refusal;
use crate::execute::{self, Executed, Execution, Variables};
use crate::explain::{Explain, Explanation};
use crate::gateway::State;
use crate::json::Object;
use crate::transport::Transport;

/// An operation that was executed, well or not.
pub(crate) struct Answered {
    /// The JSON text of `data`.
    pub(crate) data: Vec<u8>,
    pub(crate) errors: Vec<crate::error::GraphqlError>,
    pub(crate) explanation: Option<Explanation>,
}

pub(super) async fn execute(
    state: &Arc<State>,
    operation: &Arc<Operation>,
    variables: &Coerced,
    caller: Option<Arc<Caller>>,
    headers: &HeaderMap,
    admitted: &Admitted,
    id: &RequestId,
) -> Result<Answered, Refusal> {
    let door = |subgraph: &str| door(state, caller.as_ref(), headers, id, subgraph);
    let execution = Execution {
        plan: &operation.plan,
        fetches: &operation.fetches,
        variables: &variables.texts,
        errors: &state.config.errors,
        door: &door,
        deadline: admitted.deadline,
    };
    let Executed { data, mut errors, reports } = execute::run(&execution).await;
    let introspection = operation.introspect(&state.graph, variables)?;
    let data = answer(operation, &data, &introspection, &variables.texts, &mut errors);
    let explanation = Explain::asked(headers, &state.config.explain)
        .map(|asked| asked.explain(&operation.plan, reports, id));
    Ok(Answered { data, errors, explanation })
}

fn answer(
    operation: &Operation,
    data: &Object,
    introspection: &HashMap<String, Vec<u8>>,
    variables: &Variables,
    errors: &mut Vec<crate::error::GraphqlError>,
) -> Vec<u8> {
    let mut out = Vec::with_capacity(4 * 1024);
    execute::project(&mut out, &operation.plan.output, data, introspection, variables, errors);
    out
}

/// A subgraph, and the headers of a request to it: who asks, which request it is, and what is configured to go on.
fn door(
    state: &State,
    caller: Option<&Arc<Caller>>,
    client: &HeaderMap,
    id: &RequestId,
    subgraph: &str,
) -> Option<(Transport, HeaderMap)> {
    let (name, transport) = state.transports.get_key_value(subgraph)?;
    let mut headers = HeaderMap::with_capacity(8);
    for name in &state.config.subgraphs.forward_headers {
        if let Ok(name) = HeaderName::try_from(name)
            && let Some(value) = client.get(&name)
        {
            headers.insert(name, value.clone());
        }
    }
    headers.insert(wire::REQUEST_ID, id.to_header_value());
    if let Some(caller) = caller {
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
