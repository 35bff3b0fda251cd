use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use wire::{Request, Response, Subgraph, TransportError};

/// A subgraph in this process, held to the same deadline as one behind HTTP.
pub(crate) struct InProcess {
    subgraph: Arc<dyn Subgraph>,
    timeout: Duration,
}

impl InProcess {
    pub(crate) fn new(subgraph: Arc<dyn Subgraph>, timeout: Duration) -> Self {
        Self { subgraph, timeout }
    }
}

#[async_trait]
impl Subgraph for InProcess {
    async fn call(&self, request: Request) -> Result<Response, TransportError> {
        let patience = request.time_left().map_or(self.timeout, |left| left.min(self.timeout));
        tokio::time::timeout(patience, self.subgraph.call(request))
            .await
            .unwrap_or(Err(TransportError::DeadlineExceeded))
    }
}
