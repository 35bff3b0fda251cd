//! Errors of subgraphs as the client sees them: at the paths of its own operation, without what is none of its business.

use std::collections::BTreeMap;

use planner::{Content, OutputSelection, Shape, Source};
use serde_json::{Map, Value as Json};
use wire::TransportError;

use super::condition::Variables;
use super::entities::{Step, Targets};
use super::slots::Slots;
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
    pub(super) variables: &'a Variables,
    pub(super) slots: &'a Slots,
    pub(super) targets: &'a [Targets<'a>],
    pub(super) config: &'a ErrorsConfig,
}

/// What a fetch's errors are about.
#[derive(Default)]
pub(super) struct Told {
    /// At their places in the client's answer, where these are known.
    pub(super) placed: Vec<GraphqlError>,
    /// By batch and place: entities that did not come back.
    pub(super) entities: BTreeMap<(usize, usize), Vec<GraphqlError>>,
    /// Whatever else did not come back.
    pub(super) general: Vec<GraphqlError>,
}

impl Told {
    fn len(&self) -> usize {
        self.placed.len() + self.general.len() + self.entities.values().map(Vec::len).sum::<usize>()
    }

    /// Whether nothing is told.
    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What tells why something is missing that no error is about: whatever else went wrong.
    pub(super) fn any(&self) -> Option<GraphqlError> {
        let any = self.placed.first().or_else(|| self.entities.values().flatten().next())?;
        Some(GraphqlError { path: None, ..any.clone() })
    }
}

impl Origin<'_> {
    /// The errors that a subgraph sent. `answered`: data came with them.
    pub(super) fn translate(&self, errors: &Value, data: &Object, answered: bool) -> Told {
        let mut told = Told::default();
        let mut text = Vec::new();
        write_value(&mut text, errors);
        let Ok(errors) = serde_json::from_slice::<Vec<Json>>(&text) else {
            told.general.push(failure(Code::SubgraphMalformedResponse));
            return told;
        };
        for error in &errors {
            if told.len() >= MOST_ERRORS {
                break;
            }
            let path = error.get("path").and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
            let steps: Vec<Step<'_>> = path.iter().map_while(step).collect();
            let error = self.tell(error);
            if self.targets.is_empty() {
                self.place_in_root(&mut told, error, &steps, answered);
            } else {
                self.place_in_entities(&mut told, error, &steps, data);
            }
        }
        told.placed.truncate(MOST_ERRORS);
        told
    }

    /// A fetch that brought no GraphQL response.
    pub(super) fn transport(&self, error: &TransportError) -> GraphqlError {
        tracing::warn!(subgraph = self.subgraph, %error, "a fetch failed");
        failure(match error {
            TransportError::DeadlineExceeded => Code::SubgraphTimeout,
            TransportError::TooLarge { .. } => Code::SubgraphMalformedResponse,
            TransportError::Unreachable(_)
            | TransportError::Unauthenticated
            | TransportError::AuthenticationUnavailable
            | TransportError::Unsupported
            | TransportError::Status(_) => Code::SubgraphUnavailable,
        })
    }

    fn place_in_root(&self, told: &mut Told, error: GraphqlError, steps: &[Step<'_>], answered: bool) {
        let path = self.client_path(self.output, steps);
        if !path.is_empty() {
            told.placed.push(error.at(path));
        } else if answered {
            // It does not say where. With one root field there is no doubt.
            let roots = self.slots.keys().map(|slot| self.client_path(self.output, &[Step::Slot(slot)]));
            let mut roots = roots.filter(|path| !path.is_empty());
            let only = roots.next().filter(|_| roots.next().is_none());
            told.placed.push(GraphqlError { path: only, ..error });
        } else {
            told.general.push(error);
        }
    }

    fn place_in_entities(&self, told: &mut Told, error: GraphqlError, steps: &[Step<'_>], data: &Object) {
        let [Step::Slot(key), Step::Position(place), below @ ..] = steps else {
            return told.general.push(error);
        };
        let Some((batch, targets)) =
            self.targets.iter().enumerate().find(|(_, targets)| targets.response_key() == *key)
        else {
            return told.general.push(error);
        };
        let Some(brought) = targets.brought(*place) else { return told.general.push(error) };
        for way in targets.paths(data, *place) {
            let path = self.client_path(self.output, &[way.as_slice(), below].concat());
            // Without the entity, an error of it is told at each of the fields that it was to bring.
            if brought || path.len() > self.client_path(self.output, &way).len() {
                told.placed.push(error.clone().at(path));
            }
        }
        if !brought {
            told.entities.entry((batch, *place)).or_default().push(error);
        }
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
        // What a server says of a fault that it did not expect is written for those who run it.
        let masked = self.config.mask_subgraph_messages || code == Code::Internal.as_str();
        let message = error.get("message").and_then(Json::as_str).filter(|_| !masked);
        GraphqlError {
            message: message.unwrap_or("The service reported an error.").to_owned(),
            locations: Vec::new(),
            path: None,
            extensions,
        }
    }

    /// Turns slots into the client's response keys, as far as the client's operation goes: below that stand keys and
    /// requirements that it did not ask for.
    fn client_path(&self, output: &OutputSelection, steps: &[Step<'_>]) -> Vec<PathSegment> {
        let Some((Step::Slot(slot), rest)) = steps.split_first() else { return Vec::new() };
        let asked = output.fields.iter().filter(|field| self.variables.satisfy(&field.condition));
        // Several response keys may be filled from one slot; the one that leads furthest is meant.
        let ways = asked.filter_map(|field| match &field.source {
            Source::Slot { slot: one, shape } if one == slot => {
                Some(self.below(&field.response_key, shape, rest))
            }
            _ => None,
        });
        ways.reduce(|best, other| if other.len() > best.len() { other } else { best }).unwrap_or_default()
    }

    /// The key, the places in its lists, and what follows.
    fn below(&self, key: &str, shape: &Shape, steps: &[Step<'_>]) -> Vec<PathSegment> {
        let mut path = vec![PathSegment::Key(key.to_owned())];
        let (mut content, mut steps) = (&shape.content, steps);
        while let (Content::List(item), Some((Step::Position(position), rest))) =
            (content, steps.split_first())
        {
            path.push(PathSegment::Index(*position));
            (content, steps) = (&item.content, rest);
        }
        if let Content::Object { selection, .. } = content {
            path.extend(self.client_path(selection, steps));
        }
        path
    }
}

/// What is told of a fetch that brought nothing.
pub(super) fn failure(code: Code) -> GraphqlError {
    let message = match code {
        Code::SubgraphTimeout => "The service took too long to answer.",
        Code::SubgraphMalformedResponse => "The service's answer could not be used.",
        _ => "The service is unavailable.",
    };
    GraphqlError::new(code, message)
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
