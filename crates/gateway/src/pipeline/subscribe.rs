//! Subscriptions: a source of events at one subgraph, and for each event an answer with entities of the others.

mod feed;

use std::sync::Arc;

use http::StatusCode;
use planner::Fetch;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;
use wire::{Events, TransportError};

use super::Outcome;
use super::execute::{Asked, door, execute};
use crate::config::SubscriptionsConfig;
use crate::error::{Code, Refusal};
use crate::execute::PreparedFetch;

pub(crate) use feed::Feed;

/// The places for subscriptions and WebSocket connections.
pub(crate) struct Subscriptions {
    places: Arc<Semaphore>,
    sockets: Arc<Semaphore>,
    open: TaskTracker,
}

/// The place of an open WebSocket connection, free again when this is dropped.
pub(crate) struct SocketPlace {
    _place: OwnedSemaphorePermit,
    _open: TaskTrackerToken,
}

impl Subscriptions {
    pub(crate) fn new(config: &SubscriptionsConfig) -> Self {
        let places = |count: usize| Arc::new(Semaphore::new(count.min(Semaphore::MAX_PERMITS)));
        let open = TaskTracker::new();
        // Nothing is added by the tracker itself; it may be waited for at any time.
        open.close();
        Self { places: places(config.total), sockets: places(config.connections), open }
    }

    /// Lets a WebSocket connection in, or refuses it at once.
    pub(crate) fn admit_socket(&self) -> Result<SocketPlace, Refusal> {
        let place = self.sockets.clone().try_acquire_owned();
        let place = place.map_err(|_| overloaded("Too many connections are open; try again in a moment."))?;
        Ok(SocketPlace { _place: place, _open: self.open.token() })
    }

    /// Ends when no WebSocket connection is open any more.
    pub(crate) async fn sockets_closed(&self) {
        self.open.wait().await;
    }

    fn admit(&self) -> Result<OwnedSemaphorePermit, Refusal> {
        let place = self.places.clone().try_acquire_owned();
        place.map_err(|_| overloaded("Too many subscriptions are under way; try again in a moment."))
    }
}

fn overloaded(message: &str) -> Refusal {
    Refusal {
        header: Some((http::header::RETRY_AFTER, "1".to_owned())),
        ..Refusal::request(StatusCode::SERVICE_UNAVAILABLE, Code::Overloaded, message)
    }
}

/// Begins a subscription. A subgraph that does not take part is told of as in the answer to a query.
pub(super) async fn subscribe(asked: Asked, deadline: Instant) -> Result<Outcome, Refusal> {
    let place = asked.state.subscriptions.admit()?;
    if asked.state.draining.has_begun() {
        return Err(Refusal::request(
            StatusCode::SERVICE_UNAVAILABLE,
            Code::ShuttingDown,
            "This gateway is about to end; subscribe again.",
        ));
    }
    match source(&asked, deadline).await {
        Ok(source) => Ok(Outcome::Feed(Feed::begin(asked, source, place))),
        Err(error) => execute(&asked, Some(&Err(error)), deadline).await.map(Outcome::Answer),
    }
}

/// The events of the subgraph that has the root field.
async fn source(asked: &Asked, deadline: Instant) -> Result<Events, TransportError> {
    let Asked { state, graph, operation, variables, client } = asked;
    let root: Option<(&Fetch, &PreparedFetch)> =
        operation.plan.fetches.first().zip(operation.fetches.first());
    let unknown = || TransportError::Unreachable("no such subgraph is configured".to_owned());
    let (fetch, prepared) = root.ok_or_else(unknown)?;
    if !variables.satisfy(&fetch.condition) {
        // Nothing is selected, so that nothing happens.
        return Ok(Box::pin(futures::stream::empty()));
    }
    let (transport, mut headers) = door(state, graph, client, &fetch.subgraph).ok_or_else(unknown)?;
    telemetry::inject(&tracing::Span::current(), &mut headers);
    let body = prepared.root_body(fetch, variables);
    transport.subscribe(wire::Request { headers, body, deadline: Some(deadline) }).await
}
