use apollo_compiler::ast::{Definition, Document, Selection};
use bytes::Bytes;

use crate::json::{LossId, Object, Value};

/// The response keys of a fetch's operation: the slots that its answer fills, and those below them.
///
/// Types are left out: a slot has one meaning in an object, whoever fills it, and what the object does not have is not
/// looked at.
#[derive(Debug, Default)]
pub(super) struct Slots(Vec<(String, Slots)>);

impl Slots {
    /// Those of an operation's text.
    pub(super) fn of(operation: &str) -> Self {
        let mut slots = Self::default();
        // The text is the planner's own.
        let Ok(document) = Document::parse(operation, "fetch.graphql") else { return slots };
        for definition in &document.definitions {
            if let Definition::OperationDefinition(operation) = definition {
                slots.add(&operation.selection_set);
            }
        }
        slots
    }

    fn add(&mut self, selections: &[Selection]) {
        for selection in selections {
            match selection {
                Selection::Field(field) => self.entry(field.response_name()).add(&field.selection_set),
                Selection::InlineFragment(fragment) => self.add(&fragment.selection_set),
                Selection::FragmentSpread(_) => {}
            }
        }
    }

    fn entry(&mut self, key: &str) -> &mut Self {
        let place = self.0.iter().position(|(one, _)| one == key).unwrap_or_else(|| {
            self.0.push((key.to_owned(), Self::default()));
            self.0.len() - 1
        });
        #[expect(clippy::indexing_slicing, reason = "found, or added as the last, just above")]
        &mut self.0[place].1
    }

    /// The keys at the top.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(key, _)| key.as_str())
    }

    /// The slots below a key.
    pub(super) fn below(&self, key: &str) -> Option<&Self> {
        self.0.iter().find(|(one, _)| one == key).map(|(_, below)| below)
    }

    /// Whether this goes down along these keys.
    pub(super) fn has(&self, path: &[&str]) -> bool {
        match path.split_first() {
            None => true,
            Some((first, rest)) => self.below(first).is_some_and(|below| below.has(rest)),
        }
    }

    /// Marks what the object does not have of these as lost. What another fetch brought stays, be it null.
    pub(super) fn lose(&self, object: &mut Object, loss: LossId) {
        for (slot, below) in &self.0 {
            match object.get_mut(slot) {
                Some(value) => below.lose_in(value, loss),
                None => object.push(Bytes::from(slot.clone()), Value::Lost(loss)),
            }
        }
    }

    fn lose_in(&self, value: &mut Value, loss: LossId) {
        match value {
            Value::Object(object) => self.lose(object, loss),
            Value::List(items) => items.iter_mut().for_each(|item| self.lose_in(item, loss)),
            // The first failure in the plan's order, whichever was noticed first.
            Value::Lost(other) => *other = loss.min(*other),
            Value::Null | Value::Leaf(_) => {}
        }
    }
}
