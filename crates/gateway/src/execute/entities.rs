//! Where the answers about entities belong.

use std::borrow::Cow;

use planner::{EntityBatch, PathStep};

use crate::json::{Object, Value};

/// At how many places one error of one entity is reported, at most.
const MOST_PATHS: usize = 100;

/// Where the answers of a batch belong.
pub(super) struct Targets<'a> {
    plan: &'a EntityBatch,
    response_key: Cow<'a, str>,
    /// For each object: the list positions that lead to it, and its representation's place.
    places: Vec<(Vec<usize>, usize)>,
    /// For each representation, whether an entity came back.
    brought: Vec<bool>,
    /// Whether a list of entities came back.
    pub(super) answered: bool,
}

impl<'a> Targets<'a> {
    /// The answers to `count` representations under that key, about the objects in these places.
    pub(super) fn new(
        plan: &'a EntityBatch,
        response_key: Cow<'a, str>,
        count: usize,
        places: Vec<(Vec<usize>, usize)>,
    ) -> Self {
        Self { plan, response_key, places, brought: vec![false; count], answered: false }
    }

    /// The part of the plan.
    pub(super) fn plan(&self) -> &'a EntityBatch {
        self.plan
    }

    /// The key of the entities in the answer.
    pub(super) fn response_key(&self) -> &str {
        &self.response_key
    }

    /// Merges the entities into the objects that asked for them; `false` where they are not a list of as many.
    pub(super) fn merge(&mut self, data: &mut Object, entities: Option<Value>) -> bool {
        let count = self.brought.len();
        let mut entities = match entities {
            Some(Value::List(entities)) if entities.len() == count => entities,
            _ => return false,
        };
        self.answered = true;
        self.brought = entities.iter().map(|entity| !entity.is_null()).collect();
        let mut uses = vec![0_usize; count];
        for (_, place) in &self.places {
            if let Some(uses) = uses.get_mut(*place) {
                *uses += 1;
            }
        }
        for (positions, place) in &self.places {
            let (Some(entity), Some(left)) = (entities.get_mut(*place), uses.get_mut(*place)) else {
                continue;
            };
            *left -= 1;
            // The last object that asked gets the entity itself, the others copies.
            let entity = if *left == 0 { std::mem::replace(entity, Value::Null) } else { entity.clone() };
            if let (Value::Object(entity), Some(object)) = (entity, descend(data, &self.plan.path, positions))
            {
                object.merge(entity);
            }
        }
        true
    }

    /// Whether the entity in this place came back; `None` where there is no such place.
    pub(super) fn brought(&self, place: usize) -> Option<bool> {
        self.brought.get(place).copied()
    }

    /// The objects whose entity did not come back, with its place.
    pub(super) fn missing(&self) -> impl Iterator<Item = (Place<'a>, usize)> {
        let path = self.plan.path.as_slice();
        let missing = self.places.iter().filter(|(_, place)| self.brought(*place) == Some(false));
        missing.map(move |(positions, place)| (Place { path, positions: positions.clone() }, *place))
    }

    /// The way from the root to each object that has the entity in this place.
    pub(super) fn paths(&self, data: &Object, place: usize) -> Vec<Vec<Step<'a>>> {
        let fitting = self.places.iter().filter(|(_, one)| place == *one);
        fitting.take(MOST_PATHS).map(|(positions, _)| way(data, &self.plan.path, positions)).collect()
    }
}

/// An object in the merged data.
pub(super) struct Place<'a> {
    pub(super) path: &'a [PathStep],
    /// In the lists on the way.
    pub(super) positions: Vec<usize>,
}

impl Place<'_> {
    /// The root of the data.
    pub(super) const ROOT: Self = Self { path: &[], positions: Vec::new() };

    /// The object itself.
    pub(super) fn find<'d>(&self, data: &'d mut Object) -> Option<&'d mut Object> {
        descend(data, self.path, &self.positions)
    }
}

/// One step of a way through the merged data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step<'a> {
    Slot(&'a str),
    Position(usize),
}

/// Slots and positions in the order in which they are met.
fn way<'a>(data: &Object, path: &'a [PathStep], positions: &[usize]) -> Vec<Step<'a>> {
    let mut positions = positions.iter();
    let mut steps = Vec::new();
    let mut object = Some(data);
    for step in path {
        let PathStep::Slot(slot) = step else { continue };
        steps.push(Step::Slot(slot));
        let mut value = object.and_then(|object| object.get(slot));
        while let Some(Value::List(items)) = value {
            let Some(position) = positions.next() else { break };
            steps.push(Step::Position(*position));
            value = items.get(*position);
        }
        object = match value {
            Some(Value::Object(object)) => Some(object),
            _ => None,
        };
    }
    steps
}

fn descend<'a>(object: &'a mut Object, path: &[PathStep], positions: &[usize]) -> Option<&'a mut Object> {
    let mut positions = positions.iter();
    let mut object = object;
    for step in path {
        let PathStep::Slot(slot) = step else { continue };
        let mut value = object.get_mut(slot)?;
        while let Value::List(items) = value {
            value = items.get_mut(*positions.next()?)?;
        }
        object = value.as_object_mut()?;
    }
    Some(object)
}
