//! Collects the entities that a fetch asks about.

use std::borrow::Cow;
use std::collections::HashMap;

use planner::{Copies, EntityBatch, PathStep};

use super::describe::{Unasked, context, describe, is_one_of};
use super::entities::{Place, Targets};
use crate::json::{Object, Value, write_string};

/// How many sets of values from contexts one fetch sends of one place of the plan, at most: its text grows with each.
const MOST_COPIES: usize = 1_000;

/// The objects at one place of a plan.
pub(super) struct Collected<'a> {
    /// For each set of values from contexts, those that agree in it. Without contexts there is one set.
    pub(super) batches: Vec<Batch<'a>>,
    /// Those that are not asked about, where something is wrong.
    pub(super) unasked: Vec<(Place<'a>, Unasked)>,
}

/// The representations of one `_entities` field, equal ones once.
pub(super) struct Batch<'a> {
    plan: &'a EntityBatch,
    /// Which of the field's copies it is.
    copy: usize,
    /// The values from contexts, in the plan's order.
    values: Vec<Vec<u8>>,
    representations: Vec<Vec<u8>>,
    /// For each object: the list positions that lead to it, and its representation's place.
    targets: Vec<(Vec<usize>, usize)>,
}

/// Describes the objects that stand at the batch's path.
pub(super) fn collect<'a>(plan: &'a EntityBatch, data: &Object) -> Collected<'a> {
    let mut collector = Collector {
        plan,
        collected: Collected { batches: Vec::new(), unasked: Vec::new() },
        ancestors: Vec::new(),
        positions: Vec::new(),
        copies: HashMap::new(),
        places: Vec::new(),
    };
    collector.walk(data, &plan.path);
    collector.collected
}

struct Collector<'a, 'd> {
    plan: &'a EntityBatch,
    collected: Collected<'a>,
    /// From the root to where we are.
    ancestors: Vec<&'d Object>,
    /// In the lists on the way.
    positions: Vec<usize>,
    /// The copy for each set of values.
    copies: HashMap<Vec<Vec<u8>>, usize>,
    /// For each copy, the place of each representation.
    places: Vec<HashMap<Vec<u8>, usize>>,
}

impl<'a, 'd> Collector<'a, 'd> {
    fn walk(&mut self, object: &'d Object, path: &'a [PathStep]) {
        match path.split_first() {
            None => self.take(object),
            Some((PathStep::Types(types), rest)) => {
                if is_one_of(object, types) {
                    self.walk(object, rest);
                }
            }
            Some((PathStep::Slot(slot), rest)) => {
                if let Some(value) = object.get(slot) {
                    self.ancestors.push(object);
                    self.walk_value(value, rest);
                    self.ancestors.pop();
                }
            }
        }
    }

    fn walk_value(&mut self, value: &'d Value, path: &'a [PathStep]) {
        match value {
            Value::Object(object) => self.walk(object, path),
            Value::List(items) => {
                for (position, item) in items.iter().enumerate() {
                    self.positions.push(position);
                    self.walk_value(item, path);
                    self.positions.pop();
                }
            }
            Value::Null | Value::Lost(_) | Value::Leaf(_) => {}
        }
    }

    fn take(&mut self, object: &Object) {
        if let Err(why) = self.add(object)
            && why != Unasked::Nothing
        {
            let place = Place { path: &self.plan.path, positions: self.positions.clone() };
            self.collected.unasked.push((place, why));
        }
    }

    fn add(&mut self, object: &Object) -> Result<(), Unasked> {
        let text = describe(&self.plan.representations, object)?;
        let contexts = self.plan.contexts.iter();
        let values = contexts.map(|plan| context(plan, &self.ancestors)).collect::<Result<Vec<_>, _>>()?;
        let copy = self.copy(values)?;
        let (Some(batch), Some(places)) = (self.collected.batches.get_mut(copy), self.places.get_mut(copy))
        else {
            return Ok(());
        };
        let next = batch.representations.len();
        let place = *places.entry(text.clone()).or_insert(next);
        if place == next {
            batch.representations.push(text);
        }
        batch.targets.push((self.positions.clone(), place));
        Ok(())
    }

    /// The copy for these values.
    fn copy(&mut self, values: Vec<Vec<u8>>) -> Result<usize, Unasked> {
        if let Some(copy) = self.copies.get(&values) {
            return Ok(*copy);
        }
        let copy = self.collected.batches.len();
        if copy >= MOST_COPIES {
            return Err(Unasked::TooManyContexts);
        }
        self.copies.insert(values.clone(), copy);
        self.places.push(HashMap::new());
        self.collected.batches.push(Batch {
            plan: self.plan,
            copy,
            values,
            representations: Vec::new(),
            targets: Vec::new(),
        });
        Ok(copy)
    }
}

impl<'a> Batch<'a> {
    /// Whether these are representations of that part of the plan.
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

    /// Appends `"representations":[…]`, and the values from contexts.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        write_string(out, &Copies::name(&self.plan.variable, self.copy));
        out.extend_from_slice(b":[");
        for (place, text) in self.representations.iter().enumerate() {
            if place > 0 {
                out.push(b',');
            }
            out.extend_from_slice(text);
        }
        out.push(b']');
        for (plan, value) in self.plan.contexts.iter().zip(&self.values) {
            out.push(b',');
            write_string(out, &Copies::name(&plan.variable, self.copy));
            out.push(b':');
            out.extend_from_slice(value);
        }
    }

    /// What merging needs once the request is on its way.
    pub(super) fn into_targets(self) -> Targets<'a> {
        let key = &self.plan.response_key;
        let key =
            if self.copy == 0 { Cow::Borrowed(key.as_str()) } else { Copies::name(key, self.copy).into() };
        Targets::new(self.plan, key, self.representations.len(), self.targets)
    }
}
