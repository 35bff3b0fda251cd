//! What one type or field requires of callers.

use std::collections::BTreeSet;

use apollo_compiler::ast::{Directive, Value};

use super::names::Names;

/// Alternatives, each a set of which all are needed. Empty: nothing is required.
type Alternatives = BTreeSet<BTreeSet<String>>;

/// What is required of a caller: all three.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Requirement {
    authenticated: bool,
    scopes: Alternatives,
    policies: Alternatives,
}

impl Requirement {
    /// Whether every caller that fulfils this one fulfils `other`.
    pub(super) fn implies(&self, other: &Self) -> bool {
        let implies = |these: &Alternatives, those: &Alternatives| {
            those.is_empty()
                || (!these.is_empty()
                    && these.iter().all(|needed| those.iter().any(|enough| enough.is_subset(needed))))
        };
        // Scopes stand in a token, so who has some is authenticated.
        let authenticated = self.authenticated || !self.scopes.is_empty();
        (authenticated || !other.authenticated)
            && implies(&self.scopes, &other.scopes)
            && implies(&self.policies, &other.policies)
    }

    /// What the directives of a type or field require.
    pub(super) fn of<'a>(names: &Names, directives: impl Iterator<Item = &'a Directive>) -> Self {
        let mut requirement = Self::default();
        for directive in directives {
            match names.meaning(&directive.name) {
                Some("authenticated") => requirement.authenticated = true,
                Some("requiresScopes") => requirement.scopes = alternatives(directive, "scopes"),
                Some("policy") => requirement.policies = alternatives(directive, "policies"),
                _ => {}
            }
        }
        requirement
    }

    /// As it stands in a schema; `None` where nothing is required.
    pub(super) fn text(&self) -> Option<String> {
        let list = |alternatives: &Alternatives| {
            let texts = alternatives.iter().map(|all| {
                let quoted: Vec<String> = all.iter().map(|one| format!("{one:?}")).collect();
                format!("[{}]", quoted.join(", "))
            });
            texts.collect::<Vec<_>>().join(", ")
        };
        let mut parts = Vec::new();
        if self.authenticated {
            parts.push("@authenticated".to_owned());
        }
        if !self.scopes.is_empty() {
            parts.push(format!("@requiresScopes(scopes: [{}])", list(&self.scopes)));
        }
        if !self.policies.is_empty() {
            parts.push(format!("@policy(policies: [{}])", list(&self.policies)));
        }
        (!parts.is_empty()).then(|| parts.join(" "))
    }
}

/// A list of lists of names; a single value stands for a list of one, as everywhere in GraphQL.
fn alternatives(directive: &Directive, argument: &str) -> Alternatives {
    let Some(value) = directive.specified_argument_by_name(argument) else { return Alternatives::new() };
    items(value)
        .into_iter()
        .map(|all| items(all).into_iter().filter_map(|one| one.as_str()).map(str::to_owned).collect())
        .collect()
}

fn items(value: &Value) -> Vec<&Value> {
    match value {
        Value::List(items) => items.iter().map(|item| &**item).collect(),
        single => vec![single],
    }
}
