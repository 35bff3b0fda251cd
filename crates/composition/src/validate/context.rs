//! `@context` and `@fromContext`.

use apollo_compiler::Name;
use apollo_compiler::ast::Type;

use super::selection::walk;
use crate::error::{CompositionError, ErrorCode};
use crate::field_set::{FieldSet, FieldSetError, Selection};
use crate::model::{FieldDef, FromContext, InputDef, SubgraphSchema, TypeDef, TypeKind};

/// Context names are alphanumeric: `_` separates the subgraph's name in the supergraph.
pub(super) fn check_names(subgraph: &SubgraphSchema, def: &TypeDef, errors: &mut Vec<CompositionError>) {
    for name in &def.contexts {
        let starts_well = name.starts_with(|c: char| c.is_ascii_alphabetic());
        if starts_well && name.chars().all(|c| c.is_ascii_alphanumeric()) {
            continue;
        }
        let message = format!(
            "Context name \"{name}\" is invalid: it must start with a letter and have letters and digits only."
        );
        errors.push(subgraph.error(ErrorCode::ContextNameInvalid, def.name.as_str(), def.location, message));
    }
}

pub(super) fn check(
    subgraph: &SubgraphSchema,
    def: &TypeDef,
    field: &FieldDef,
    errors: &mut Vec<CompositionError>,
) {
    for argument in field.arguments.values() {
        let Some(from) = &argument.from_context else { continue };
        let coordinate = format!("{}.{}({}:)", def.name, field.name, argument.name);
        if let Err((code, message)) = check_one(subgraph, (def, field, argument), from, &coordinate) {
            errors.push(subgraph.error(code, coordinate, argument.location, message));
        }
    }
}

type Problem = (ErrorCode, String);

fn check_one(
    subgraph: &SubgraphSchema,
    (def, field, argument): (&TypeDef, &FieldDef, &InputDef),
    from: &FromContext,
    at: &str,
) -> Result<(), Problem> {
    let not_set = |message: String| Err((ErrorCode::ContextNotSet, message));
    if !matches!(def.kind, TypeKind::Object(_)) {
        return not_set(format!(
            "@fromContext cannot be used on a field of the abstract type \"{}\".",
            def.name
        ));
    }
    let interfaces = def.composite().into_iter().flat_map(|composite| &composite.interfaces);
    for interface in interfaces {
        if subgraph.field(interface, &field.name).is_some() {
            return not_set(format!(
                "@fromContext cannot be used on a field that implements one of an interface: \"{interface}.{}\".",
                field.name
            ));
        }
    }
    if argument.default.is_some() {
        return not_set(format!(
            "Argument \"{at}\" is given by @fromContext and cannot have a default value."
        ));
    }
    if from.context.is_empty() || from.text.trim().is_empty() {
        let message = "The \"field\" of @fromContext must be \"$context selection\".".to_owned();
        return Err((ErrorCode::NoContextInSelection, message));
    }
    if subgraph.context_types(&from.context).next().is_none() {
        return not_set(format!("Context \"{}\" is used by \"{at}\" but no type sets it.", from.context));
    }
    if !def.keys.iter().any(|key| key.resolvable) {
        let message = format!(
            "Type \"{}\" has a field with a contextual argument but no resolvable key, so no router can enter it with one.",
            def.name
        );
        return Err((ErrorCode::ContextNoResolvableKey, message));
    }
    check_selection(subgraph, from, &argument.ty).map_err(|why| {
        let message =
            format!("Context \"{}\" is used by \"{at}\" but the selection is invalid: {why}.", from.context);
        (ErrorCode::ContextInvalidSelection, message)
    })
}

fn check_selection(subgraph: &SubgraphSchema, from: &FromContext, expected: &Type) -> Result<(), String> {
    let set = match &from.selection {
        Ok(set) => set,
        Err(FieldSetError::Directive) => return Err("directives are not allowed in it".to_owned()),
        Err(FieldSetError::Syntax(why)) => return Err(why.clone()),
    };
    check_conditions(set)?;
    for location in subgraph.context_types(&from.context) {
        let applicable = applicable(subgraph, set, &location.name);
        if applicable.is_empty() {
            return Err(format!("no type condition matches \"{}\", which sets the context", location.name));
        }
        for (on, set) in applicable {
            walk(subgraph, on, set, &mut |_| {})?;
            let ty = value_type(subgraph, on, set)?;
            if ty != *expected {
                return Err(format!("it gives \"{ty}\" where \"{expected}\" is expected"));
            }
        }
    }
    Ok(())
}

/// Either one field, or type conditions that are all different.
fn check_conditions(set: &FieldSet) -> Result<(), String> {
    let mut seen = Vec::new();
    for selection in &set.0 {
        match selection {
            Selection::Field { .. } if set.0.len() > 1 => return Err("it selects several fields".to_owned()),
            Selection::Field { .. } => {}
            Selection::Inline { on: None, .. } => return Err("it has a fragment without a type".to_owned()),
            Selection::Inline { on: Some(on), .. } => {
                if seen.contains(&on) {
                    return Err(format!("it has two type conditions on \"{on}\""));
                }
                seen.push(on);
            }
        }
    }
    Ok(())
}

/// What of `set` can select from a value of type `location`, with the type to select on.
fn applicable<'s>(
    subgraph: &SubgraphSchema,
    set: &'s FieldSet,
    location: &'s Name,
) -> Vec<(&'s Name, &'s FieldSet)> {
    let possible = subgraph.possible_types(location);
    let mut all = Vec::new();
    for selection in &set.0 {
        match selection {
            Selection::Field { .. } => return vec![(location, set)],
            Selection::Inline { on: Some(on), selections }
                if on == location
                    || subgraph.possible_types(on).iter().any(|name| possible.contains(name)) =>
            {
                all.push((on, selections));
            }
            Selection::Inline { .. } => {}
        }
    }
    all
}

/// The type of the single value that `set` selects on `parent`: nullable all through, with the lists on the way.
fn value_type(subgraph: &SubgraphSchema, parent: &Name, set: &FieldSet) -> Result<Type, String> {
    let [Selection::Field { name, selections, .. }] = set.0.as_slice() else {
        return Err("it must select exactly one field".to_owned());
    };
    if name == "__typename" {
        return Ok(Type::Named(Name::new_unchecked("String")));
    }
    let Some(field) = subgraph.field(parent, name) else {
        return Err(format!("cannot query field \"{name}\" on type \"{parent}\""));
    };
    let inner = if selections.0.is_empty() {
        Type::Named(field.ty.inner_named_type().clone())
    } else {
        value_type(subgraph, field.ty.inner_named_type(), selections)?
    };
    Ok(in_lists_of(&field.ty, inner))
}

fn in_lists_of(ty: &Type, inner: Type) -> Type {
    match ty {
        Type::Named(_) | Type::NonNullNamed(_) => inner,
        Type::List(item) | Type::NonNullList(item) => Type::List(Box::new(in_lists_of(item, inner))),
    }
}
