use std::collections::HashMap;

use apollo_compiler::ExecutableDocument;
use apollo_compiler::ast;
use apollo_compiler::introspection::partial_execute;
use apollo_compiler::parser::Parser;
use apollo_compiler::request::coerce_variable_values;
use apollo_compiler::response::JsonMap;
use apollo_compiler::validation::{DiagnosticList, Valid};
use http::StatusCode;
use http::header::ALLOW;
use planner::{OperationKind, Plan, PlanError, Source};

use super::limits;
use crate::config::LimitsConfig;
use crate::error::{Code, GraphqlError, Location, Refusal};
use crate::execute::{PreparedFetch, Variables};
use crate::gateway::Graph;
use crate::pipeline::read::Read;

/// How deeply text may nest for the parser; what is deep but sane is told by the limits.
const RECURSION: usize = 500;

/// How many mistakes of a document are told, at most.
const MOST_MISTAKES: usize = 20;

/// An operation, ready to be executed with any variables.
pub(crate) struct Operation {
    document: Valid<ExecutableDocument>,
    /// The client's `operationName`.
    asked_name: Option<String>,
    pub(crate) plan: Plan,
    pub(crate) fetches: Vec<PreparedFetch>,
    introspects: bool,
}

/// The client's variables, coerced.
pub(crate) struct Coerced {
    values: Valid<JsonMap>,
    pub(crate) texts: Variables,
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
        let parsed = parser
            .parse_ast(text, "operation.graphql")
            .map_err(|invalid| diagnosed(&invalid.errors, Code::ParseFailed))?;
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
        if introspects && !graph.introspection {
            return Err(invalid("Introspection is switched off here."));
        }
        let fetches = plan.fetches.iter().map(PreparedFetch::new).collect();
        Ok(Self { document, asked_name: name.map(str::to_owned), plan, fetches, introspects })
    }

    /// The operation's own name, for logs and traces.
    pub(crate) fn name(&self) -> Option<&str> {
        self.plan.name.as_deref()
    }

    /// GET changes nothing (RFC 9110 section 9.2.1; GraphQL over HTTP, section 5.4.2).
    pub(crate) fn check_method(&self, read: &Read) -> Result<(), Refusal> {
        if !read.is_get || self.plan.kind == OperationKind::Query {
            return Ok(());
        }
        Err(Refusal {
            header: Some((ALLOW, "POST".to_owned())),
            ..Refusal::request(StatusCode::METHOD_NOT_ALLOWED, Code::BadRequest, "Send mutations by POST.")
        })
    }

    /// The client's variables, coerced (GraphQL specification, section 6.1.2).
    pub(crate) fn coerce(&self, graph: &Graph, read: &Read) -> Result<Coerced, Refusal> {
        let operation = find(&self.document, self.asked_name.as_deref())?;
        let sent: JsonMap =
            read.variables.iter().map(|(name, value)| (name.as_str().into(), value.clone().into())).collect();
        let values =
            coerce_variable_values(graph.supergraph.api_schema(), operation, &sent).map_err(|error| {
                Refusal::document(vec![GraphqlError::new(Code::BadUserInput, error.message().to_string())])
            })?;
        let texts = values.iter().map(|(name, value)| (name.as_str().to_owned(), value.to_string().into()));
        let texts = Variables::new(texts.collect());
        Ok(Coerced { values, texts })
    }

    /// What `__schema` and `__type` at the root say, as JSON text by response key.
    pub(crate) fn introspect(
        &self,
        graph: &Graph,
        variables: &Coerced,
    ) -> Result<HashMap<String, Vec<u8>>, Refusal> {
        if !self.introspects {
            return Ok(HashMap::new());
        }
        let operation = find(&self.document, self.asked_name.as_deref())?;
        let schema = graph.supergraph.api_schema();
        let answer =
            partial_execute(schema, &graph.implementers, &self.document, operation, &variables.values)
                .map_err(|error| limits::too_complex(error.message().to_string()))?;
        let data = answer.data.unwrap_or_default();
        Ok(data
            .iter()
            .map(|(key, value)| (key.as_str().to_owned(), value.to_string().into_bytes()))
            .collect())
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
        if let Some(range) = diagnostic.line_column_range() {
            error.locations.push(Location { line: range.start.line, column: range.start.column });
        }
        error
    });
    Refusal::document(errors.collect())
}

fn unplanned(error: &PlanError) -> Refusal {
    tracing::warn!(%error, "an operation can't be planned");
    limits::too_complex("The operation can't be planned; ask for less at a time.".to_owned())
}
