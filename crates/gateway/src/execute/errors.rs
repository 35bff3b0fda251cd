//! Errors of subgraphs as the client sees them: at the paths of its own operation, without what is none of its business.

use planner::{Content, OutputSelection, Shape, Source};
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use wire::TransportError;

use super::entities::{Step, Targets};
use crate::config::ErrorsConfig;
use crate::error::{Code, GraphqlError, PathSegment};
use crate::json::{Object, Value, write_value};

/// How many errors of one fetch are told, at most.
const MOST_ERRORS: usize = 100;

/// One entry of a subgraph's `errors`.
#[derive(Deserialize)]
struct SubgraphError {
    #[serde(default)]
    message: String,
    #[serde(default)]
    path: Option<Vec<Json>>,
    #[serde(default)]
    extensions: Map<String, Json>,
}

/// Where a fetch stands in the client's operation.
pub(super) struct Origin<'a> {
    pub(super) subgraph: &'a str,
    /// The client's answer, to turn slots into response keys.
    pub(super) output: &'a OutputSelection,
    pub(super) root_slots: &'a [String],
    pub(super) targets: &'a [Targets<'a>],
    pub(super) config: &'a ErrorsConfig,
}

impl Origin<'_> {
    /// The errors that a subgraph sent.
    pub(super) fn translate(&self, errors: &Value, data: &Object) -> Vec<GraphqlError> {
        let mut text = Vec::new();
        write_value(&mut text, errors);
        let Ok(errors) = serde_json::from_slice::<Vec<SubgraphError>>(&text) else {
            return self.failure(Code::SubgraphMalformedResponse, data);
        };
        let told = errors.into_iter().flat_map(|error| {
            let paths = self.paths(error.path.as_deref(), data);
            let told = self.tell(error);
            paths.into_iter().map(move |path| GraphqlError { path, ..told.clone() })
        });
        told.take(MOST_ERRORS).collect()
    }

    /// A fetch that brought no GraphQL response.
    pub(super) fn transport(&self, error: &TransportError, data: &Object) -> Vec<GraphqlError> {
        tracing::warn!(subgraph = self.subgraph, %error, "a fetch failed");
        let code = match error {
            TransportError::DeadlineExceeded => Code::SubgraphTimeout,
            TransportError::TooLarge { .. } => Code::SubgraphMalformedResponse,
            TransportError::Unreachable(_) | TransportError::Unauthenticated | TransportError::Status(_) => {
                Code::SubgraphUnavailable
            }
        };
        self.failure(code, data)
    }

    /// One error wherever the fetch's answer is missing first.
    pub(super) fn failure(&self, code: Code, data: &Object) -> Vec<GraphqlError> {
        let message = match code {
            Code::SubgraphTimeout => "The service took too long to answer.",
            Code::SubgraphMalformedResponse => "The service's answer could not be used.",
            _ => "The service is unavailable.",
        };
        let error = GraphqlError::new(code, message);
        let mut paths: Vec<Vec<PathSegment>> = self
            .targets
            .iter()
            .flat_map(|targets| targets.paths(data, None))
            .map(|way| client_path(self.output, &way))
            .collect();
        paths.extend(self.root_slots.iter().map(|slot| client_path(self.output, &[Step::Slot(slot)])));
        if paths.is_empty() {
            return vec![error];
        }
        paths.into_iter().map(|path| error.clone().at(path)).collect()
    }

    fn paths(&self, path: Option<&[Json]>, data: &Object) -> Vec<Option<Vec<PathSegment>>> {
        let steps: Vec<Step<'_>> = path.unwrap_or_default().iter().filter_map(step).collect();
        if let Some((Step::Slot(key), rest)) = steps.split_first()
            && let Some(targets) = self.targets.iter().find(|targets| targets.response_key() == *key)
        {
            let (place, rest) = match rest.split_first() {
                Some((Step::Position(place), rest)) => (Some(*place), rest),
                _ => (None, rest),
            };
            let ways = targets.paths(data, place).into_iter();
            return ways
                .map(|way| Some(client_path(self.output, &[way.as_slice(), rest].concat())))
                .collect();
        }
        if !self.targets.is_empty() {
            // An error of entities that does not say of which.
            let ways = self.targets.iter().flat_map(|targets| targets.paths(data, None));
            return ways.map(|way| Some(client_path(self.output, &way))).collect();
        }
        vec![(!steps.is_empty()).then(|| client_path(self.output, &steps))]
    }

    fn tell(&self, error: SubgraphError) -> GraphqlError {
        let mut extensions = Map::new();
        let code = error.extensions.get("code").and_then(Json::as_str).unwrap_or(Code::Internal.as_str());
        extensions.insert("code".to_owned(), code.into());
        extensions.insert("service".to_owned(), self.subgraph.into());
        for name in &self.config.pass_extensions {
            if let Some(value) = error.extensions.get(name) {
                extensions.insert(name.clone(), value.clone());
            }
        }
        let message = if self.config.mask_subgraph_messages {
            "The service reported an error.".to_owned()
        } else {
            error.message
        };
        GraphqlError { message, locations: Vec::new(), path: None, extensions }
    }
}

fn step(segment: &Json) -> Option<Step<'_>> {
    match segment {
        Json::String(key) => Some(Step::Slot(key)),
        Json::Number(position) => {
            position.as_u64().and_then(|position| usize::try_from(position).ok()).map(Step::Position)
        }
        _ => None,
    }
}

/// Turns slots into the client's response keys, as far as the client's operation goes: below that stand keys and
/// requirements that it did not ask for.
fn client_path(output: &OutputSelection, steps: &[Step<'_>]) -> Vec<PathSegment> {
    let mut path = Vec::new();
    let mut selection = Some(output);
    for step in steps {
        match step {
            Step::Position(position) => path.push(PathSegment::Index(*position)),
            Step::Slot(slot) => {
                let field = selection.and_then(|selection| {
                    selection.fields.iter().find_map(|field| match &field.source {
                        Source::Slot { slot: one, shape } if one == slot => {
                            Some((&field.response_key, shape))
                        }
                        _ => None,
                    })
                });
                let Some((key, shape)) = field else { return path };
                path.push(PathSegment::Key(key.clone()));
                selection = object_selection(shape);
            }
        }
    }
    path
}

fn object_selection(shape: &Shape) -> Option<&OutputSelection> {
    match &shape.content {
        Content::Object { selection, .. } => Some(selection),
        Content::List(item) => object_selection(item),
        Content::Scalar { .. } | Content::Enum { .. } => None,
    }
}
