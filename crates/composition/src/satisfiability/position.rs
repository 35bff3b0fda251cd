//! Where a value is known.

use std::collections::BTreeSet;
use std::sync::Arc;

use apollo_compiler::Name;

use crate::field_set::{FieldSet, Selection};
use crate::supergraph::GraphIndex;

/// A value is known in a subgraph, as a type of that subgraph.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Position {
    pub(super) graph: GraphIndex,
    /// The type in the subgraph: for an object of the supergraph the object itself, or an `@interfaceObject`.
    pub(super) ty: Name,
    /// External fields that are visible because a `@provides` above says so.
    pub(super) view: View,
}

pub(super) type Positions = BTreeSet<Position>;

/// What `@provides` makes visible at a position.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub(super) struct View(Option<Arc<FieldSet>>);

impl View {
    /// A view of the given selections; the order does not matter.
    pub(super) fn of(selections: Vec<Selection>) -> Self {
        if selections.is_empty() {
            return Self::default();
        }
        let sorted: BTreeSet<Selection> = selections.into_iter().collect();
        Self(Some(Arc::new(FieldSet(sorted.into_iter().collect()))))
    }

    /// The selections below `field`, for a value of an object type for which `applies` tells which type conditions hold; None
    /// when the view does not have the field.
    pub(super) fn select(&self, field: &str, applies: &dyn Fn(&str) -> bool) -> Option<Vec<Selection>> {
        let mut below = None;
        collect(self.0.as_deref()?, field, applies, &mut below);
        below
    }
}

fn collect(set: &FieldSet, field: &str, applies: &dyn Fn(&str) -> bool, below: &mut Option<Vec<Selection>>) {
    for selection in &set.0 {
        match selection {
            Selection::Field { name, selections, .. } if name == field => {
                below.get_or_insert_default().extend(selections.0.iter().cloned());
            }
            Selection::Field { .. } => {}
            Selection::Inline { on, selections } => {
                if on.as_ref().is_none_or(|on| applies(on)) {
                    collect(selections, field, applies, below);
                }
            }
        }
    }
}
