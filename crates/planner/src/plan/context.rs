//! Values that a fetch takes from objects above its entities (`@fromContext`).

use serde::Serialize;

/// A variable of an `_entities` field. Its value comes from the nearest object above the entity that sets a context.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ContextVariable {
    /// Without `$`.
    pub variable: String,
    /// Whether null is no value for it. An object that would get it is not asked about.
    pub non_null: bool,
    /// Where to look, the nearest object first. The first one with a selection for its type gives the value; without any,
    /// it is null.
    pub ancestors: Vec<ContextAncestor>,
}

/// Objects on the way to an entity that may set the context.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ContextAncestor {
    /// How many [slots](super::PathStep::Slot) of the batch's path lead there from the root, which is at 0.
    pub depth: usize,
    /// What to take, by type.
    pub selections: Vec<ContextSelection>,
}

/// What to take of objects of some types.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ContextSelection {
    /// The runtime object types that it is for, read from the slot `__typename`. Empty: all.
    pub types: Vec<String>,
    /// The value.
    pub value: ContextValue,
}

/// A value taken of an object. Of objects in lists it is taken element by element.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ContextValue {
    /// Nothing is selected of these objects.
    Null,
    /// As in [`Source::Typename`](super::Source::Typename).
    Typename(Option<String>),
    /// That of a slot.
    Slot {
        /// The key in the merged data.
        slot: String,
        /// For objects: what to take of each, by type. Empty for leaves.
        selections: Vec<ContextSelection>,
    },
}
