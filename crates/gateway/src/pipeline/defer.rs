//! `@defer`: an answer in parts, each sent as soon as its fetches have ended.

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;
use tracing::Instrument as _;

use super::admit::Admitted;
use super::execute::{Asked, door};
use super::respond::{BROKEN, is_last, write_increments, write_initial};
use crate::error::Refusal;
use crate::execute::{Deferred, Execution, Introspection, Part, run_in_parts};

/// The payloads of an answer in parts, each as JSON text. Dropping it ends the execution.
pub(crate) struct Payloads {
    /// The first one, until it is taken.
    first: Option<Bytes>,
    later: mpsc::Receiver<Result<Bytes, Refusal>>,
    ended: bool,
    _execution: AbortOnDropHandle<()>,
}

impl Payloads {
    /// The next payload; `None` after the last. Where the execution broke down the last one says so, that nobody waits for more.
    pub(crate) async fn next(&mut self) -> Option<Bytes> {
        if self.ended {
            return None;
        }
        let payload = match self.first.take() {
            Some(first) => Some(first),
            None => self.later.recv().await.and_then(Result::ok),
        };
        let payload = payload.unwrap_or(Bytes::from_static(BROKEN));
        self.ended = is_last(&payload);
        Some(payload)
    }

    /// Whether the last payload was taken.
    pub(super) fn has_ended(&self) -> bool {
        self.ended
    }
}

/// Begins the execution, and waits for the first part: what is refused until then is answered as ever.
pub(super) async fn execute(
    asked: Asked,
    deferred: Deferred,
    admitted: Admitted,
) -> Result<Payloads, Refusal> {
    // A place for each part there can be, so that handing one over never waits.
    let (sender, mut later) = mpsc::channel(deferred.groups.len());
    let execution = tokio::spawn(run(asked, deferred, admitted, sender).in_current_span());
    let execution = AbortOnDropHandle::new(execution);
    // Without a word it can end by a fault of ours alone.
    let first = later.recv().await.ok_or_else(|| Refusal::internal("Something went wrong here."))??;
    Ok(Payloads { first: Some(first), later, ended: false, _execution: execution })
}

async fn run(
    asked: Asked,
    deferred: Deferred,
    admitted: Admitted,
    sender: mpsc::Sender<Result<Bytes, Refusal>>,
) {
    let Asked { state, graph, operation, variables, client } = &asked;
    let introspected = match graph.preparation.introspect(graph, operation, variables).await {
        Ok(introspected) => introspected,
        Err(refusal) => return drop(sender.try_send(Err(refusal))),
    };
    let door = |subgraph: &str| door(state, graph, client, subgraph);
    let execution = Execution {
        plan: &operation.plan,
        fetches: &operation.fetches,
        variables,
        errors: &state.config.errors,
        door: &door,
        deadline: admitted.deadline,
        event: None,
    };
    let introspection = Introspection { texts: &introspected.texts, errors: &introspected.errors };
    let longest = state.config.limits.answer_bytes;
    let hand_over = |part: Part, more: bool| {
        let payload = match part {
            Part::First(Ok((data, errors))) => Ok(write_initial(&data, errors, more, &client.id)),
            Part::First(Err(refusal)) => Err(refusal),
            Part::Later(increments) => Ok(write_increments(increments, more, &client.id)),
        };
        // Where nobody listens, this is about to be ended.
        let _ = sender.try_send(payload.map(Bytes::from));
    };
    run_in_parts(&execution, &deferred, introspection, longest, hand_over).await;
}
