use std::collections::{BTreeSet, HashSet};
use std::ops::Range;
use std::sync::Arc;

use apollo_compiler::parser::LineColumn;
use apollo_compiler::parser::Parser;
use apollo_compiler::validation::{DiagnosticList, Valid};
use apollo_compiler::{ExecutableDocument, Name};
use http::StatusCode;
use http::header::ALLOW;
use planner::{OperationKind, Plan, PlanError, Target};

use super::introspection::{Introspected, Introspection};
use super::{limits, nulls, variables, weight};
use crate::config::LimitsConfig;
use crate::error::{Code, GraphqlError, Location, Refusal};
use crate::execute::{PreparedFetch, Variables};
use crate::gateway::Graph;
use crate::pipeline::read::Read;

/// How deeply text may nest for the parser; what is deep but sane is told by the limits.
const RECURSION: usize = 500;

/// How many mistakes of a document are told, at most.
pub(super) const MOST_MISTAKES: usize = 20;

/// How a client asks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Way {
    /// By a method that changes nothing.
    pub(crate) safe: bool,
    /// So that it can be sent events.
    pub(crate) events: bool,
    /// So that it can be sent an answer in parts.
    pub(crate) parts: bool,
}

/// An operation, ready to be executed with any variables.
pub(crate) struct Operation {
    document: Valid<ExecutableDocument>,
    /// The client's `operationName`.
    asked_name: Option<String>,
    pub(crate) plan: Plan,
    pub(crate) fetches: Vec<PreparedFetch>,
    introspection: Option<Introspection>,
    /// Variables that may not be null where they are used, whatever their type.
    not_null: HashSet<Name>,
    weight: u64,
}

impl Operation {
    /// Parses, validates and plans; `active` are the labels that are active beyond those that are for all requests.
    pub(super) fn prepare(
        graph: &Graph,
        limits: &LimitsConfig,
        text: &str,
        name: Option<&str>,
        active: &BTreeSet<String>,
    ) -> Result<Self, Refusal> {
        let mut parser = Parser::new().token_limit(limits.tokens).recursion_limit(RECURSION);
        let parsed = parser.parse_ast(text, "operation.graphql");
        if parser.tokens_reached() > limits.tokens {
            return Err(limits::too_complex(&format!(
                "The operation has more than {} tokens.",
                limits.tokens
            )));
        }
        if parser.recursion_reached() > RECURSION {
            return Err(limits::too_deep(limits.depth));
        }
        let parsed = parsed.map_err(|invalid| diagnosed(&invalid.errors, Code::ParseFailed))?;
        limits::check(&parsed, limits)?;
        let document = parsed
            .to_executable_validate(graph.supergraph.operation_schema())
            .map_err(|invalid| diagnosed(&invalid.errors, Code::ValidationFailed))?;
        let operation = find(&document, name)?;
        let mut options = graph.options.clone();
        options.active_labels.extend(active.iter().cloned());
        let plan =
            planner::plan(&graph.supergraph, &document, name, &options).map_err(|error| unplanned(&error))?;
        if plan.kind == OperationKind::Subscription && !has_one_source(&plan) {
            return Err(Refusal::internal("The operation can't be planned."));
        }
        let introspection = Introspection::prepare(graph, &document, operation)?;
        let not_null = nulls::forbidden(graph.supergraph.operation_schema(), &document, operation);
        let fetches = plan.fetches.iter().map(PreparedFetch::new).collect();
        let fixed = introspection.as_ref().and_then(|introspection| introspection.fixed.as_ref());
        let weight = weight::of_text(text)
            .saturating_add(weight::of_plan(&plan))
            .saturating_add(fixed.map_or(0, |introspected| introspected.size()));
        Ok(Self {
            document,
            asked_name: name.map(str::to_owned),
            plan,
            fetches,
            introspection,
            not_null,
            weight: u64::try_from(weight).unwrap_or(u64::MAX),
        })
    }

    /// The operation's own name, for logs and traces.
    pub(crate) fn name(&self) -> Option<&str> {
        self.plan.name.as_deref()
    }

