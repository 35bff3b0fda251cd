use std::collections::VecDeque;
use std::future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use tokio::time::{sleep, timeout_at};
use wire::{Request, Response, Subgraph, TransportError};

/// What goes wrong with a call.
#[derive(Debug, Clone)]
pub enum Fault {
    /// Nothing: the call goes through.
    None,
    /// No answer comes back, for this reason; the subgraph is not called.
    Fail(TransportError),
    /// The call goes through, but only after this time.
    Delay(Duration),
    /// No answer ever comes back, though the subgraph did what it was asked.
    Lose,
    /// The subgraph's answer, with this body in the place of its own.
    Garble(Bytes),
    /// The subgraph's answer, with no more than these first bytes of its body.
    Truncate(usize),
}

/// A subgraph that goes wrong by script.
///
/// Each call takes the next fault of the script; when that has run out, the last rule holds (nothing goes wrong, at
/// first). As with a real transport, the deadline ends every wait.
pub struct Faulty {
    inner: Arc<dyn Subgraph>,
    state: Mutex<State>,
}

struct State {
    script: VecDeque<Fault>,
    rule: Fault,
    requests: Vec<Request>,
}

impl Faulty {
    /// `inner`, with nothing wrong yet.
    pub fn new(inner: Arc<dyn Subgraph>) -> Self {
        let state = State { script: VecDeque::new(), rule: Fault::None, requests: Vec::new() };
        Self { inner, state: Mutex::new(state) }
    }

    /// Adds faults to the script, one for each call to come.
    pub fn script(&self, faults: impl IntoIterator<Item = Fault>) {
        self.state().script.extend(faults);
    }

    /// Sets what goes wrong with every call that the script says nothing about.
    pub fn always(&self, fault: Fault) {
        self.state().rule = fault;
    }

    /// The calls so far, those that failed among them.
    pub fn requests(&self) -> Vec<Request> {
        self.state().requests.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next_fault(&self, request: &Request) -> Fault {
        let mut state = self.state();
        state.requests.push(request.clone());
        state.script.pop_front().unwrap_or_else(|| state.rule.clone())
    }

    async fn call_with(&self, request: Request, fault: Fault) -> Result<Response, TransportError> {
        match fault {
            Fault::None => self.inner.call(request).await,
            Fault::Fail(error) => Err(error),
            Fault::Delay(delay) => {
                sleep(delay).await;
                self.inner.call(request).await
            }
            Fault::Lose => {
                let _ = self.inner.call(request).await;
                future::pending().await
            }
            Fault::Garble(body) => Ok(Response { body, ..self.inner.call(request).await? }),
            Fault::Truncate(length) => {
                let mut response = self.inner.call(request).await?;
                response.body.truncate(length);
                Ok(response)
            }
        }
    }
}

#[async_trait]
impl Subgraph for Faulty {
    async fn call(&self, request: Request) -> Result<Response, TransportError> {
        let fault = self.next_fault(&request);
        match request.deadline {
            None => self.call_with(request, fault).await,
            Some(deadline) => timeout_at(deadline, self.call_with(request, fault))
                .await
                .unwrap_or(Err(TransportError::DeadlineExceeded)),
        }
    }
}
