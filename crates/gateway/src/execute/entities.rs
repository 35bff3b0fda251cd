//! Representations: what is sent about entities, and where their answers belong.

use std::collections::HashMap;

use planner::{EntityBatch, PathStep, Representation, RepresentationField, RepresentationSelection};

use crate::json::{LossId, Object, Value, write_string, write_value};

const TYPENAME: &str = "__typename";

/// At how many places one error of one entity is reported, at most.
const MOST_PATHS: usize = 100;

/// The representations of one `_entities` field, equal ones once.
pub(super) struct Batch<'a> {
    plan: &'a EntityBatch,
    representations: Vec<Vec<u8>>,
    /// For each object on the path: the list positions that lead to it, and its representation's place.
    targets: Vec<(Vec<usize>, usize)>,
    /// The list positions that lead to objects which can't be described because of a failure, and that failure.
    cut_off: Vec<(Vec<usize>, LossId)>,
}

impl<'a> Batch<'a> {
    /// Describes the objects that stand at the batch's path.
    pub(super) fn collect(plan: &'a EntityBatch, data: &Object) -> Self {
        let mut batch = Self { plan, representations: Vec::new(), targets: Vec::new(), cut_off: Vec::new() };
        let mut places = HashMap::new();
        let mut positions = Vec::new();
        batch.walk(data, &plan.path, &mut positions, &mut places);
        batch
    }

    /// Whether there is anything to ask.
    pub(super) fn asks(&self) -> bool {
        !self.targets.is_empty()
    }

    /// The key of the entities in the answer.
    pub(super) fn response_key(&self) -> &'a str {
        &self.plan.response_key
    }

    /// Where the objects are that can't be asked about because something else failed.
    pub(super) fn take_cut_off(&mut self) -> impl Iterator<Item = (Place<'a>, LossId)> + use<'a> {
        let path = self.plan.path.as_slice();
        let cut_off = std::mem::take(&mut self.cut_off).into_iter();
        cut_off.map(move |(positions, loss)| (Place { path, positions }, loss))
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
            Value::Null | Value::Lost(_) | Value::Leaf(_) => {}
        }
    }

    fn describe(&mut self, object: &Object, positions: &[usize], places: &mut HashMap<Vec<u8>, usize>) {
        let fitting = self
            .plan
            .representations
            .iter()
            .find(|one| one.types.is_empty() || is_one_of(object, &one.types));
        let described = match fitting {
            Some(representation) => write_representation(representation, object),
            None => Err(Undescribed::by(object.get(TYPENAME))),
        };
        let text = match described {
            Ok(text) => text,
            Err(Undescribed(loss)) => {
                self.cut_off.extend(loss.map(|loss| (positions.to_vec(), loss)));
                return;
            }
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
        let brought = vec![false; self.representations.len()];
        Targets { plan: self.plan, places: self.targets, brought, answered: false }
    }
}

/// Where the answers of a batch belong.
pub(super) struct Targets<'a> {
    plan: &'a EntityBatch,
    places: Vec<(Vec<usize>, usize)>,
    /// For each representation, whether an entity came back.
    brought: Vec<bool>,
    /// Whether a list of entities came back.
    pub(super) answered: bool,
}

impl<'a> Targets<'a> {
    pub(super) fn response_key(&self) -> &'a str {
        &self.plan.response_key
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
    path: &'a [PathStep],
    /// In the lists on the way.
    positions: Vec<usize>,
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

fn is_one_of(object: &Object, types: &[String]) -> bool {
    let name = object.get(TYPENAME).and_then(Value::as_plain_str);
    name.is_some_and(|name| types.iter().any(|one| one == name))
}

/// An entity that can't be asked about: a required value is null or missing, perhaps because something failed.
struct Undescribed(Option<LossId>);

impl Undescribed {
    fn by(value: Option<&Value>) -> Self {
        Self(value.and_then(Value::loss))
    }
}

fn write_representation(representation: &Representation, object: &Object) -> Result<Vec<u8>, Undescribed> {
    let mut out = Vec::from(b"{\"__typename\":");
    match &representation.typename {
        Some(name) => write_string(&mut out, name),
        None => write_typename(&mut out, object)?,
    }
    for field in &representation.fields {
        out.push(b',');
        write_field(&mut out, field, object)?;
    }
    out.push(b'}');
    Ok(out)
}

fn write_typename(out: &mut Vec<u8>, object: &Object) -> Result<(), Undescribed> {
    let name = object.get(TYPENAME);
    let known = name.filter(|name| !name.is_null()).ok_or_else(|| Undescribed::by(name))?;
    write_value(out, known);
    Ok(())
}

fn write_field(out: &mut Vec<u8>, field: &RepresentationField, object: &Object) -> Result<(), Undescribed> {
    let value = object.get(&field.slot).unwrap_or(&Value::Null);
    if field.required && value.is_null() {
        return Err(Undescribed::by(Some(value)));
    }
    write_string(out, &field.name);
    out.push(b':');
    write_selected(out, value, &field.selections)
}

fn write_selected(
    out: &mut Vec<u8>,
    value: &Value,
    selections: &[RepresentationSelection],
) -> Result<(), Undescribed> {
    match value {
        _ if selections.is_empty() => write_value(out, value),
        Value::Null | Value::Lost(_) | Value::Leaf(_) => write_value(out, value),
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
                    write_typename(out, object)?;
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
    Ok(())
}
