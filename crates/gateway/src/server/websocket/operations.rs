use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use bytes::Bytes;
use futures::FutureExt as _;
use http::HeaderMap;
use telemetry::RequestId;
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;
use tracing::Instrument as _;

use crate::error::{Code, GraphqlError, Refusal};
use crate::gateway::State;
use crate::pipeline::{self, Client, Identity, Outcome, Read, write_answer, write_errors};
use crate::server::request_span;

/// What is to be told of an operation.
pub(super) enum News {
    Next(Bytes),
    /// It was not executed: the JSON list of errors. Nothing comes after it.
    Error(Bytes),
    Complete,
}

/// News, with the operation that it is about.
pub(super) struct Update {
    /// Ids come again; numbers don't. A client that ended an operation and began another under its id is told no old news.
    number: u64,
    pub(super) id: String,
    pub(super) news: News,
}

/// An operation under way, which ends when this is dropped.
struct Operation {
    number: u64,
    _work: AbortOnDropHandle<()>,
}

/// The operations of a connection.
pub(super) struct Operations {
    state: Arc<State>,
    under_way: HashMap<String, Operation>,
    begun: u64,
    sender: mpsc::Sender<Update>,
    updates: mpsc::Receiver<Update>,
}

impl Operations {
    pub(super) fn new(state: Arc<State>) -> Self {
        // One at a time: what waits for a slow client waits where its queue is bounded.
        let (sender, updates) = mpsc::channel(1);
        Self { state, under_way: HashMap::new(), begun: 0, sender, updates }
    }

    /// Whether there is an operation of that id.
    pub(super) fn has(&self, id: &str) -> bool {
        self.under_way.contains_key(id)
    }

    /// Begins an operation; the errors where there are too many.
    pub(super) fn begin(
        &mut self,
        id: String,
        read: Read,
        headers: Arc<HeaderMap>,
        identity: Identity,
    ) -> Result<(), Bytes> {
        let request = RequestId::random();
        let most = self.state.config.subscriptions.per_connection;
        if self.under_way.len() >= most {
            let message = format!("This connection has {most} operations under way already.");
            return Err(list(vec![GraphqlError::new(Code::TooManySubscriptions, message)], &request));
        }
        let span = request_span(&headers, &request);
        if let Some(caller) = &identity.caller {
            span.record("tenant", tracing::field::display(caller.tenant));
        }
        self.begun += 1;
        let teller = Teller { number: self.begun, id: id.clone(), sender: self.sender.clone() };
        let client = Client { identity, headers, id: request };
        let work = work(self.state.clone(), read, client, teller).instrument(span);
        let work = AbortOnDropHandle::new(tokio::spawn(work));
        self.under_way.insert(id, Operation { number: self.begun, _work: work });
        Ok(())
    }

    /// Ends an operation that the client wants no more of.
    pub(super) fn end(&mut self, id: &str) {
        self.under_way.remove(id);
    }

    /// The next news of an operation that is under way. It never ends.
    pub(super) async fn next(&mut self) -> Update {
        loop {
            let Some(update) = self.updates.recv().await else { return std::future::pending().await };
            let known = self.under_way.get(&update.id).is_some_and(|one| one.number == update.number);
            if !known {
                continue;
            }
            if !matches!(update.news, News::Next(_)) {
                self.under_way.remove(&update.id);
            }
            return update;
        }
    }
}

/// Tells the connection of one operation.
struct Teller {
    number: u64,
    id: String,
    sender: mpsc::Sender<Update>,
}

impl Teller {
    /// Waits until the connection takes it. Where that has ended, so does the operation in a moment.
    async fn tell(&self, news: News) {
        let _ = self.sender.send(Update { number: self.number, id: self.id.clone(), news }).await;
    }
}

/// Runs an operation to its end, whatever happens.
async fn work(state: Arc<State>, read: Read, client: Client, teller: Teller) {
    let id = client.id.clone();
    let outcome = AssertUnwindSafe(pipeline::answer_message(&state, &read, client)).catch_unwind().await;
    let outcome = outcome.unwrap_or_else(|_| {
        tracing::error!("answering an operation panicked");
        Err(Refusal::internal("Something went wrong here."))
    });
    tracing::info!(executed = outcome.is_ok(), "answered");
    match outcome {
        Ok(Outcome::Answer(answered)) => teller.tell(News::Next(write_answer(answered, &id).into())).await,
        Ok(Outcome::Feed(mut feed)) => {
            while let Some(answer) = feed.next().await {
                teller.tell(News::Next(answer)).await;
            }
        }
        Ok(Outcome::Parts(mut payloads)) => {
            while let Some(payload) = payloads.next().await {
                teller.tell(News::Next(payload)).await;
            }
        }
        Err(Refusal { errors, .. }) => return teller.tell(News::Error(list(errors, &id))).await,
    }
    teller.tell(News::Complete).await;
}

fn list(errors: Vec<GraphqlError>, id: &RequestId) -> Bytes {
    let mut text = Vec::new();
    write_errors(&mut text, errors, id);
    text.into()
}
