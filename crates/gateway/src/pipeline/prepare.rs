//! Text to plan: parsed, validated and planned once, then found in the cache.

mod introspection;
mod limits;
mod nulls;
mod operation;
mod processors;
mod variables;
mod weight;

use std::collections::BTreeSet;
use std::sync::Arc;

use quick_cache::sync::Cache;
use quick_cache::{Equivalent, Weighter};

use super::read::Read;
use crate::config::{LimitsConfig, PreparedConfig};
use crate::error::Refusal;
use crate::execute::Variables;
use crate::gateway::Graph;
use processors::Processors;

pub(crate) use introspection::Introspected;
pub(crate) use operation::{Operation, Way};

/// What an operation of usual size weighs, in bytes: from it the cache guesses how many it will hold.
const USUAL_WEIGHT: u64 = 16 * 1024;

/// The whole text stands in the key: equal hashes of different texts are no danger. So do the labels of progressive `@override`s
/// that are active, beyond those that are for all requests, as far as a plan of the text depends on them.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    text: Box<str>,
    name: Option<Box<str>>,
    active: BTreeSet<String>,
}

/// A key that is not owned. Its hash is that of [`Key`].
#[derive(Hash)]
struct Asked<'a> {
    text: &'a str,
    name: Option<&'a str>,
    active: &'a BTreeSet<String>,
}

impl Equivalent<Key> for Asked<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        self.text == &*key.text && self.name == key.name.as_deref() && *self.active == key.active
    }
}

/// A text's operation, or what is wrong with the text: either is the same however often it is asked for.
type Prepared = Result<Arc<Operation>, Arc<Refusal>>;

#[derive(Clone)]
struct ByMemory;

impl Weighter<Key, Prepared> for ByMemory {
    fn weight(&self, key: &Key, prepared: &Prepared) -> u64 {
        let name = key.name.as_deref().map_or(0, str::len);
        let labels: usize = key.active.iter().map(|label| size_of::<String>() + label.len()).sum();
        let own = u64::try_from(key.text.len() + name + labels).unwrap_or(u64::MAX);
        let prepared = match prepared {
            Ok(operation) => operation.weight(),
            Err(refusal) => u64::try_from(weight::of_refusal(refusal)).unwrap_or(u64::MAX),
        };
        prepared.saturating_add(own)
    }
}

/// The prepared operations of one supergraph.
pub(crate) struct Preparation {
    cache: Cache<Key, Prepared, ByMemory>,
    limits: LimitsConfig,
    processors: Processors,
}

impl Preparation {
    pub(crate) fn new(prepared: &PreparedConfig, limits: LimitsConfig) -> Self {
        let usual = usize::try_from(prepared.cache_bytes / USUAL_WEIGHT).unwrap_or(usize::MAX).max(16);
        Self {
            cache: Cache::with_weighter(usual, prepared.cache_bytes, ByMemory),
            limits,
            processors: Processors::available(),
        }
    }

    /// The operation, ready to be executed. However many ask for a new one at once, one of them prepares it.
    ///
    /// A plan tells which labels it depends on. It is looked for with none of them active, then with those of them that are
    /// active for this request: what depends on no label has one plan, whatever is decided.
    pub(crate) async fn prepare(&self, graph: &Arc<Graph>, read: &Read) -> Result<Arc<Operation>, Refusal> {
        limits::check_name(read.operation_name.as_deref())?;
        let decision = graph.overrides.decide();
        let mut active = BTreeSet::new();
        loop {
            let asked = Asked { text: &read.query, name: read.operation_name.as_deref(), active: &active };
            let prepared = match self.cache.get(&asked) {
                Some(prepared) => prepared,
                None => self.prepare_once(graph, asked).await?,
            };
            let operation = prepared.map_err(Arc::unwrap_or_clone)?;
            let labels = operation.plan.labels.iter();
            let more = labels.filter(|(label, active)| !**active && decision.is_active(label));
            let more: Vec<String> = more.map(|(label, _)| label.clone()).collect();
            if more.is_empty() {
                return Ok(operation);
            }
            // Active ones are added and never taken away, so that this comes to an end.
            active.extend(more);
        }
    }

    /// What introspection says.
    pub(crate) async fn introspect(
        &self,
        graph: &Arc<Graph>,
        operation: &Arc<Operation>,
        variables: &Variables,
    ) -> Result<Arc<Introspected>, Refusal> {
        if let Some(introspected) = operation.introspected() {
            return Ok(introspected);
        }
        let (graph, operation, variables) = (graph.clone(), operation.clone(), variables.clone());
        self.processors.run(move || operation.introspect(&graph, &variables)).await?.map(Arc::new)
    }

    async fn prepare_once(&self, graph: &Arc<Graph>, asked: Asked<'_>) -> Result<Prepared, Refusal> {
        let key =
            Key { text: asked.text.into(), name: asked.name.map(Into::into), active: asked.active.clone() };
        let guard = match self.cache.get_value_or_guard_async(&key).await {
            Ok(prepared) => return Ok(prepared),
            Err(guard) => guard,
        };
        // Whoever had the guard before may have left while the work went on, and it may be done by now.
        if let Some(prepared) = self.cache.get(&key) {
            return Ok(prepared);
        }
        let graph = graph.clone();
        let span = tracing::info_span!("prepare");
        let work = move || {
            let prepared = span.in_scope(|| {
                let (name, limits) = (key.name.as_deref(), &graph.preparation.limits);
                Operation::prepare(&graph, limits, &key.text, name, &key.active)
            });
            let prepared = prepared.map(Arc::new).map_err(Arc::new);
            // Here and not by the guard alone: if nobody waits any more, it was not in vain.
            graph.preparation.cache.insert(key, prepared.clone());
            prepared
        };
        let prepared = self.processors.run(work).await?;
        // Those who wait for the guard get it; that its entry is filled already does not matter.
        let _ = guard.insert(prepared.clone());
        Ok(prepared)
    }
}
