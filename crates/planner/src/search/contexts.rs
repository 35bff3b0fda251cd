//! Demands the values of contextual arguments of the objects above.

use std::sync::Arc;

use super::Search;
use super::require::{Purpose, Requirement, require_typename};
use super::state::{Ancestor, Contextual, PosId, RequiredSelection, State};
use crate::model::ContextValue;

impl Search<'_> {
    /// Has the entity step that `requirement` is of, at `pos`, take a value from the nearest object that sets its context.
    ///
    /// Which one that is may depend on the objects' types; then all that it may be are asked, up to one that it is for sure.
    pub(super) fn take_from_context(
        &self,
        state: &mut State,
        pos: PosId,
        value: &Arc<ContextValue>,
        requirement: &Requirement,
    ) -> Option<()> {
        let known = &state.step(requirement.step).entity.as_ref()?.contexts;
        if known.iter().any(|own| own.value == *value) {
            return Some(());
        }
        let setters = self.serve.model.contexts.get(&value.context)?;
        let requirement = Requirement { purpose: Purpose::Context, ..requirement.clone() };
        let mut ancestors = Vec::new();
        let mut below = pos;
        while let Some(above) = state.pos(below).parent {
            let on_the_way = state.pos(above).types.and(&state.pos(below).parent_types);
            let setting = on_the_way.and(setters);
            if !setting.is_empty() {
                let here = state.pos(above);
                let sources = self.serve.sources(&here.parent_types, &here.field);
                let parts = self.alike(&setting, &value.selection, &sources);
                let by_type = parts.len() > 1 || setting != on_the_way;
                if by_type {
                    require_typename(state, above, &requirement);
                }
                let mut selections = Vec::new();
                for types in parts {
                    let fields = self.require(state, above, &types, &value.selection, &requirement);
                    selections.push(RequiredSelection { pos: above, types, fields });
                }
                ancestors.push(Ancestor { pos: above, by_type, selections });
            }
            if on_the_way.is_subset(setters) {
                break;
            }
            below = above;
        }
        let entity = state.step_mut(requirement.step).entity.as_mut()?;
        entity.contexts.push(Contextual { value: Arc::clone(value), ancestors });
        Some(())
    }
}
