use std::panic::AssertUnwindSafe;

use bytes::Bytes;
use futures::{FutureExt as _, StreamExt as _};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};
use tokio_util::task::AbortOnDropHandle;
use tracing::Instrument as _;
use wire::{Events, TransportError};

use crate::error::{Code, GraphqlError, Refusal};
use crate::pipeline::Lapse;
use crate::pipeline::execute::{Answered, Asked, execute};
use crate::pipeline::respond::{write_answer, write_errors};

/// The answers of a subscription, as a client may take them. Dropping it ends the subscription.
pub(crate) struct Feed {
    answers: mpsc::Receiver<Bytes>,
    /// Why it ended, where it did not end by itself.
    last: Option<oneshot::Receiver<Bytes>>,
    _pump: AbortOnDropHandle<()>,
    _place: OwnedSemaphorePermit,
}

impl Feed {
    pub(super) fn begin(asked: Asked, source: Events, place: OwnedSemaphorePermit) -> Self {
        let (sender, answers) = mpsc::channel(asked.state.config.subscriptions.queue.max(1));
        let (told, last) = oneshot::channel();
        let pump = tokio::spawn(pump(asked, source, sender, told).in_current_span());
        Self { answers, last: Some(last), _pump: AbortOnDropHandle::new(pump), _place: place }
    }

    /// The next answer, as JSON text; `None` at the end. Nothing is lost where this is not waited for to its end.
    pub(crate) async fn next(&mut self) -> Option<Bytes> {
        if let Some(answer) = self.answers.recv().await {
            return Some(answer);
        }
        self.last.take()?.try_recv().ok()
    }
}

/// How a subscription comes to its end.
enum Ending {
    /// The subgraph had no more to say, or said why it is lost; or nobody listens.
    Complete,
    TooSlow,
    Lapsed(Lapse),
    Stopping,
    Broken,
}

/// Answers each event in its turn. It does not wait for the client, so that what a slow one costs is bounded and is not the
/// subgraph's to bear.
async fn pump(asked: Asked, mut source: Events, sender: mpsc::Sender<Bytes>, told: oneshot::Sender<Bytes>) {
    let ending = tokio::select! {
        biased;
        () = asked.state.draining.begun() => Ending::Stopping,
        lapse = asked.client.identity.lapsed() => Ending::Lapsed(lapse),
        ending = AssertUnwindSafe(deliver(&asked, &mut source, &sender)).catch_unwind() => {
            ending.unwrap_or(Ending::Broken)
        }
    };
    if let Some(error) = ending.error() {
        let answered = Answered { data: b"null".to_vec(), errors: vec![error], explanation: None };
        // Where nobody listens there is nobody to be told.
        let _ = told.send(write_answer(answered, &asked.client.id).into());
    }
}

async fn deliver(asked: &Asked, source: &mut Events, sender: &mpsc::Sender<Bytes>) -> Ending {
    while let Some(event) = source.next().await {
        let span = tracing::info_span!("event", otel.kind = "consumer");
        let text = answer(asked, &event).instrument(span).await;
        match sender.try_send(text) {
            Ok(()) if event.is_err() => break,
            Ok(()) => {}
            Err(TrySendError::Full(_)) => return Ending::TooSlow,
            Err(TrySendError::Closed(_)) => break,
        }
    }
    Ending::Complete
}

/// The JSON text that answers one event.
async fn answer(asked: &Asked, event: &Result<Bytes, TransportError>) -> Bytes {
    let outcome = async {
        let admitted = asked.state.admission.admit_event().await?;
        admitted.in_time(execute(asked, Some(event), admitted.deadline)).await
    };
    let id = &asked.client.id;
    match outcome.await {
        Ok(answered) => write_answer(answered, id).into(),
        Err(Refusal { errors, .. }) => {
            let mut text = Vec::from(b"{\"errors\":");
            write_errors(&mut text, errors, id);
            text.push(b'}');
            text.into()
        }
    }
}

impl Ending {
    fn error(&self) -> Option<GraphqlError> {
        let (code, message) = match self {
            Self::Complete => return None,
            Self::TooSlow => (
                Code::SubscriptionTooSlow,
                "Events came faster than they were taken, and some are lost; subscribe again.",
            ),
            Self::Lapsed(lapse) => (Code::Unauthenticated, lapse.message()),
            Self::Stopping => (Code::ShuttingDown, "This gateway is about to end; subscribe again."),
            Self::Broken => {
                tracing::error!("answering an event panicked");
                (Code::Internal, "Something went wrong here.")
            }
        };
        Some(GraphqlError::new(code, message))
    }
}
