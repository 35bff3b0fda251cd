//! Progressive `@override`: which labels are active for a request (decision 0008).

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::config::OverrideConfig;

/// Draws a number from 0 up to, and without, 1.
pub(crate) type Draw = Arc<dyn Fn() -> f64 + Send + Sync>;

/// When each label of a supergraph is active.
pub(crate) struct Overrides {
    always: BTreeSet<String>,
    /// The share of requests for which a label is active, where that is neither none nor all.
    shares: HashMap<String, f64>,
    draw: Draw,
}

/// What is decided for one request.
#[derive(Clone, Copy)]
pub(crate) struct Decision<'a> {
    shares: &'a HashMap<String, f64>,
    drawn: f64,
}

impl Overrides {
    /// Settles the labels of a supergraph. What is configured goes before the percentage in a label's own name; a label of
    /// which nothing is said is not active.
    pub(crate) fn new(
        labels: &BTreeSet<&str>,
        configured: &BTreeMap<String, OverrideConfig>,
        draw: Draw,
    ) -> Self {
        // No error: with the end of a migration its label leaves the supergraph, and the gateway must start all the same.
        for label in configured.keys().filter(|label| !labels.contains(label.as_str())) {
            tracing::warn!(label, "overrides names a label that no @override of the supergraph has");
        }
        let mut overrides = Self { always: BTreeSet::new(), shares: HashMap::new(), draw };
        for label in labels {
            let percentage = match configured.get(*label) {
                Some(OverrideConfig::Always(active)) => f64::from(u8::from(*active)) * 100.0,
                Some(OverrideConfig::Percentage(percentage)) => *percentage,
                None => named_percentage(label).unwrap_or(0.0),
            };
            tracing::info!(label, percentage, "a field moves between subgraphs (progressive @override)");
            if percentage >= 100.0 {
                overrides.always.insert((*label).to_owned());
            } else if percentage > 0.0 {
                overrides.shares.insert((*label).to_owned(), percentage / 100.0);
            }
        }
        overrides
    }

    /// The labels that are active for all requests.
    pub(crate) fn always(&self) -> &BTreeSet<String> {
        &self.always
    }

    /// Decides for a request, by one draw for all labels.
    pub(crate) fn decide(&self) -> Decision<'_> {
        let drawn = if self.shares.is_empty() { 1.0 } else { (self.draw)() };
        Decision { shares: &self.shares, drawn }
    }
}

impl Decision<'_> {
    /// Whether a label that is not active for all requests is active for this one.
    pub(crate) fn is_active(self, label: &str) -> bool {
        self.shares.get(label).is_some_and(|share| self.drawn < *share)
    }
}

/// The number in `percent(N)`.
fn named_percentage(label: &str) -> Option<f64> {
    let number = label.strip_prefix("percent(")?.strip_suffix(')')?.parse().ok()?;
    (0.0..=100.0).contains(&number).then_some(number)
}
