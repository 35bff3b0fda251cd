//! `__schema` and `__type`: answered here, from the API schema.

use std::collections::HashMap;
use std::sync::Arc;

use apollo_compiler::ast::{Argument, DirectiveList, Value};
use apollo_compiler::executable::{InlineFragment, Operation, Selection, SelectionSet};
use apollo_compiler::introspection::{check_max_depth, partial_execute};
use apollo_compiler::response::{GraphQLError, JsonMap, JsonValue, ResponseDataPathSegment};
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Node};

use super::{limits, operation};
use crate::error::{Code, GraphqlError, Location, PathSegment, Refusal};
use crate::execute::Variables;
use crate::gateway::Graph;

/// What introspection says.
#[derive(Debug, Default)]
pub(crate) struct Introspected {
    /// JSON text by response key.
    pub(crate) texts: HashMap<String, Vec<u8>>,
    pub(crate) errors: Vec<GraphqlError>,
}

impl Introspected {
    /// About how many bytes of memory it takes.
    pub(super) fn size(&self) -> usize {
        self.texts.iter().map(|(key, text)| key.len() + text.len()).sum()
    }
}

/// The part of an operation that is introspection.
pub(super) struct Introspection {
    /// The operation without its other root fields: their arguments are none of introspection's business.
    operation: Operation,
    /// Where no variable is used: the same for every request.
    pub(super) fixed: Option<Arc<Introspected>>,
}

impl Introspection {
    /// `None` where the operation has none.
    pub(super) fn prepare(
        graph: &Graph,
        document: &Valid<ExecutableDocument>,
        operation: &Operation,
    ) -> Result<Option<Self>, Refusal> {
        let selection_set = only_introspection(document, &operation.selection_set);
        if selection_set.selections.is_empty() {
            return Ok(None);
        }
        if !graph.introspection {
            return Err(operation::invalid("Introspection is switched off here."));
        }
        let operation = Operation { selection_set, ..operation.clone() };
        check_max_depth(document, &operation)
            .map_err(|error| limits::too_complex(&format!("{}.", error.message())))?;
        let mut introspection = Self { operation, fixed: None };
        if !uses_variables(document, &introspection.operation.selection_set) {
            let introspected = introspection.execute(graph, document, &Variables::default())?;
            introspection.fixed = Some(Arc::new(introspected));
        }
        Ok(Some(introspection))
    }

    /// Asks the schema. This keeps a processor busy.
    pub(super) fn execute(
        &self,
        graph: &Graph,
        document: &Valid<ExecutableDocument>,
        variables: &Variables,
    ) -> Result<Introspected, Refusal> {
        let mut values = JsonMap::new();
        for (name, text) in variables.iter() {
            values.insert(name, serde_json::from_slice::<JsonValue>(text).unwrap_or_default());
        }
        let answer = partial_execute(
            graph.supergraph.api_schema(),
            &graph.implementers,
            document,
            &self.operation,
            &Valid::assume_valid(values),
        );
        let answer = answer.map_err(|error| operation::invalid(&error.message().to_string()))?;
        let data = answer.data.unwrap_or_default();
        let texts = data.iter().map(|(key, value)| (key.as_str().to_owned(), value.to_string().into_bytes()));
        Ok(Introspected { texts: texts.collect(), errors: answer.errors.into_iter().map(told).collect() })
    }
}

/// Only arguments can be wrong in introspection.
fn told(error: GraphQLError) -> GraphqlError {
    let path = error.path.into_iter().map(|step| match step {
        ResponseDataPathSegment::Field(name) => PathSegment::Key(name.to_string()),
        ResponseDataPathSegment::ListIndex(place) => PathSegment::Index(place),
    });
    let mut told = GraphqlError::new(Code::BadUserInput, error.message).at(path.collect());
    let locations = error.locations.into_iter();
    told.locations = locations.map(|place| Location { line: place.line, column: place.column }).collect();
    told
}

/// The root's selections without other fields. Fragments are written out, with the conditions of their use.
fn only_introspection(document: &ExecutableDocument, set: &SelectionSet) -> SelectionSet {
    let kept = set.selections.iter().filter_map(|selection| {
        let (directives, below) = match selection {
            Selection::Field(field) => {
                return matches!(field.name.as_str(), "__schema" | "__type").then(|| selection.clone());
            }
            Selection::InlineFragment(fragment) => (&fragment.directives, &fragment.selection_set),
            Selection::FragmentSpread(spread) => {
                (&spread.directives, &document.fragments.get(&spread.fragment_name)?.selection_set)
            }
        };
        let selection_set = only_introspection(document, below);
        (!selection_set.selections.is_empty()).then(|| {
            Selection::InlineFragment(Node::new(InlineFragment {
                type_condition: Some(selection_set.ty.clone()),
                directives: directives.clone(),
                selection_set,
            }))
        })
    });
    SelectionSet { ty: set.ty.clone(), selections: kept.collect() }
}

fn uses_variables(document: &ExecutableDocument, set: &SelectionSet) -> bool {
    set.selections.iter().any(|selection| match selection {
        Selection::Field(field) => {
            any_variable(&field.arguments)
                || in_directives(&field.directives)
                || uses_variables(document, &field.selection_set)
        }
        Selection::InlineFragment(fragment) => {
            in_directives(&fragment.directives) || uses_variables(document, &fragment.selection_set)
        }
        Selection::FragmentSpread(spread) => {
            let fragment = document.fragments.get(&spread.fragment_name);
            in_directives(&spread.directives)
                || fragment.is_some_and(|fragment| uses_variables(document, &fragment.selection_set))
        }
    })
}

fn in_directives(directives: &DirectiveList) -> bool {
    directives.iter().any(|directive| any_variable(&directive.arguments))
}

/// What takes arguments here takes plain values, so a variable can stand nowhere deeper.
fn any_variable(arguments: &[Node<Argument>]) -> bool {
    arguments.iter().any(|argument| matches!(*argument.value, Value::Variable(_)))
}
