//! JSON as the plan runner needs it: a tree whose leaves stay in the buffer they came in.
//!
//! A scalar is never taken apart. Its text, as the subgraph wrote it, is what the client gets, so numbers keep every
//! digit and strings are neither unescaped nor escaped again.

mod parse;
mod write;

use std::borrow::Cow;

use bytes::Bytes;

pub(crate) use parse::parse;
pub(crate) use write::{write_string, write_value};

/// A JSON value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    /// Null because something failed. No JSON is read as this, and it is written as null.
    Lost(LossId),
    /// A string, number or Boolean: its JSON text.
    Leaf(Bytes),
    List(Vec<Value>),
    Object(Object),
}

/// What failed: a number that means something to whoever put it there. Smaller ones go before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct LossId {
    /// The fetch that failed.
    pub(crate) fetch: usize,
    /// Which of its failures.
    pub(crate) number: usize,
}

impl Value {
    /// Whether it is null, for whatever reason.
    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Self::Null | Self::Lost(_))
    }

    /// Why it is null, where something failed.
    pub(crate) fn loss(&self) -> Option<LossId> {
        if let Self::Lost(loss) = self { Some(*loss) } else { None }
    }

    /// The content of a string that needs no unescaping.
    pub(crate) fn as_plain_str(&self) -> Option<&str> {
        let Self::Leaf(text) = self else { return None };
        let text = std::str::from_utf8(text).ok()?.strip_prefix('"')?.strip_suffix('"')?;
        (!text.contains('\\')).then_some(text)
    }

    /// A string's content; `None` for anything else, and for text that is no Unicode (a lone surrogate).
    pub(crate) fn as_string(&self) -> Option<Cow<'_, str>> {
        let Self::Leaf(text) = self else { return None };
        if let Some(plain) = self.as_plain_str() {
            return Some(Cow::Borrowed(plain));
        }
        serde_json::from_slice(text).ok().map(Cow::Owned)
    }

    /// The object, to change it.
    pub(crate) fn as_object_mut(&mut self) -> Option<&mut Object> {
        if let Self::Object(object) = self { Some(object) } else { None }
    }
}

/// A JSON object in the order of its keys' arrival. Subgraph objects are small, so a key is found by looking.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Object(Vec<(Bytes, Value)>);

impl Object {
    /// The value under a key.
    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        self.0.iter().find(|(name, _)| name == key.as_bytes()).map(|(_, value)| value)
    }

    /// The value under a key, to change it.
    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut Value> {
        self.0.iter_mut().find(|(name, _)| name == key.as_bytes()).map(|(_, value)| value)
    }

    /// Takes the value under a key out.
    pub(crate) fn take(&mut self, key: &str) -> Option<Value> {
        let place = self.0.iter().position(|(name, _)| name == key.as_bytes())?;
        Some(self.0.swap_remove(place).1)
    }

    /// Keys and values in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Bytes, &Value)> {
        self.0.iter().map(|(key, value)| (key, value))
    }

    /// Adds a key that is not there yet.
    pub(crate) fn push(&mut self, key: Bytes, value: Value) {
        self.0.push((key, value));
    }

    /// Merges another object in: objects key by key, lists element by element. Where both have a leaf, ours stays (they are
    /// the same field of the same entity); where ours is null, theirs goes in.
    pub(crate) fn merge(&mut self, other: Self) {
        for (key, value) in other.0 {
            match self.0.iter_mut().find(|(name, _)| *name == key) {
                Some((_, ours)) => ours.merge(value),
                None => self.0.push((key, value)),
            }
        }
    }
}

impl Value {
    fn merge(&mut self, other: Self) {
        match (self, other) {
            (Self::Object(ours), Self::Object(theirs)) => ours.merge(theirs),
            (Self::List(ours), Self::List(theirs)) if ours.len() == theirs.len() => {
                for (ours, theirs) in ours.iter_mut().zip(theirs) {
                    ours.merge(theirs);
                }
            }
            (ours @ (Self::Null | Self::Lost(_)), theirs) => *ours = theirs,
            _ => {}
        }
    }
}
