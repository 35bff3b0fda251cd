use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::error::Refusal;

/// The processors, for work that keeps one busy: no more of it at a time than there are processors.
///
/// Such work can't be broken off. It keeps its place to its end, whether or not somebody still waits for it: requests
/// that were given up must not let ever more of it begin.
pub(super) struct Processors(Arc<Semaphore>);

impl Processors {
    /// That many places.
    pub(super) fn new(count: usize) -> Self {
        Self(Arc::new(Semaphore::new(count.clamp(1, Semaphore::MAX_PERMITS))))
    }

    /// As many as this machine lets us use.
    pub(super) fn available() -> Self {
        Self::new(std::thread::available_parallelism().map_or(1, usize::from))
    }

    /// Does the work on a thread that may be kept busy.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        // The semaphore is never closed.
        let place = self.0.clone().acquire_owned().await.map_err(|_| failed())?;
        let done = tokio::task::spawn_blocking(move || {
            let _place = place;
            work()
        });
        done.await.map_err(|error| {
            tracing::error!(%error, "preparing an operation failed");
            failed()
        })
    }
}

fn failed() -> Refusal {
    Refusal::internal("The operation could not be prepared.")
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use futures::FutureExt as _;
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn work_that_nobody_waits_for_keeps_its_place_to_its_end() {
        let processors = Processors::new(1);
        let (begun, is_begun) = oneshot::channel();
        let (end, may_end) = mpsc::channel::<()>();
        {
            let first = processors.run(move || {
                let _ = begun.send(());
                let _ = may_end.recv();
            });
            let mut first = std::pin::pin!(first);
            assert!(first.as_mut().now_or_never().is_none());
            is_begun.await.unwrap();
        }
        // The first was given up, and its work goes on.
        assert_eq!(processors.0.available_permits(), 0);
        let mut second = std::pin::pin!(processors.run(|| 2));
        assert!(second.as_mut().now_or_never().is_none());
        end.send(()).unwrap();
        assert_eq!(second.await, Ok(2));
    }

    #[tokio::test]
    async fn work_that_panics_gives_its_place_back() {
        let processors = Processors::new(1);
        assert!(processors.run(|| panic!("on purpose")).await.is_err());
        assert_eq!(processors.run(|| 2).await, Ok(2));
    }
}
