//! Recorded operations: whether they stay valid, and how they would be planned.

use std::collections::BTreeMap;

use apollo_compiler::ExecutableDocument;
use apollo_compiler::executable::Operation;
use apollo_compiler::validation::{DiagnosticList, Valid};
use planner::{Plan, Supergraph};
use serde::Serialize;

use crate::report::Operations;
use crate::usage::Usage;

/// A document with operations that clients send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperationFile {
    /// What reports call it.
    pub name: String,
    /// The GraphQL document.
    pub text: String,
}

/// A document that a schema refuses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InvalidDocument {
    /// The file.
    pub file: String,
    /// Why, each beginning with line and column.
    pub errors: Vec<String>,
}

/// An operation that would be executed otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlanChange {
    /// The file.
    pub file: String,
    /// The operation's name; `None` for an anonymous operation.
    pub operation: Option<String>,
    /// How the published supergraph's gateway executes it.
    pub before: Planned,
    /// How the proposed supergraph's gateway would.
    pub after: Planned,
}

/// What planning an operation comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", untagged)]
pub enum Planned {
    /// A plan.
    Plan(PlanSummary),
    /// None, and why.
    Failed {
        /// The planner's words.
        error: String,
    },
}

/// What a plan costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlanSummary {
    /// Requests to subgraphs.
    pub fetches: usize,
    /// How many of them at most wait for one another in a row.
    pub path: usize,
    /// How many requests each subgraph gets.
    pub subgraphs: BTreeMap<String, usize>,
}

impl From<&Plan> for PlanSummary {
    fn from(plan: &Plan) -> Self {
        let mut depths: Vec<usize> = Vec::with_capacity(plan.fetches.len());
        let mut subgraphs = BTreeMap::new();
        for fetch in &plan.fetches {
            // Topological order: what a fetch waits for stands before it.
            let before = fetch.after.iter().filter_map(|id| depths.get(id.0)).max();
            depths.push(before.map_or(1, |depth| depth + 1));
            *subgraphs.entry(fetch.subgraph.clone()).or_default() += 1;
        }
        Self { fetches: plan.fetches.len(), path: depths.into_iter().max().unwrap_or(0), subgraphs }
    }
}

impl PlanChange {
    /// Whether it could be executed, and could no longer be.
    pub fn breaks_clients(&self) -> bool {
        matches!((&self.before, &self.after), (Planned::Plan(_), Planned::Failed { .. }))
    }
}

/// Validates and plans every operation with both supergraphs.
pub(crate) fn check(
    published: &Supergraph,
    proposed: &Supergraph,
    files: &[OperationFile],
) -> (Operations, Usage) {
    let mut operations = Operations::default();
    let mut usage = Usage::default();
    for file in files {
        let before = match document(published, file) {
            Ok(document) => document,
            // It tells nothing about what the proposal breaks.
            Err(errors) => {
                operations.invalid_before.push(InvalidDocument { file: file.name.clone(), errors });
                continue;
            }
        };
        operations.checked += before.operations.len();
        usage.add(published.api_schema(), &before, &file.name);
        match document(proposed, file) {
            Ok(after) => plans((published, &before), (proposed, &after), file, &mut operations.plans),
            Err(errors) => {
                operations.no_longer_valid.push(InvalidDocument { file: file.name.clone(), errors });
            }
        }
    }
    (operations, usage)
}

fn document(supergraph: &Supergraph, file: &OperationFile) -> Result<Valid<ExecutableDocument>, Vec<String>> {
    let schema = supergraph.operation_schema();
    let document = ExecutableDocument::parse_and_validate(schema, &file.text, &file.name)
        .map_err(|invalid| reasons(&invalid.errors))?;
    if document.operations.is_empty() {
        return Err(vec!["1:1: the file holds no operation".to_owned()]);
    }
    Ok(document)
}

fn reasons(errors: &DiagnosticList) -> Vec<String> {
    let lines = errors.iter().map(|diagnostic| {
        let place = diagnostic.line_column_range().map(|range| range.start);
        let place = place.map_or_else(String::new, |at| format!("{}:{}: ", at.line, at.column));
        format!("{place}{}", diagnostic.error)
    });
    lines.collect()
}

fn plans(
    (published, before): (&Supergraph, &Valid<ExecutableDocument>),
    (proposed, after): (&Supergraph, &Valid<ExecutableDocument>),
    file: &OperationFile,
    changes: &mut Vec<PlanChange>,
) {
    for operation in before.operations.iter() {
        let (before, after) = (plan(published, before, operation), plan(proposed, after, operation));
        if before != after {
            let operation = operation.name.as_ref().map(ToString::to_string);
            changes.push(PlanChange { file: file.name.clone(), operation, before, after });
        }
    }
}

fn plan(supergraph: &Supergraph, document: &Valid<ExecutableDocument>, operation: &Operation) -> Planned {
    let name = operation.name.as_deref();
    match planner::plan(supergraph, document, name, &planner::Options::default()) {
        Ok(plan) => Planned::Plan(PlanSummary::from(&plan)),
        Err(error) => Planned::Failed { error: error.to_string() },
    }
}
