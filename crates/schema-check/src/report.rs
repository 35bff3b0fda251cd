//! What came of a check.

use serde::Serialize;

use crate::authorization::AuthorizationChange;
use crate::change::{Change, Criticality};
use crate::operations::{InvalidDocument, PlanChange};

/// Everything that a check found. `Display` writes it for people, `serde` for programs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// What composing the proposed supergraph found suspicious; filled in by whoever composed it.
    pub hints: Vec<String>,
    /// Why the gateway of this version would not serve the proposed supergraph; `None` where it would.
    pub refusal: Option<Refusal>,
    /// Differences of the API schemas, the worst first.
    pub changes: Vec<Change>,
    /// Types and fields that other callers may see than before. They never make a check fail: whether they are meant is for a
    /// person to say.
    pub authorization: Vec<AuthorizationChange>,
    /// What happens to the recorded operations; `None` where none were given.
    pub operations: Option<Operations>,
}

/// A gateway must refuse what it cannot enforce.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Refusal {
    /// In the words of the gateway.
    pub reason: String,
    /// Whether the published supergraph is not refused. Where it is too, another gateway must be serving it.
    pub is_new: bool,
}

/// What happens to the recorded operations.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Operations {
    /// How many are valid against the published schema; only these count.
    pub checked: usize,
    /// Documents that the published schema refuses already. Nothing can be told of them.
    pub invalid_before: Vec<InvalidDocument>,
    /// Documents that the proposed schema would refuse.
    pub no_longer_valid: Vec<InvalidDocument>,
    /// Operations whose plan would cost something else.
    pub plans: Vec<PlanChange>,
}

impl Report {
    /// Whether clients would be broken.
    pub fn is_breaking(&self) -> bool {
        self.refusal.as_ref().is_some_and(|refusal| refusal.is_new)
            || self.changes.iter().any(Change::breaks_clients)
            || self.operations.as_ref().is_some_and(|operations| {
                !operations.no_longer_valid.is_empty()
                    || operations.plans.iter().any(PlanChange::breaks_clients)
            })
    }

    /// The changes of one criticality.
    pub(crate) fn of(&self, criticality: Criticality) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(move |change| change.criticality == criticality)
    }
}
