use std::collections::HashMap;
use std::future::poll_fn;
use std::hash::Hash;
use std::mem;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, ready};
use std::time::Duration;

use async_graphql::dataloader::{DataLoader, HashMapCache, Loader};
use futures::StreamExt as _;
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use tracing::Instrument as _;

/// The most keys in one batch. With compound keys it stays below the number of values that SQLite binds.
const MOST_KEYS: usize = 10_000;

/// A loader of one request: batches keys, and remembers what it has loaded.
pub type RequestLoader<L> = DataLoader<Traced<L>, HashMapCache>;

/// The batches of one request.
///
/// A batch is not sent after some time, as the DataLoader default is, but when the request can do nothing else: all
/// resolvers that could run have run and wait. So what belongs together is always together, however loaded the
/// machine is, and no time is lost. The batches run within the request's own task: they end with it, and their
/// spans are within its span.
#[derive(Clone, Default)]
pub struct Batches {
    waiting: Arc<Mutex<Vec<BoxFuture<'static, ()>>>>,
}

impl Batches {
    /// A loader for this request. `name` is shown in traces.
    pub fn loader<L>(&self, name: &'static str, loader: L) -> RequestLoader<L> {
        let batches = self.clone();
        let spawn = move |batch| {
            batches.waiting.lock().unwrap_or_else(PoisonError::into_inner).push(batch);
        };
        DataLoader::with_cache(Traced { name, loader }, spawn, HashMapCache::default())
            .delay(Duration::ZERO)
            .max_batch_size(MOST_KEYS)
    }

    fn take(&self) -> Vec<BoxFuture<'static, ()>> {
        mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Runs a request, and its batches whenever the request itself has to wait for them.
pub(crate) async fn drive<T>(batches: &Batches, request: impl Future<Output = T>) -> T {
    let mut request = pin!(request);
    let mut running = FuturesUnordered::new();
    poll_fn(move |context| {
        loop {
            if let Poll::Ready(done) = request.as_mut().poll(context) {
                return Poll::Ready(done);
            }
            // One level after the other: what waits for two batches must not be split by which ends first.
            if running.is_empty() {
                running.extend(batches.take());
                if running.is_empty() {
                    return Poll::Pending;
                }
            }
            while ready!(running.poll_next_unpin(context)).is_some() {}
        }
    })
    .await
}

/// A loader that opens a span for each batch.
pub struct Traced<L> {
    name: &'static str,
    loader: L,
}

impl<K, L> Loader<K> for Traced<L>
where
    K: Send + Sync + Hash + Eq + Clone + 'static,
    L: Loader<K>,
{
    type Value = L::Value;
    type Error = L::Error;

    async fn load(&self, keys: &[K]) -> Result<HashMap<K, Self::Value>, Self::Error> {
        let span = tracing::info_span!("loader.batch", loader = self.name, keys = keys.len());
        self.loader.load(keys).instrument(span).await
    }
}
