//! Why something is allowed or denied, for people who help other people.

use std::fmt;
use std::sync::Arc;

use cedar_policy::pst::{
    self, ActionConstraint, Clause, Effect, PrincipalConstraint, ResourceConstraint, StaticPolicy, Template,
};
use cedar_policy::{Authorizer, PolicySet};
use serde::Serialize;

use crate::decision::Decision;
use crate::error::UnknownQuestion;
use crate::question::Question;
use crate::set::{Named, Policies};
use crate::translate::Translated;

/// What decided a question, and what nearly did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// Whether it may be done.
    pub allowed: bool,
    /// Why, in a word.
    pub reason: Reason,
    /// Who asked for what, as Cedar writes it.
    pub principal: String,
    /// The roles of the Caller.
    pub roles: Vec<&'static str>,
    /// What was to be done.
    pub action: String,
    /// To what.
    pub resource: String,
    /// The policies that decided.
    pub decided: Vec<PolicyExplanation>,
    /// The policies for this action that would have made it come out the other way, but for one part.
    pub nearly: Vec<PolicyExplanation>,
}

/// Why, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Reason {
    /// A policy permits it, and none forbids it.
    Permitted,
    /// A policy forbids it, whatever permits it.
    Forbidden,
    /// No policy permits it.
    NotPermitted,
    /// A policy could not be evaluated.
    Error,
}

/// A policy, part by part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PolicyExplanation {
    /// Its id.
    pub id: Arc<str>,
    /// The file that it stands in.
    pub file: Arc<str>,
    /// `permit` or `forbid`.
    pub effect: String,
    /// What it asks for; all of it must hold.
    pub parts: Vec<Part>,
}

/// One thing that a policy asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Part {
    /// What it is about.
    pub kind: PartKind,
    /// As Cedar writes it.
    pub text: String,
    /// What came of it for this question.
    pub outcome: Outcome,
}

/// What came of a part of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// It holds.
    Holds,
    /// It does not hold.
    Fails,
    /// It cannot be evaluated: a number got too large.
    Error,
}

/// What a part of a policy is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum PartKind {
    /// Who asks.
    Principal,
    /// What is to be done.
    Action,
    /// To what.
    Resource,
    /// `when` or `unless`.
    Condition,
}

impl PolicyExplanation {
    /// Whether it is about this action, and all of it but one part holds. What has no more than one part is near to
    /// everything, so it is not told.
    fn is_near(&self) -> bool {
        let mut failing = self.parts.iter().filter(|part| part.outcome != Outcome::Holds);
        let one =
            failing.next().is_some_and(|part| part.kind != PartKind::Action) && failing.next().is_none();
        one && self.parts.len() > 1
    }
}

impl Explanation {
    pub(crate) fn new(
        authorizer: &Authorizer,
        policies: &Policies,
        translated: &Translated,
        question: Question<'_>,
        decision: &Decision,
    ) -> Result<Self, UnknownQuestion> {
        let mut explanation = Self {
            allowed: decision.allowed,
            reason: Reason::of(decision),
            principal: translated.request.principal().map(ToString::to_string).unwrap_or_default(),
            roles: question.caller.roles.iter().map(|role| role.as_str()).collect(),
            action: translated.request.action().map(ToString::to_string).unwrap_or_default(),
            resource: translated.request.resource().map(ToString::to_string).unwrap_or_default(),
            decided: Vec::new(),
            nearly: Vec::new(),
        };
        // What would have made it come out the other way.
        let contrary =
            if decision.allowed { cedar_policy::Effect::Forbid } else { cedar_policy::Effect::Permit };
        for named in &policies.named {
            let parts = parts(authorizer, named, translated)
                .map_err(|error| UnknownQuestion(format!("{}: {error}", named.id)))?;
            let policy = PolicyExplanation {
                id: named.id.clone(),
                file: named.file.clone(),
                effect: named.policy.effect().to_string(),
                parts,
            };
            if decision.policies.contains(&named.id) || decision.errors.contains(&named.id) {
                explanation.decided.push(policy);
            } else if policy.is_near() && named.policy.effect() == contrary {
                explanation.nearly.push(policy);
            }
        }
        Ok(explanation)
    }
}

