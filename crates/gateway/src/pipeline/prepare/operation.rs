use std::collections::HashMap;
use std::ops::Range;

use apollo_compiler::ExecutableDocument;
use apollo_compiler::ast;
use apollo_compiler::introspection::{check_max_depth, partial_execute};
use apollo_compiler::parser::LineColumn;
use apollo_compiler::parser::Parser;
use apollo_compiler::response::{JsonMap, JsonValue};
use apollo_compiler::validation::{DiagnosticList, Valid};
use http::header::ALLOW;
use http::{Method, StatusCode};
use planner::{OperationKind, Plan, PlanError, Source};

use super::{limits, variables};
use crate::config::LimitsConfig;
use crate::error::{Code, GraphqlError, Location, Refusal};
use crate::execute::{PreparedFetch, Variables};
use crate::gateway::Graph;
use crate::pipeline::read::Read;

/// How deeply text may nest for the parser; what is deep but sane is told by the limits.
const RECURSION: usize = 500;

/// How many mistakes of a document are told, at most.
pub(super) const MOST_MISTAKES: usize = 20;

/// An operation, ready to be executed with any variables.
pub(crate) struct Operation {
    document: Valid<ExecutableDocument>,
    /// The client's `operationName`.
    asked_name: Option<String>,
    pub(crate) plan: Plan,
    pub(crate) fetches: Vec<PreparedFetch>,
    introspects: bool,
}

impl Operation {
    /// Parses, validates and plans.
    pub(super) fn prepare(
        graph: &Graph,
        limits: &LimitsConfig,
        text: &str,
        name: Option<&str>,
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
            .to_executable_validate(graph.supergraph.api_schema())
            .map_err(|invalid| diagnosed(&invalid.errors, Code::ValidationFailed))?;
        let operation = find(&document, name)?;
        if operation.operation_type == ast::OperationType::Subscription {
            return Err(invalid("Subscriptions are not answered over this transport."));
        }
        let plan = planner::plan(&graph.supergraph, &document, name, &graph.options)
            .map_err(|error| unplanned(&error))?;
        let introspects = plan.output.fields.iter().any(|field| field.source == Source::Introspection);
        if introspects {
            if !graph.introspection {
                return Err(invalid("Introspection is switched off here."));
            }
            check_max_depth(&document, operation)
                .map_err(|error| limits::too_complex(&format!("{}.", error.message())))?;
        }
        let fetches = plan.fetches.iter().map(PreparedFetch::new).collect();
        Ok(Self { document, asked_name: name.map(str::to_owned), plan, fetches, introspects })
    }

    /// The operation's own name, for logs and traces.
    pub(crate) fn name(&self) -> Option<&str> {
        self.plan.name.as_deref()
    }

    /// GET changes nothing (RFC 9110 section 9.2.1; GraphQL over HTTP, section 5.4.2).
    pub(crate) fn check_method(&self, method: &Method) -> Result<(), Refusal> {
        if *method != Method::GET || self.plan.kind == OperationKind::Query {
            return Ok(());
        }
        Err(Refusal {
            header: Some((ALLOW, "POST".to_owned())),
            ..Refusal::request(StatusCode::METHOD_NOT_ALLOWED, Code::BadRequest, "Send mutations by POST.")
        })
    }

    /// The client's variables, coerced.
    pub(crate) fn coerce(&self, graph: &Graph, read: &Read) -> Result<Variables, Refusal> {
        let operation = find(&self.document, self.asked_name.as_deref())?;
        variables::coerce(graph.supergraph.api_schema(), operation, &self.document.sources, &read.variables)
    }

    /// What `__schema` and `__type` at the root say, as JSON text by response key.
    pub(crate) fn introspect(
        &self,
        graph: &Graph,
        variables: &Variables,
    ) -> Result<HashMap<String, Vec<u8>>, Refusal> {
        if !self.introspects {
            return Ok(HashMap::new());
        }
        let operation = find(&self.document, self.asked_name.as_deref())?;
        let mut values = JsonMap::new();
        for (name, text) in variables.iter() {
            values.insert(name, serde_json::from_slice::<JsonValue>(text).unwrap_or_default());
        }
        let answer = partial_execute(
            graph.supergraph.api_schema(),
            &graph.implementers,
            &self.document,
            operation,
            &Valid::assume_valid(values),
        );
        let answer = answer.map_err(|error| invalid(error.message().to_string().as_str()))?;
        let data = answer.data.unwrap_or_default();
        Ok(data
            .iter()
            .map(|(key, value)| (key.as_str().to_owned(), value.to_string().into_bytes()))
            .collect())
    }

    /// About how many bytes of memory this takes: what was read off a few hundred operations, not a promise.
    pub(super) fn weight(&self, text: &str) -> u64 {
        const PER_BYTE_OF_TEXT: usize = 12;
        const PER_FETCH: usize = 512;
        let fetches: usize =
            self.plan.fetches.iter().map(|fetch| fetch.operation.len() * 2 + PER_FETCH).sum();
        u64::try_from(text.len() * PER_BYTE_OF_TEXT + fetches).unwrap_or(u64::MAX).saturating_add(1024)
    }
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

fn invalid(message: &str) -> Refusal {
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
