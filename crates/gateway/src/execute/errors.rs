//! Errors of subgraphs as the client sees them: at the paths of its own operation, without what is none of its business.

use planner::{Content, OutputSelection, Shape, Source};
use serde_json::{Map, Value as Json};
use wire::TransportError;

use super::entities::{Step, Targets};
use crate::config::ErrorsConfig;
use crate::error::{Code, GraphqlError, PathSegment};
use crate::json::{Object, Value, write_value};

/// How many errors of one fetch are told, at most.
const MOST_ERRORS: usize = 100;

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
        let Ok(errors) = serde_json::from_slice::<Vec<Json>>(&text) else {
            return self.failure(Code::SubgraphMalformedResponse, data);
        };
        let told = errors.into_iter().flat_map(|error| {
            let told = self.tell(&error);
            let path = error.get("path").and_then(Json::as_array).map(Vec::as_slice);
            let paths = self.paths(path.unwrap_or_default(), data);
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
        let mut paths = self.entity_paths(data);
        paths.extend(self.root_paths());
        if paths.is_empty() {
            return vec![error];
        }
        paths.into_iter().map(|path| error.clone().at(path)).collect()
    }

    /// The client's keys to all that this fetch was to bring, without places in lists.
    pub(super) fn unanswered(&self) -> Vec<Vec<String>> {
        let unanswered = self.targets.iter().filter(|targets| !targets.answered);
        let entities = unanswered.map(|targets| client_path(self.output, &targets.slots()));
        let keys = entities.chain(self.root_paths()).map(|path| {
            let keys = path.into_iter().filter_map(|segment| match segment {
                PathSegment::Key(key) => Some(key),
                PathSegment::Index(_) => None,
            });
            keys.collect::<Vec<_>>()
        });
        keys.collect()
    }

    /// For each batch, the first place where an entity was asked for.
    fn entity_paths(&self, data: &Object) -> Vec<Vec<PathSegment>> {
        let ways = self.targets.iter().flat_map(|targets| targets.paths(data, None));
        ways.map(|way| client_path(self.output, &way)).collect()
    }

    /// The root fields of the client that this fetch was to fill.
    fn root_paths(&self) -> impl Iterator<Item = Vec<PathSegment>> {
        let paths = self.root_slots.iter().map(|slot| client_path(self.output, &[Step::Slot(slot)]));
        // A slot that is there for another fetch is none of the client's fields.
        paths.filter(|path| !path.is_empty())
    }

    /// The client's paths for a path in the subgraph's own operation.
    fn paths(&self, path: &[Json], data: &Object) -> Vec<Option<Vec<PathSegment>>> {
        let steps: Vec<Step<'_>> = path.iter().map_while(step).collect();
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
            return self.entity_paths(data).into_iter().map(Some).collect();
        }
        let told = client_path(self.output, &steps);
        if told.is_empty() {
            // It does not say where. With one root field there is no doubt.
            let mut roots = self.root_paths();
            return vec![roots.next().filter(|_| roots.next().is_none())];
        }
        vec![Some(told)]
    }

    fn tell(&self, error: &Json) -> GraphqlError {
        let sent = error.get("extensions").and_then(Json::as_object);
        let sent = |name: &str| sent.and_then(|extensions| extensions.get(name));
        let mut extensions = Map::new();
        let code = sent("code").and_then(Json::as_str).unwrap_or(Code::Internal.as_str());
        extensions.insert("code".to_owned(), code.into());
        for name in &self.config.pass_extensions {
            if let Some(value) = sent(name) {
                extensions.insert(name.clone(), value.clone());
            }
        }
        let message =
            error.get("message").and_then(Json::as_str).filter(|_| !self.config.mask_subgraph_messages);
        GraphqlError {
            message: message.unwrap_or("The service reported an error.").to_owned(),
            locations: Vec::new(),
            path: None,
            extensions,
        }
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
    let Some((Step::Slot(slot), rest)) = steps.split_first() else { return Vec::new() };
    // Several response keys may be filled from one slot; the one that leads furthest is meant.
    let ways = output.fields.iter().filter_map(|field| match &field.source {
        Source::Slot { slot: one, shape } if one == slot => Some(below(&field.response_key, shape, rest)),
        _ => None,
    });
    ways.reduce(|best, other| if other.len() > best.len() { other } else { best }).unwrap_or_default()
}

/// The key, the places in its lists, and what follows.
fn below(key: &str, shape: &Shape, steps: &[Step<'_>]) -> Vec<PathSegment> {
    let mut path = vec![PathSegment::Key(key.to_owned())];
    let (mut content, mut steps) = (&shape.content, steps);
    while let (Content::List(item), Some((Step::Position(position), rest))) = (content, steps.split_first()) {
        path.push(PathSegment::Index(*position));
        (content, steps) = (&item.content, rest);
    }
    if let Content::Object { selection, .. } = content {
        path.extend(client_path(selection, steps));
    }
    path
}