impl Reason {
    fn of(decision: &Decision) -> Self {
        match decision {
            Decision { errors, .. } if !errors.is_empty() => Self::Error,
            Decision { allowed: true, .. } => Self::Permitted,
            Decision { policies, .. } if policies.is_empty() => Self::NotPermitted,
            Decision { .. } => Self::Forbidden,
        }
    }
}

/// Evaluates each part by itself: as a policy of this part alone.
fn parts(
    authorizer: &Authorizer,
    named: &Named,
    translated: &Translated,
) -> Result<Vec<Part>, Box<dyn std::error::Error>> {
    let policy = named.policy.to_pst()?;
    let body = policy.body();
    let mut alone: Vec<(PartKind, String, Template)> = Vec::new();
    if body.principal != PrincipalConstraint::Any {
        let mut part = anything();
        part.principal = body.principal.clone();
        alone.push((PartKind::Principal, format!("principal {}", body.principal), part));
    }
    if body.action != ActionConstraint::Any {
        let mut part = anything();
        part.action = body.action.clone();
        alone.push((PartKind::Action, format!("action {}", body.action), part));
    }
    if body.resource != ResourceConstraint::Any {
        let mut part = anything();
        part.resource = body.resource.clone();
        alone.push((PartKind::Resource, format!("resource {}", body.resource), part));
    }
    for clause in body.clauses() {
        let part = anything().try_with_clauses([Clause::clone(clause)])?;
        alone.push((PartKind::Condition, clause.to_string(), part));
    }
    alone
        .into_iter()
        .map(|(kind, text, part)| {
            let policy = pst::Policy::from(StaticPolicy::try_from(part)?);
            let set = PolicySet::from_policies([cedar_policy::Policy::from_pst(policy)?])?;
            let response = authorizer.is_authorized(&translated.request, &set, &translated.entities);
            let outcome = match response.decision() {
                cedar_policy::Decision::Allow => Outcome::Holds,
                cedar_policy::Decision::Deny if response.diagnostics().errors().next().is_none() => {
                    Outcome::Fails
                }
                cedar_policy::Decision::Deny => Outcome::Error,
            };
            Ok(Part { kind, text, outcome })
        })
        .collect()
}

/// A policy that asks for nothing.
fn anything() -> Template {
    let (principal, resource) = (PrincipalConstraint::Any, ResourceConstraint::Any);
    Template::new("part", Effect::Permit, principal, ActionConstraint::Any, resource)
}

impl fmt::Display for Explanation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = if self.allowed { "ALLOWED" } else { "DENIED" };
        let roles = if self.roles.is_empty() { "no role".to_owned() } else { self.roles.join(", ") };
        writeln!(formatter, "{word}: {} on {}", self.action, self.resource)?;
        writeln!(formatter, "  for {} ({roles})", self.principal)?;
        let because = match self.reason {
            Reason::Permitted => "Permitted by",
            Reason::Forbidden => "Forbidden by",
            Reason::NotPermitted => "No policy permits it.",
            Reason::Error => "Denied, because a policy could not be evaluated. What took part:",
        };
        writeln!(formatter, "{because}")?;
        for policy in &self.decided {
            write!(formatter, "{policy}")?;
        }
        if !self.nearly.is_empty() {
            writeln!(formatter, "Nearly, but for one part")?;
        }
        for policy in &self.nearly {
            write!(formatter, "{policy}")?;
        }
        Ok(())
    }
}

impl fmt::Display for PolicyExplanation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "  {} ({}, {})", self.id, self.effect, self.file)?;
        for Part { text, outcome, .. } in &self.parts {
            let word = match outcome {
                Outcome::Holds => "holds",
                Outcome::Fails => "fails",
                Outcome::Error => "ERROR",
            };
            writeln!(formatter, "    {word}: {text}")?;
        }
        Ok(())
    }
}
