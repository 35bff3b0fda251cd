//! Paths to entities, and how to describe them.

use indexmap::IndexMap;

use crate::model::Model;
use crate::plan::{PathStep, Representation, RepresentationField, RepresentationSelection};
use crate::search::{Entity, PosId, RequiredField, RequiredSelection, State};
use crate::type_set::TypeSet;

/// Where the slot `__typename` is needed: the runtime type is not known from the schema.
pub(crate) struct Typenames(Vec<bool>);

impl Typenames {
    pub(crate) fn new(model: &Model, state: &State) -> Self {
        let needed = |pos: &crate::search::Position| {
            pos.parent.is_some()
                && (pos.types.len() > 1
                    || pos.nodes.iter().any(|id| {
                        let node = state.node(*id);
                        // An interface object does not tell: with one type only, that type it is.
                        let tells = !model.is_interface_object(node.ty, state.subgraph(*id));
                        node.parent.is_some() && model.is_abstract(node.ty) && tells
                    }))
        };
        Self(state.positions.iter().map(|pos| needed(pos)).collect())
    }

    pub(crate) fn needed(&self, pos: PosId) -> bool {
        self.0.get(pos.0).copied().unwrap_or(false)
    }
}

/// The names of the types of a set.
pub(crate) fn names(model: &Model, types: &TypeSet) -> Vec<String> {
    types.iter().map(|t| model.name(t).to_string()).collect()
}

/// From the root to the objects at a position.
pub(crate) fn path(model: &Model, state: &State, pos: PosId) -> Vec<PathStep> {
    let mut steps = Vec::new();
    let mut at = pos;
    while let Some(parent) = state.pos(at).parent {
        let here = state.pos(at);
        steps.push(PathStep::Slot(here.slot.to_string()));
        if !state.pos(parent).types.is_subset(&here.parent_types) {
            steps.push(PathStep::Types(names(model, &here.parent_types)));
        }
        at = parent;
    }
    steps.reverse();
    steps
}

/// How an entity step describes its objects.
pub(crate) fn representation(
    model: &Model,
    typenames: &Typenames,
    pos: PosId,
    entity: &Entity,
) -> Representation {
    Representation {
        types: if typenames.needed(pos) && !model.is_abstract(entity.object) {
            vec![model.name(entity.object).to_string()]
        } else {
            Vec::new()
        },
        typename: Some(model.name(entity.ty).to_string()),
        fields: fields(model, typenames, &entity.fields),
    }
}

fn fields(model: &Model, typenames: &Typenames, required: &[RequiredField]) -> Vec<RepresentationField> {
    required
        .iter()
        .map(|field| RepresentationField {
            name: field.name.to_string(),
            slot: field.slot.to_string(),
            required: field.required,
            selections: disjoint(field.selections.iter().map(|s| selection(model, typenames, s)).collect()),
        })
        .collect()
}

fn selection(model: &Model, typenames: &Typenames, required: &RequiredSelection) -> RepresentationSelection {
    let needed = typenames.needed(required.pos);
    RepresentationSelection {
        types: if needed { names(model, &required.types) } else { Vec::new() },
        with_typename: needed,
        fields: fields(model, typenames, &required.fields),
    }
}

/// Takes in another representation of the same objects.
pub(crate) fn merge(into: &mut Vec<Representation>, new: Representation) {
    let same = |old: &&mut Representation| old.types == new.types && old.typename == new.typename;
    match into.iter_mut().find(same) {
        Some(old) => merge_fields(&mut old.fields, new.fields),
        None => into.push(new),
    }
}

fn merge_fields(into: &mut Vec<RepresentationField>, new: Vec<RepresentationField>) {
    for field in new {
        let Some(old) = into.iter_mut().find(|old| old.name == field.name) else {
            into.push(field);
            continue;
        };
        old.required |= field.required;
        for selection in field.selections {
            match old.selections.iter_mut().find(|s| s.types == selection.types) {
                Some(known) => merge_fields(&mut known.fields, selection.fields),
                None => old.selections.push(selection),
            }
        }
        old.selections = disjoint(std::mem::take(&mut old.selections));
    }
}

/// Takes selections apart where two would fit one object, so that each object has one and no field is written twice.
fn disjoint(selections: Vec<RepresentationSelection>) -> Vec<RepresentationSelection> {
    let mut types: Vec<&String> = Vec::new();
    for ty in selections.iter().flat_map(|selection| &selection.types) {
        if !types.contains(&ty) {
            types.push(ty);
        }
    }
    let overlap = |ty: &&String| selections.iter().filter(|s| s.types.contains(ty)).count() > 1;
    if !types.iter().any(overlap) {
        return selections;
    }
    let mut groups: IndexMap<Vec<usize>, Vec<String>> = IndexMap::new();
    for ty in types {
        let of = (0..selections.len()).filter(|at| selections[*at].types.contains(ty)).collect();
        groups.entry(of).or_default().push(ty.clone());
    }
    let joined = groups.into_iter().map(|(of, types)| {
        let mut all = RepresentationSelection { types, with_typename: false, fields: Vec::new() };
        for selection in of.into_iter().map(|at| &selections[at]) {
            all.with_typename |= selection.with_typename;
            merge_fields(&mut all.fields, selection.fields.clone());
        }
        all
    });
    joined.chain(selections.iter().filter(|selection| selection.types.is_empty()).cloned()).collect()
}
