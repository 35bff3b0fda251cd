use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::{FutureExt as _, StreamExt as _};
use wire::{Events, Request, Response, Subgraph, TransportError};

/// A subgraph in this process, held to the same deadline and length as one behind HTTP; its panic is no more than its absence.
pub(crate) struct InProcess {
    subgraph: Arc<dyn Subgraph>,
    timeout: Duration,
    largest_response: usize,
}

impl InProcess {
    pub(crate) fn new(subgraph: Arc<dyn Subgraph>, timeout: Duration, largest_response: usize) -> Self {
        Self { subgraph, timeout, largest_response }
    }

    async fn exchange(&self, request: Request) -> Result<Response, TransportError> {
        let answer = AssertUnwindSafe(self.subgraph.call(request)).catch_unwind().await;
        let response = answer.unwrap_or_else(|_| Err(panicked()))?;
        if response.body.len() > self.largest_response {
            return Err(TransportError::TooLarge { limit: self.largest_response });
        }
        Ok(response)
    }
}

#[async_trait]
impl Subgraph for InProcess {
    async fn call(&self, request: Request) -> Result<Response, TransportError> {
        let patience = request.time_left().map_or(self.timeout, |left| left.min(self.timeout));
        tokio::time::timeout(patience, self.exchange(request))
            .await
            .unwrap_or(Err(TransportError::DeadlineExceeded))
    }

    async fn subscribe(&self, request: Request) -> Result<Events, TransportError> {
        let patience = request.time_left().map_or(self.timeout, |left| left.min(self.timeout));
        let begun = AssertUnwindSafe(self.subgraph.subscribe(request)).catch_unwind();
        let events = tokio::time::timeout(patience, begun)
            .await
            .map_err(|_| TransportError::DeadlineExceeded)?
            .unwrap_or_else(|_| Err(panicked()))?;
        let limit = self.largest_response;
        let bounded = AssertUnwindSafe(events).catch_unwind().map(move |event| match event {
            Ok(Ok(body)) if body.len() > limit => Err(TransportError::TooLarge { limit }),
            Ok(event) => event,
            Err(_) => Err(panicked()),
        });
        Ok(bounded.boxed())
    }
}

fn panicked() -> TransportError {
    tracing::error!("a subgraph of this process panicked");
    TransportError::Unreachable("it panicked".to_owned())
}
