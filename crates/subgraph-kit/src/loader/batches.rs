use std::collections::HashMap;
use std::future::poll_fn;
use std::hash::Hash;
use std::mem;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use async_graphql::dataloader::{DataLoader, HashMapCache, Loader};
use futures::StreamExt as _;
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use futures::task::AtomicWaker;
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
    let pause = Arc::new(Pause::default());
    let waker = Waker::from(pause.clone());
    poll_fn(move |context| {
        pause.outer.register(context.waker());
        loop {
            while let Poll::Ready(Some(())) = running.poll_next_unpin(context) {}
            pause.asked.store(false, Ordering::Relaxed);
            if let Poll::Ready(done) = request.as_mut().poll(&mut Context::from_waker(&waker)) {
                return Poll::Ready(done);
            }
            // What only made a pause has not come to all its resolvers yet, and the executor has been told to come
            // back. One level after the other: what waits for two batches must not be split by which ends first.
            if pause.asked.load(Ordering::Relaxed) || !running.is_empty() {
                return Poll::Pending;
            }
            running.extend(batches.take());
            if running.is_empty() {
                return Poll::Pending;
            }
        }
    })
    .await
}

/// Tells a request that waits from one that only lets others go first: that one wakes itself.
#[derive(Default)]
struct Pause {
    asked: AtomicBool,
    outer: AtomicWaker,
}

impl Wake for Pause {
    fn wake(self: Arc<Self>) {
        self.asked.store(true, Ordering::Relaxed);
        self.outer.wake();
    }
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
