//! Walking a field set over the types of its subgraph.

use apollo_compiler::Name;

use crate::field_set::{FieldSet, Selection};
use crate::model::{FieldDef, SubgraphSchema, TypeDef, TypeKind};

/// A selected field on the way through a field set.
pub(super) struct Visit<'a> {
    pub(super) parent: &'a TypeDef,
    pub(super) field: &'a FieldDef,
    pub(super) has_arguments: bool,
    pub(super) is_leaf: bool,
    /// This field or one above it in the field set is `@external`, here or where an implementation has it.
    pub(super) under_external: bool,
}

/// Calls `visit` for each field that `set` selects on `parent`; the error says what cannot be selected.
pub(super) fn walk<'a>(
    subgraph: &'a SubgraphSchema,
    parent: &Name,
    set: &FieldSet,
    visit: &mut dyn FnMut(&Visit<'a>),
) -> Result<(), String> {
    walk_below(subgraph, parent, set, false, visit)
}

fn walk_below<'a>(
    subgraph: &'a SubgraphSchema,
    parent: &Name,
    set: &FieldSet,
    under_external: bool,
    visit: &mut dyn FnMut(&Visit<'a>),
) -> Result<(), String> {
    let Some(def) = subgraph.types.get(parent).filter(|def| def.is_composite()) else {
        return Err(format!("\"{parent}\" has no fields"));
    };
    for selection in &set.0 {
        match selection {
            Selection::Inline { on, selections } => {
                let on = on.as_ref().unwrap_or(parent);
                check_condition(subgraph, def, on)?;
                walk_below(subgraph, on, selections, under_external, visit)?;
            }
            Selection::Field { name, .. } if name == "__typename" => {}
            Selection::Field { name, arguments, selections } => {
                let Some(field) = def.field(name) else {
                    return Err(format!("cannot query field \"{name}\" on type \"{parent}\""));
                };
                check_arguments(field, arguments.as_deref(), parent)?;
                let target = field.ty.inner_named_type();
                let is_leaf = selections.0.is_empty();
                let is_composite = subgraph.types.get(target).is_some_and(TypeDef::is_composite);
                if is_composite && is_leaf {
                    return Err(format!(
                        "field \"{parent}.{name}\" of type \"{}\" needs a selection of subfields",
                        field.ty
                    ));
                }
                if !is_composite && !is_leaf {
                    return Err(format!(
                        "field \"{parent}.{name}\" of type \"{}\" has no subfields",
                        field.ty
                    ));
                }
                let under_external =
                    under_external || field.external || from_implementations(subgraph, def, name);
                let has_arguments = !field.arguments.is_empty();
                visit(&Visit { parent: def, field, has_arguments, is_leaf, under_external });
                if !is_leaf {
                    walk_below(subgraph, target, selections, under_external, visit)?;
                }
            }
        }
    }
    Ok(())
}

fn check_condition(subgraph: &SubgraphSchema, def: &TypeDef, on: &Name) -> Result<(), String> {
    if *on == def.name {
        return Ok(());
    }
    if !subgraph.types.get(on).is_some_and(TypeDef::is_composite) {
        return Err(format!("there is no type \"{on}\" to select on"));
    }
    let mine = subgraph.possible_types(&def.name);
    let overlaps = subgraph.possible_types(on).iter().any(|name| mine.contains(name));
    let is_interface_object =
        |name: &Name| subgraph.types.get(name).is_some_and(|def| def.is_interface_object);
    let interfaces_only = matches!(def.kind, TypeKind::Interface(_)) && mine.is_empty();
    if overlaps || interfaces_only || is_interface_object(&def.name) || is_interface_object(on) {
        return Ok(());
    }
    Err(format!("a \"{}\" can never be a \"{on}\"", def.name))
}

fn check_arguments(field: &FieldDef, given: Option<&str>, parent: &Name) -> Result<(), String> {
    if given.is_none() {
        if let Some(argument) = field.arguments.values().find(|argument| argument.is_required()) {
            return Err(format!(
                "field \"{parent}.{}\" needs the argument \"{}\"",
                field.name, argument.name
            ));
        }
    } else if field.arguments.is_empty() {
        return Err(format!("field \"{parent}.{}\" has no arguments", field.name));
    }
    Ok(())
}

/// An interface field cannot be `@external` itself: its implementations' fields are.
fn from_implementations(subgraph: &SubgraphSchema, parent: &TypeDef, field: &str) -> bool {
    matches!(parent.kind, TypeKind::Interface(_))
        && subgraph
            .possible_types(&parent.name)
            .iter()
            .any(|object| subgraph.field(object, field).is_some_and(|field| field.external))
}
