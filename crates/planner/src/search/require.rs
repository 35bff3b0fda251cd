//! Turns the selections of `@key`, `@requires` and `@fromContext` into demands and into the shape of what is sent.

use std::rc::Rc;

use apollo_compiler::Name;

use super::Search;
use super::positions::{claim_slot, find_slot, parts};
use super::state::{
    Consumer, Demand, Link, Need, PosId, Position, RequiredField, RequiredSelection, State, StepId,
};
use crate::model::{FieldSetItem, SubgraphId, TypeId};
use crate::normalize::Arguments;
use crate::type_set::TypeSet;

/// For whom something is required.
#[derive(Debug, Clone)]
pub(super) struct Requirement {
    pub(super) step: StepId,
    pub(super) chain: Option<Rc<Link>>,
    pub(super) purpose: Purpose,
}

/// What something is required for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// A null means that nothing is sent.
    Key,
    Requires,
    /// An argument, which may also be the name of a type.
    Context,
}

impl Search<'_> {
    /// Demands `items` of the objects of `types` at `pos`.
    pub(super) fn require(
        &self,
        state: &mut State,
        pos: PosId,
        types: &TypeSet,
        items: &[FieldSetItem],
        requirement: &Requirement,
    ) -> Vec<RequiredField> {
        let mut fields: Vec<RequiredField> = Vec::new();
        for item in items {
            // Representations have it anyhow.
            if item.name == "__typename" && requirement.purpose != Purpose::Context {
                continue;
            }
            let holds = |t: &_| item.on.iter().all(|on| self.serve.model.ty(*on).possible.contains(*t));
            let types: TypeSet = types.iter().filter(holds).collect();
            if types.is_empty() {
                continue;
            }
            if item.name == "__typename" {
                require_typename(state, pos, requirement);
                let (name, slot) = (item.name.clone(), item.name.clone());
                fields.push(RequiredField { name, slot, required: false, selections: Vec::new() });
                continue;
            }
            let arguments: Arguments = item.arguments.as_slice().into();
            let slot = find_slot(state, pos, &item.name, &arguments, &types).unwrap_or_else(|| {
                claim_slot(self.serve, state, pos, &item.name, &item.name, &arguments, &types)
            });
            let selections = if item.sub.is_empty() {
                let need = Need::Field { slot: slot.clone(), field: item.name.clone(), arguments };
                state.demands.push(Rc::new(Demand {
                    pos,
                    types,
                    need,
                    consumer: Consumer::Step(requirement.step),
                    chain: requirement.chain.clone(),
                }));
                Vec::new()
            } else {
                let child = self.child(state, pos, &slot, &item.name, &arguments, &types);
                self.require_object(state, child, &types, item, requirement)
            };
            let required = requirement.purpose == Purpose::Key;
            let field = RequiredField { name: item.name.clone(), slot, required, selections };
            merge_field(&mut fields, field);
        }
        fields
    }

    fn require_object(
        &self,
        state: &mut State,
        pos: PosId,
        parents: &TypeSet,
        item: &FieldSetItem,
        requirement: &Requirement,
    ) -> Vec<RequiredSelection> {
        let types = state.pos(pos).types.clone();
        let sources = self.serve.sources(parents, &item.name);
        require_typename(state, pos, requirement);
        self.alike(&types, &item.sub, &sources)
            .into_iter()
            .map(|types| {
                let fields = self.require(state, pos, &types, &item.sub, requirement);
                RequiredSelection { pos, types, fields }
            })
            .collect()
    }

    /// The parts of `types` of whose objects `items` are asked alike: all together, or each type by itself.
    pub(super) fn alike(
        &self,
        types: &TypeSet,
        items: &[FieldSetItem],
        sources: &[(SubgraphId, TypeId)],
    ) -> Vec<TypeSet> {
        let whole = types.len() < 2
            || items.iter().all(|item| {
                item.on.is_empty()
                    && (item.name == "__typename" || parts(self.serve, types, &item.name, sources).len() == 1)
            });
        if whole { vec![types.clone()] } else { types.iter().map(TypeSet::one).collect() }
    }

    /// The position behind a composite field that is required, which may be one that the client looks at too.
    fn child(
        &self,
        state: &mut State,
        pos: PosId,
        slot: &Name,
        field: &Name,
        arguments: &Arguments,
        types: &TypeSet,
    ) -> PosId {
        let fits = |child: &&PosId| {
            let child = state.pos(**child);
            child.slot == *slot && types.is_subset(&child.parent_types)
        };
        if let Some(child) = state.pos(pos).children.iter().find(fits) {
            return *child;
        }
        let model = self.serve.model;
        let behind = types
            .iter()
            .filter_map(|t| model.field(t, field))
            .filter_map(|f| model.by_name.get(f.ty.inner_named_type()));
        let possible = behind.flat_map(|t| {
            let is_abstract = model.is_abstract(*t);
            let visible = move |m: &_| !is_abstract || model.ty(*m).accessible;
            model.ty(*t).possible.iter().filter(visible)
        });
        let child_types: TypeSet = possible.collect();
        state.add_position(Position {
            parent: Some(pos),
            parent_types: types.clone(),
            slot: slot.clone(),
            field: field.clone(),
            arguments: arguments.clone(),
            types: child_types,
            slots: Vec::new(),
            children: Vec::new(),
            nodes: Vec::new(),
            opaque: false,
        })
    }
}

/// Demands the types of the objects at `pos`, where these are not known anyhow.
pub(super) fn require_typename(state: &mut State, pos: PosId, requirement: &Requirement) {
    let types = state.pos(pos).types.clone();
    if types.len() > 1 {
        state.demands.push(Rc::new(Demand {
            pos,
            types,
            need: Need::Typename,
            consumer: Consumer::Step(requirement.step),
            chain: requirement.chain.clone(),
        }));
    }
}

/// Adds a field to those of a representation; what is there already is joined with it.
pub(super) fn merge_field(fields: &mut Vec<RequiredField>, new: RequiredField) {
    let Some(old) = fields.iter_mut().find(|old| old.name == new.name && old.slot == new.slot) else {
        fields.push(new);
        return;
    };
    old.required |= new.required;
    for selection in new.selections {
        let same = |s: &&mut RequiredSelection| s.pos == selection.pos && s.types == selection.types;
        match old.selections.iter_mut().find(same) {
            Some(known) => {
                selection.fields.into_iter().for_each(|field| merge_field(&mut known.fields, field));
            }
            None => old.selections.push(selection),
        }
    }
}

/// Whether two representations of one object would give one name two values.
pub(crate) fn clash(a: &[RequiredField], b: &[RequiredField]) -> bool {
    a.iter().any(|x| {
        b.iter().filter(|y| y.name == x.name).any(|y| {
            y.slot != x.slot
                || x.selections.iter().any(|s| y.selections.iter().any(|t| clash(&s.fields, &t.fields)))
        })
    })
}
