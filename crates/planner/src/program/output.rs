//! The shape of the answer.

use apollo_compiler::ast::Type;

use super::entities::names;
use crate::model::{Kind, Model, TypeId};
use crate::plan::{Content, OutputField, OutputSelection, Shape, Source};
use crate::search::{PosId, Showing, Shown, State};
use crate::type_set::TypeSet;

/// What the client gets of the objects at `pos`.
pub(crate) fn output(model: &Model, state: &State, shown: &[Vec<Shown>], pos: PosId) -> OutputSelection {
    let here = &state.pos(pos).types;
    let mut fields: Vec<(TypeSet, OutputField)> = Vec::new();
    for shown_here in &shown[pos.0] {
        for (types, source) in sources(model, state, shown, here, shown_here) {
            let field = OutputField {
                response_key: shown_here.key.to_string(),
                types: Vec::new(),
                condition: shown_here.when.to_plan(),
                defer: shown_here.defer.clone(),
                source,
            };
            // Parts that turned out to be alike become one again.
            match fields.last_mut().filter(|(_, last)| *last == field) {
                Some((all, _)) => *all = all.or(&types),
                None => fields.push((types, field)),
            }
        }
    }
    let fields = fields.into_iter().map(|(types, mut field)| {
        if !here.is_subset(&types) {
            field.types = names(model, &types);
        }
        field
    });
    OutputSelection { fields: fields.collect() }
}

fn sources(
    model: &Model,
    state: &State,
    all: &[Vec<Shown>],
    here: &TypeSet,
    shown: &Shown,
) -> Vec<(TypeSet, Source)> {
    match &shown.what {
        Showing::Introspection => vec![(shown.types.clone(), Source::Introspection)],
        Showing::Typename => {
            let known = here.single().map(|t| model.name(t).to_string());
            vec![(shown.types.clone(), Source::Typename(known))]
        }
        Showing::Field { field, slot, child } => {
            // An implementation may promise more than its interface: each type has its own shape.
            let mut groups: Vec<(Type, Vec<TypeId>)> = Vec::new();
            for t in shown.types.iter() {
                let Some(ty) = model.field(t, field).map(|f| f.ty.clone()) else { continue };
                match groups.iter_mut().find(|(known, _)| *known == ty) {
                    Some((_, types)) => types.push(t),
                    None => groups.push((ty, vec![t])),
                }
            }
            groups
                .into_iter()
                .map(|(ty, types)| {
                    let source =
                        Source::Slot { slot: slot.to_string(), shape: shape(model, state, all, &ty, *child) };
                    (TypeSet::new(types), source)
                })
                .collect()
        }
    }
}

fn shape(model: &Model, state: &State, all: &[Vec<Shown>], ty: &Type, child: Option<PosId>) -> Shape {
    let non_null = ty.is_non_null();
    let content = match ty {
        Type::List(item) | Type::NonNullList(item) => {
            Content::List(Box::new(shape(model, state, all, item, child)))
        }
        Type::Named(name) | Type::NonNullNamed(name) => {
            let info = model.by_name.get(name).map(|t| model.ty(*t));
            if let Some(pos) = child {
                let here = state.pos(pos);
                let types = if here.opaque { Vec::new() } else { names(model, &here.types) };
                Content::Object { types, selection: output(model, state, all, pos) }
            } else if let Some(info) = info.filter(|info| info.kind == Kind::Enum) {
                let values = info.values.iter().map(ToString::to_string).collect();
                Content::Enum { name: name.to_string(), values }
            } else {
                Content::Scalar { name: name.to_string() }
            }
        }
    };
    Shape { non_null, content }
}