    /// Whether it is answered event by event.
    pub(crate) fn is_subscription(&self) -> bool {
        self.plan.kind == OperationKind::Subscription
    }

    /// Refuses what can't be asked that way. GET changes nothing (RFC 9110 section 9.2.1; GraphQL over HTTP, section 5.4.2).
    pub(crate) fn check_way(&self, way: Way) -> Result<(), Refusal> {
        match self.plan.kind {
            OperationKind::Mutation if way.safe => Err(Refusal {
                header: Some((ALLOW, "POST".to_owned())),
                ..Refusal::request(
                    StatusCode::METHOD_NOT_ALLOWED,
                    Code::BadRequest,
                    "Send mutations by POST.",
                )
            }),
            OperationKind::Subscription if !way.events => Err(invalid(
                "Subscriptions are answered over WebSocket (graphql-transport-ws), or with `accept: text/event-stream`.",
            )),
            _ => Ok(()),
        }
    }

    /// The client's variables, coerced.
    pub(crate) fn coerce(&self, graph: &Graph, read: &Read) -> Result<Variables, Refusal> {
        let operation = find(&self.document, self.asked_name.as_deref())?;
        variables::coerce(
            graph.supergraph.api_schema(),
            operation,
            &self.document.sources,
            &self.not_null,
            &read.variables,
        )
    }

    /// What introspection says, where it is the same for every request.
    pub(super) fn introspected(&self) -> Option<Arc<Introspected>> {
        match &self.introspection {
            Some(introspection) => introspection.fixed.clone(),
            None => Some(Arc::default()),
        }
    }

    /// What introspection says to a request with these variables.
    pub(super) fn introspect(&self, graph: &Graph, variables: &Variables) -> Result<Introspected, Refusal> {
        match &self.introspection {
            Some(introspection) => introspection.execute(graph, &self.document, variables),
            None => Ok(Introspected::default()),
        }
    }

    /// About how many bytes of memory this takes: what was read off a few hundred operations, not a promise.
    pub(super) fn weight(&self) -> u64 {
        self.weight
    }
}

/// Whether a subscription's events come from the first fetch, and everything else is about entities of theirs.
fn has_one_source(plan: &Plan) -> bool {
    let mut roots = plan.fetches.iter().map(|fetch| fetch.target == Target::Root);
    roots.next() == Some(true) && roots.all(|root| !root)
}

fn find<'a>(
    document: &'a ExecutableDocument,
    name: Option<&str>,
) -> Result<&'a apollo_compiler::executable::Operation, Refusal> {
    document.operations.get(name).map(|operation| &**operation).map_err(|_| {
        invalid(match name {
            Some(_) => "The document has no operation of that name.",
            None if document.operations.is_empty() => "The document has no operation.",
            None => "The document has several operations: `operationName` must say which.",
        })
    })
}

pub(super) fn invalid(message: &str) -> Refusal {
    Refusal::document(vec![GraphqlError::new(Code::ValidationFailed, message)])
}

fn diagnosed(diagnostics: &DiagnosticList, code: Code) -> Refusal {
    let errors = diagnostics.iter().take(MOST_MISTAKES).map(|diagnostic| {
        let mut error = GraphqlError::new(code, diagnostic.error.to_string());
        error.locations.extend(location(diagnostic.line_column_range()));
        error
    });
    Refusal::document(errors.collect())
}

/// Where a range begins.
pub(super) fn location(range: Option<Range<LineColumn>>) -> Option<Location> {
    range.map(|range| Location { line: range.start.line, column: range.start.column })
}

fn unplanned(error: &PlanError) -> Refusal {
    tracing::warn!(%error, "an operation can't be planned");
    match error {
        PlanError::TooComplex { .. } => {
            limits::too_complex("The operation can't be planned; ask for less at a time.")
        }
        PlanError::UnknownOperation(_) => invalid("The document has no such operation."),
        _ => Refusal::internal("The operation can't be planned."),
    }
}
