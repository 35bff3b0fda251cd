//! Representations: what is sent about entities, and where their answers belong.

use std::collections::HashMap;

use planner::{EntityBatch, PathStep, Representation, RepresentationField, RepresentationSelection};

use crate::json::{Object, Value, write_string, write_value};

const TYPENAME: &str = "__typename";

/// At how many places one error of one entity is reported, at most.
const MOST_PATHS: usize = 100;

/// The representations of one `_entities` field, equal ones once.
pub(super) struct Batch<'a> {
    plan: &'a EntityBatch,
    representations: Vec<Vec<u8>>,
    /// For each object on the path: the list positions that lead to it, and its representation's place.
    targets: Vec<(Vec<usize>, usize)>,
}

impl<'a> Batch<'a> {
    /// Describes the objects that stand at the batch's path; `None` where none is to be asked about.
    pub(super) fn collect(plan: &'a EntityBatch, data: &Object) -> Option<Self> {
        let mut batch = Self { plan, representations: Vec::new(), targets: Vec::new() };
        let mut places = HashMap::new();
        let mut positions = Vec::new();
        batch.walk(data, &plan.path, &mut positions, &mut places);
        (!batch.targets.is_empty()).then_some(batch)
    }

    fn walk(
        &mut self,
        object: &Object,
        path: &[PathStep],
        positions: &mut Vec<usize>,
        places: &mut HashMap<Vec<u8>, usize>,
    ) {
        match path.split_first() {
            None => self.describe(object, positions, places),
            Some((PathStep::Types(types), rest)) => {
                if is_one_of(object, types) {
                    self.walk(object, rest, positions, places);
                }
            }
            Some((PathStep::Slot(slot), rest)) => {
                if let Some(value) = object.get(slot) {
                    self.walk_value(value, rest, positions, places);
                }
            }
        }
    }

    fn walk_value(
        &mut self,
        value: &Value,
        path: &[PathStep],
        positions: &mut Vec<usize>,
        places: &mut HashMap<Vec<u8>, usize>,
    ) {
        match value {
            Value::Object(object) => self.walk(object, path, positions, places),
            Value::List(items) => {
                for (position, item) in items.iter().enumerate() {
                    positions.push(position);
                    self.walk_value(item, path, positions, places);
                    positions.pop();
                }
            }
            Value::Null | Value::Leaf(_) => {}
        }
    }

    fn describe(&mut self, object: &Object, positions: &[usize], places: &mut HashMap<Vec<u8>, usize>) {
        let fitting = self
            .plan
            .representations
            .iter()
            .find(|one| one.types.is_empty() || is_one_of(object, &one.types));
        let Some(text) = fitting.and_then(|representation| write_representation(representation, object))
        else {
            return;
        };
        let next = self.representations.len();
        let place = *places.entry(text.clone()).or_insert(next);
        if place == next {
            self.representations.push(text);
        }
        self.targets.push((positions.to_vec(), place));
    }

    /// Whether these are the representations of that part of the plan.
    pub(super) fn is_of(&self, plan: &EntityBatch) -> bool {
        std::ptr::eq(self.plan, plan)
    }

    /// How many bytes the representations have.
    pub(super) fn size(&self) -> usize {
        self.representations.iter().map(|text| text.len() + 1).sum()
    }

    /// How many different entities are asked about.
    pub(super) fn len(&self) -> usize {
        self.representations.len()
    }

    /// Appends `"representations":[…]`.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        write_string(out, &self.plan.variable);
        out.extend_from_slice(b":[");
        for (place, text) in self.representations.iter().enumerate() {
            if place > 0 {
                out.push(b',');
            }
            out.extend_from_slice(text);
        }
        out.push(b']');
    }

    /// What merging needs once the request is on its way.
    pub(super) fn into_targets(self) -> Targets<'a> {
        Targets { plan: self.plan, places: self.targets, count: self.representations.len(), answered: false }
    }
}

/// Where the answers of a batch belong.
pub(super) struct Targets<'a> {
    plan: &'a EntityBatch,
    places: Vec<(Vec<usize>, usize)>,
    count: usize,
    /// Whether a list of entities came back.
    pub(super) answered: bool,
}

impl Targets<'_> {
    pub(super) fn response_key(&self) -> &str {
        &self.plan.response_key
    }

    /// Merges the entities into the objects that asked for them; `false` where they are not a list of as many.
    pub(super) fn merge(&mut self, data: &mut Object, entities: Option<Value>) -> bool {
        let mut entities = match entities {
            Some(Value::List(entities)) if entities.len() == self.count => entities,
            _ => return false,
        };
        self.answered = true;
        let mut uses = vec![0_usize; self.count];
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

    /// The slots that lead to the objects, without places in lists.
    pub(super) fn slots(&self) -> Vec<Step<'_>> {
        let slots = self.plan.path.iter().filter_map(|step| match step {
            PathStep::Slot(slot) => Some(Step::Slot(slot)),
            PathStep::Types(_) => None,
        });
        slots.collect()
    }

    /// The way from the root to each object that has the entity in this place; without a place, to the first of all.
    pub(super) fn paths(&self, data: &Object, place: Option<usize>) -> Vec<Vec<Step<'_>>> {
        let fitting = self.places.iter().filter(|(_, one)| place.is_none_or(|place| place == *one));
        let most = if place.is_some() { MOST_PATHS } else { 1 };
        fitting.take(most).map(|(positions, _)| way(data, &self.plan.path, positions)).collect()
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

fn is_one_of(object: &Object, types: &[String]) -> bool {
    let name = object.get(TYPENAME).and_then(Value::as_plain_str);
    name.is_some_and(|name| types.iter().any(|one| one == name))
}

/// `None` where a required value is null or missing: such an entity can't be asked about.
fn write_representation(representation: &Representation, object: &Object) -> Option<Vec<u8>> {
    let mut out = Vec::from(b"{\"__typename\":");
    match &representation.typename {
        Some(name) => write_string(&mut out, name),
        None => write_value(&mut out, object.get(TYPENAME)?),
    }
    for field in &representation.fields {
        out.push(b',');
        write_field(&mut out, field, object)?;
    }
    out.push(b'}');
    Some(out)
}

fn write_field(out: &mut Vec<u8>, field: &RepresentationField, object: &Object) -> Option<()> {
    let value = object.get(&field.slot).unwrap_or(&Value::Null);
    if field.required && *value == Value::Null {
        return None;
    }
    write_string(out, &field.name);
    out.push(b':');
    write_selected(out, value, &field.selections)
}

fn write_selected(out: &mut Vec<u8>, value: &Value, selections: &[RepresentationSelection]) -> Option<()> {
    match value {
        _ if selections.is_empty() => write_value(out, value),
        Value::Null | Value::Leaf(_) => write_value(out, value),
        Value::List(items) => {
            out.push(b'[');
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    out.push(b',');
                }
                write_selected(out, item, selections)?;
            }
            out.push(b']');
        }
        Value::Object(object) => {
            out.push(b'{');
            let mut written = false;
            for selection in
                selections.iter().filter(|one| one.types.is_empty() || is_one_of(object, &one.types))
            {
                if selection.with_typename && !written {
                    out.extend_from_slice(b"\"__typename\":");
                    write_value(out, object.get(TYPENAME)?);
                    written = true;
                }
                for field in &selection.fields {
                    if written {
                        out.push(b',');
                    }
                    write_field(out, field, object)?;
                    written = true;
                }
            }
            out.push(b'}');
        }
    }
    Some(())
}
