//! Where the values of contextual arguments come from.

use super::entities::{Typenames, names};
use crate::model::Model;
use crate::plan::{ContextAncestor, ContextSelection, ContextValue, ContextVariable};
use crate::search::{Ancestor, Contextual, PosId, RequiredSelection, State};

/// The variable of an `_entities` field for a value from a context.
pub(super) fn variable(
    model: &Model,
    state: &State,
    typenames: &Typenames,
    name: String,
    of: &Contextual,
) -> ContextVariable {
    let ancestors = of.ancestors.iter().map(|ancestor| from_ancestor(model, state, typenames, ancestor));
    ContextVariable { variable: name, non_null: of.value.ty.is_non_null(), ancestors: ancestors.collect() }
}

fn from_ancestor(model: &Model, state: &State, typenames: &Typenames, of: &Ancestor) -> ContextAncestor {
    let selections = of.selections.iter().map(|selection| ContextSelection {
        types: if of.by_type { names(model, &selection.types) } else { Vec::new() },
        value: value(model, state, typenames, selection),
    });
    ContextAncestor { depth: depth(state, of.pos), selections: selections.collect() }
}

fn depth(state: &State, mut pos: PosId) -> usize {
    let mut depth = 0;
    while let Some(parent) = state.pos(pos).parent {
        depth += 1;
        pos = parent;
    }
    depth
}

/// A selection has one field for each type.
fn value(model: &Model, state: &State, typenames: &Typenames, of: &RequiredSelection) -> ContextValue {
    let Some(field) = of.fields.first() else { return ContextValue::Null };
    if field.name == "__typename" {
        let only = state.pos(of.pos).types.single();
        return ContextValue::Typename(only.map(|t| model.name(t).to_string()));
    }
    let selections = field.selections.iter().map(|selection| ContextSelection {
        types: if typenames.needed(selection.pos) { names(model, &selection.types) } else { Vec::new() },
        value: value(model, state, typenames, selection),
    });
    ContextValue::Slot { slot: field.slot.to_string(), selections: selections.collect() }
}
