//! What is missing because something failed, and what the client is told about it.

use std::collections::BTreeMap;

use super::entities::Place;
use super::slots::Slots;
use crate::error::GraphqlError;
use crate::json::{LossId, Object};

/// The failures of a run, in the plan's order. Their errors have no path: they get that of each null of the answer that
/// is due to them.
#[derive(Debug, Default)]
pub(crate) struct Losses(BTreeMap<LossId, Vec<GraphqlError>>);

impl Losses {
    pub(super) fn add(&mut self, loss: LossId, errors: Vec<GraphqlError>) {
        self.0.insert(loss, errors);
    }

    /// The failures and their errors.
    pub(super) fn iter(&self) -> impl Iterator<Item = (LossId, &[GraphqlError])> {
        self.0.iter().map(|(loss, errors)| (*loss, errors.as_slice()))
    }

    /// The errors of one failure.
    pub(super) fn errors(&self, loss: LossId) -> &[GraphqlError] {
        self.0.get(&loss).map_or(&[], Vec::as_slice)
    }
}

/// Where failures left objects without what they were to get.
#[derive(Default)]
pub(super) struct Marks<'a>(Vec<(Place<'a>, &'a Slots, LossId)>);

impl<'a> Marks<'a> {
    pub(super) fn add(&mut self, place: Place<'a>, slots: &'a Slots, loss: LossId) {
        self.0.push((place, slots, loss));
    }

    /// Marks in the data what is lost. It may be done again: other fetches bring parts of what was lost as a whole.
    pub(super) fn apply(&self, data: &mut Object) {
        for (place, slots, loss) in &self.0 {
            if let Some(object) = place.find(data) {
                slots.lose(object, *loss);
            }
        }
    }
}
