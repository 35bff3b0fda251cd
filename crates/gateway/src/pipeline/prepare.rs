//! Text to plan: parsed, validated and planned once, then found in the cache.

mod limits;
mod operation;
mod variables;

use std::sync::Arc;

use quick_cache::sync::Cache;
use quick_cache::{Equivalent, Weighter};

use super::read::Read;
use crate::config::{LimitsConfig, PreparedConfig};
use crate::error::Refusal;
use crate::gateway::Graph;

pub(crate) use operation::Operation;

/// What an operation of usual size weighs, in bytes: from it the cache guesses how many it will hold.
const USUAL_WEIGHT: u64 = 16 * 1024;

/// The whole text stands in the key: equal hashes of different texts are no danger.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    text: Box<str>,
    name: Option<Box<str>>,
}

/// A key that is not owned. Its hash is that of [`Key`].
#[derive(Hash)]
struct Asked<'a> {
    text: &'a str,
    name: Option<&'a str>,
}

impl Equivalent<Key> for Asked<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        self.text == &*key.text && self.name == key.name.as_deref()
    }
}

#[derive(Clone)]
struct ByMemory;

impl Weighter<Key, Arc<Operation>> for ByMemory {
    fn weight(&self, key: &Key, operation: &Arc<Operation>) -> u64 {
        operation.weight(&key.text)
    }
}

/// The prepared operations of one supergraph.
pub(crate) struct Preparation {
    cache: Cache<Key, Arc<Operation>, ByMemory>,
    limits: LimitsConfig,
}

impl Preparation {
    pub(crate) fn new(prepared: &PreparedConfig, limits: LimitsConfig) -> Self {
        let usual = usize::try_from(prepared.cache_bytes / USUAL_WEIGHT).unwrap_or(usize::MAX).max(16);
        Self { cache: Cache::with_weighter(usual, prepared.cache_bytes, ByMemory), limits }
    }

    /// The operation, ready to be executed. However many ask for a new one at once, one of them prepares it.
    pub(crate) async fn prepare(&self, graph: &Arc<Graph>, read: &Read) -> Result<Arc<Operation>, Refusal> {
        let asked = Asked { text: &read.query, name: read.operation_name.as_deref() };
        if let Some(operation) = self.cache.get(&asked) {
            return Ok(operation);
        }
        let key = Key { text: asked.text.into(), name: asked.name.map(Into::into) };
        match self.cache.get_value_or_guard_async(&key).await {
            Ok(operation) => Ok(operation),
            Err(guard) => {
                let (graph, limits) = (graph.clone(), self.limits.clone());
                let (text, name) = (read.query.clone(), read.operation_name.clone());
                // Planning is work for a processor, not for the threads that wait for others.
                let span = tracing::info_span!("prepare");
                let prepared = tokio::task::spawn_blocking(move || {
                    span.in_scope(|| Operation::prepare(&graph, &limits, &text, name.as_deref()))
                });
                let prepared = prepared.await.map_err(|error| {
                    tracing::error!(%error, "preparing an operation failed");
                    Refusal::internal("The operation could not be prepared.")
                })??;
                let prepared = Arc::new(prepared);
                // Lost only if the entry was dropped meanwhile.
                let _ = guard.insert(prepared.clone());
                Ok(prepared)
            }
        }
    }
}
