//! Places of the client's answer.

use std::collections::HashMap;

use planner::{DeferId, OutputSelection};

use crate::error::PathSegment;
use crate::json::{LossId, Object, Value};

/// An object of the answer, and which of its entries are to be written.
pub(super) struct Site<'a> {
    /// The deferred group; `None`: what is in none.
    pub(super) group: Option<DeferId>,
    pub(super) selection: &'a OutputSelection,
    /// The object's type where the schema leaves no other.
    pub(super) only: Option<&'a str>,
    pub(super) path: Vec<Step<'a>>,
}

/// What was written.
pub(super) struct Written<'a> {
    pub(super) text: Vec<u8>,
    /// Where deferred groups are to go.
    pub(super) sites: Vec<Site<'a>>,
    /// The failures that show.
    pub(super) met: HashMap<LossId, usize>,
}

impl<'a> Site<'a> {
    /// The root, without what is deferred.
    pub(super) fn root(selection: &'a OutputSelection) -> Self {
        Self { group: None, selection, only: None, path: Vec::new() }
    }

    /// Whether a path leads into what is to be written here.
    pub(super) fn has(&self, path: &[PathSegment]) -> bool {
        let Some((around, [PathSegment::Key(key), ..])) = path.split_at_checked(self.path.len()) else {
            return false;
        };
        self.path.iter().zip(around).all(|(step, segment)| step.is(segment))
            && self
                .selection
                .fields
                .iter()
                .any(|field| field.response_key == *key && field.defer.first().copied() == self.group)
    }

    /// Where the object is in the client's answer.
    pub(super) fn path(&self) -> Vec<PathSegment> {
        self.path.iter().map(|step| step.segment()).collect()
    }

    /// The object in the merged data.
    pub(super) fn find<'d>(&self, data: &'d Object) -> Option<&'d Object> {
        let mut object = data;
        let mut value: Option<&Value> = None;
        for step in &self.path {
            value = match (*step, value) {
                (Step::Key { slot, .. }, None) => Some(object.get(slot)?),
                (Step::Key { slot, .. }, Some(Value::Object(below))) => {
                    object = below;
                    Some(object.get(slot)?)
                }
                (Step::Index(place), Some(Value::List(items))) => Some(items.get(place)?),
                _ => return None,
            };
        }
        match value {
            None => Some(data),
            Some(Value::Object(object)) => Some(object),
            Some(_) => None,
        }
    }
}

/// A step of a path through the answer. Borrowed: paths are needed for errors alone, and these are few.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step<'a> {
    /// In the client's answer, and in the merged data.
    Key {
        key: &'a str,
        slot: &'a str,
    },
    Index(usize),
}

impl Step<'_> {
    pub(super) fn is(self, segment: &PathSegment) -> bool {
        match (self, segment) {
            (Self::Key { key: ours, .. }, PathSegment::Key(theirs)) => ours == theirs,
            (Self::Index(ours), PathSegment::Index(theirs)) => ours == *theirs,
            _ => false,
        }
    }

    pub(super) fn segment(self) -> PathSegment {
        match self {
            Self::Key { key, .. } => PathSegment::Key(key.to_owned()),
            Self::Index(position) => PathSegment::Index(position),
        }
    }
}
