use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use async_graphql::extensions::{
    Extension, ExtensionContext, ExtensionFactory, NextExecute, NextParseQuery, NextResolve, NextValidation,
    ResolveInfo,
};
use async_graphql::parser::types::{ExecutableDocument, FragmentDefinition, Selection, SelectionSet};
use async_graphql::{
    Name, Positioned, QueryPathSegment, Response, ServerError, ServerResult, ValidationResult, Value,
    Variables,
};
use tracing::{Instrument as _, Span};

use super::complete::{Failures, settle};
use crate::budget::Budget;
use crate::error::Code;

/// Names the stage that an operation failed in, opens a span for each resolver that leads on to other fields, and
/// propagates nulls. Counts what is answered.
pub(super) struct Observe;

/// What is kept during one request.
#[derive(Default)]
struct Observer {
    fragments: OnceLock<HashMap<Name, Positioned<FragmentDefinition>>>,
}

/// Set when validation is over: from then on an answer has `data`.
#[derive(Clone, Default)]
pub(super) struct Executed(Arc<AtomicBool>);

impl Executed {
    pub(super) fn get(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl ExtensionFactory for Observe {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Observer::default())
    }
}

impl Observer {
    /// How often `__typename` stands in a selection, fragments included.
    fn type_names(&self, selection: &SelectionSet) -> usize {
        let in_each = selection.items.iter().map(|selection| match &selection.node {
            Selection::Field(field) => usize::from(field.node.name.node == "__typename"),
            Selection::InlineFragment(fragment) => self.type_names(&fragment.node.selection_set.node),
            // Validation has refused fragments that lead back to themselves.
            Selection::FragmentSpread(spread) => self
                .fragments
                .get()
                .and_then(|fragments| fragments.get(&spread.node.fragment_name.node))
                .map_or(0, |fragment| self.type_names(&fragment.node.selection_set.node)),
        });
        in_each.sum()
    }
}

#[async_trait::async_trait]
impl Extension for Observer {
    async fn parse_query(
        &self,
        context: &ExtensionContext<'_>,
        query: &str,
        variables: &Variables,
        next: NextParseQuery<'_>,
    ) -> ServerResult<ExecutableDocument> {
        let document =
            next.run(context, query, variables).await.map_err(|error| coded(error, Code::ParseFailed))?;
        // Called once in a request.
        let _ = self.fragments.set(document.fragments.clone());
        Ok(document)
    }

    async fn validation(
        &self,
        context: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        next.run(context).await.map_err(|errors| {
            errors
                .into_iter()
                .map(|error| {
                    // async-graphql has no other sign for these than the text.
                    let code = match error.message.as_str() {
                        "Query is too complex." => Code::OperationTooComplex,
                        "Query is nested too deep." => Code::QueryTooDeep,
                        text if text.starts_with("Invalid value for argument") => Code::BadUserInput,
                        _ => Code::ValidationFailed,
                    };
                    coded(error, code)
                })
                .collect()
        })
    }

    async fn execute(
        &self,
        context: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        if let Some(Executed(executed)) = context.data_opt::<Executed>() {
            executed.store(true, Ordering::Relaxed);
        }
        let mut response = next.run(context, operation_name).await;
        if let Some(failures) = context.data_opt::<Failures>() {
            failures.finish(&mut response);
        }
        response
    }

    async fn resolve(
        &self,
        context: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        // `__typename` is answered without coming here.
        let fields = 1 + self.type_names(&info.field.selection_set.node);
        if context.data_opt::<Budget>().is_some_and(|budget| !budget.take_fields(fields)) {
            // The request is given up as a whole. Until then nothing more of its answer is made, not even an error
            // for each field that is left out.
            return std::future::pending().await;
        }
        let span = span(context, &info);
        // An element of a list is settled with the list: async-graphql does not say here whether it can be null.
        let return_type = is_field(&info).then(|| info.return_type.to_owned());
        let value = match (next.run(context, info).instrument(span).await, context.data_opt::<Failures>()) {
            (Err(error), Some(failures)) => Some(failures.keep(error)),
            (value, _) => value?,
        };
        Ok(match return_type {
            Some(return_type) => value.map(|value| settle(value, &return_type)),
            None => value,
        })
    }
}

/// A span for a resolver that leads on to other fields.
fn span(context: &ExtensionContext<'_>, info: &ResolveInfo<'_>) -> Span {
    if info.is_for_introspection || !is_field(info) || !leads_on(context, info.return_type) {
        Span::none()
    } else if matches!(info.parent_type, "Query" | "Mutation") {
        tracing::info_span!("graphql.resolve", field = info.name, parent = info.parent_type)
    } else {
        // One for each row: only where somebody looks closely.
        tracing::debug_span!("graphql.resolve", field = info.name, parent = info.parent_type)
    }
}

fn is_field(info: &ResolveInfo<'_>) -> bool {
    matches!(info.path_node.segment, QueryPathSegment::Name(_))
}

/// Whether the type has fields. `[User!]!` is User here.
fn leads_on(context: &ExtensionContext<'_>, return_type: &str) -> bool {
    let name = return_type.trim_matches(['[', ']', '!']);
    context.schema_env.registry.types.get(name).is_some_and(async_graphql::registry::MetaType::is_composite)
}

fn coded(mut error: ServerError, code: Code) -> ServerError {
    error.extensions.get_or_insert_with(Default::default).set("code", code.as_str());
    error
}
