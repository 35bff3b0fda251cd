//! How much is let in at a time, and for how long.

use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use http::header::RETRY_AFTER;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use crate::config::LimitsConfig;
use crate::error::{Code, Refusal};

/// The places for requests under way.
pub(crate) struct Admission {
    places: Arc<Semaphore>,
    timeout: Duration,
}

/// A request that was let in; its place is free again when this is dropped.
#[derive(Clone)]
pub(crate) struct Admitted {
    /// Shared with what goes on after the beginning of the answer.
    _place: Arc<OwnedSemaphorePermit>,
    /// When nobody waits for the answer any more.
    pub(crate) deadline: Instant,
}

impl Admission {
    pub(crate) fn new(limits: &LimitsConfig) -> Self {
        Self {
            places: Arc::new(Semaphore::new(limits.concurrent_requests.min(Semaphore::MAX_PERMITS))),
            timeout: Duration::from_millis(limits.timeout_ms),
        }
    }

    /// Lets a request in, or refuses it at once: a queue would only make all of them late.
    pub(crate) fn admit(&self) -> Result<Admitted, Refusal> {
        let place = self.places.clone().try_acquire_owned().map_err(|_| {
            let message = "Too many requests are under way; try again in a moment.";
            Refusal {
                header: Some((RETRY_AFTER, "1".to_owned())),
                ..Refusal::request(StatusCode::SERVICE_UNAVAILABLE, Code::Overloaded, message)
            }
        })?;
        Ok(Admitted { _place: Arc::new(place), deadline: Instant::now() + self.timeout })
    }

    /// Lets the event of a subscription in, as soon as there is a place: the client was promised it.
    pub(crate) async fn admit_event(&self) -> Result<Admitted, Refusal> {
        let place = self.places.clone().acquire_owned().await;
        // The semaphore is never closed.
        let place = place.map_err(|_| Refusal::internal("The event could not be let in."))?;
        Ok(Admitted { _place: Arc::new(place), deadline: Instant::now() + self.timeout })
    }
}

impl Admitted {
    /// The work's outcome, or a refusal when the deadline passes first.
    pub(crate) async fn in_time<T>(
        &self,
        work: impl Future<Output = Result<T, Refusal>>,
    ) -> Result<T, Refusal> {
        tokio::time::timeout_at(self.deadline, work).await.unwrap_or_else(|_| {
            Err(Refusal::request(StatusCode::GATEWAY_TIMEOUT, Code::Timeout, "The request took too long."))
        })
    }
}
