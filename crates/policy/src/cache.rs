//! Decisions that were made a moment ago.

use std::collections::BTreeSet;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use auth::{Caller, Role, TenantId, UserId};
use chrono::{DateTime, TimeDelta, Utc};
use quick_cache::Equivalent;
use quick_cache::sync::Cache;

use crate::decision::Decision;
use crate::question::{Attributes, Question, Resource};

/// Everything that decides. A Caller with other roles, or of another tenant, has other keys: no decision outlives a change
/// of roles. The scopes are not in it, for no policy reads them.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Key {
    tenant: TenantId,
    subject: UserId,
    roles: BTreeSet<Role>,
    action: Box<str>,
    resource: Resource,
    context: Attributes,
}

/// A [`Key`] that nothing was copied for.
struct Lookup<'a>(Question<'a>);

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.tenant, self.subject, &self.roles, &*self.action, &self.resource, &self.context).hash(state);
    }
}

impl Hash for Lookup<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Question { caller: Caller { subject, tenant, roles, .. }, action, resource, context } = self.0;
        (tenant, subject, roles, action, resource, context).hash(state);
    }
}

impl Equivalent<Key> for Lookup<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        let Question { caller: Caller { subject, tenant, roles, .. }, action, resource, context } = self.0;
        key.tenant == *tenant
            && key.subject == *subject
            && key.roles == *roles
            && *key.action == *action
            && key.resource == *resource
            && key.context == *context
    }
}

/// The decisions of one set of policies: with the set they go.
pub(crate) struct Decisions {
    kept: Cache<Key, (DateTime<Utc>, Arc<Decision>)>,
    time_to_live: TimeDelta,
}

impl Decisions {
    pub(crate) fn new(most: usize, time_to_live: TimeDelta) -> Self {
        Self { kept: Cache::new(most), time_to_live }
    }

    /// What was decided not too long ago.
    pub(crate) fn get(&self, question: Question<'_>, now: DateTime<Utc>) -> Option<Arc<Decision>> {
        let (decided, decision) = self.kept.get(&Lookup(question))?;
        // A clock that was set back makes no decision last.
        let age = now.signed_duration_since(decided);
        (age >= TimeDelta::zero() && age < self.time_to_live).then_some(decision)
    }

    pub(crate) fn keep(&self, question: Question<'_>, now: DateTime<Utc>, decision: Arc<Decision>) {
        if self.time_to_live <= TimeDelta::zero() {
            return;
        }
        let Question { caller, action, resource, context } = question;
        let key = Key {
            tenant: caller.tenant,
            subject: caller.subject,
            roles: caller.roles.clone(),
            action: action.into(),
            resource: resource.clone(),
            context: context.clone(),
        };
        self.kept.insert(key, (now, decision));
    }
}
