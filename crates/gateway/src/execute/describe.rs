//! What is sent about an entity: its representation, and values from objects above it.

use planner::{
    ContextSelection, ContextValue, ContextVariable, Representation, RepresentationField,
    RepresentationSelection,
};

use crate::json::{LossId, Object, Value, write_string, write_value};

const TYPENAME: &str = "__typename";

/// Why an entity is not asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unasked {
    /// What it is known by is null, or it is of a type that the fetch is not for.
    Nothing,
    /// Something failed before.
    Lost(LossId),
    /// A value from a context is null and must not be.
    NoContext,
    /// The values from contexts differ between too many objects.
    TooManyContexts,
}

impl Unasked {
    fn by(value: Option<&Value>) -> Self {
        value.and_then(Value::loss).map_or(Self::Nothing, Self::Lost)
    }
}

/// The representation that is for an object.
pub(super) fn describe(plans: &[Representation], object: &Object) -> Result<Vec<u8>, Unasked> {
    let fitting = plans.iter().find(|one| one.types.is_empty() || is_one_of(object, &one.types));
    representation(fitting.ok_or_else(|| Unasked::by(object.get(TYPENAME)))?, object)
}

fn representation(representation: &Representation, object: &Object) -> Result<Vec<u8>, Unasked> {
    let mut out = Vec::from(b"{\"__typename\":");
    match &representation.typename {
        Some(name) => write_string(&mut out, name),
        None => write_typename(&mut out, object)?,
    }
    for field in &representation.fields {
        out.push(b',');
        write_field(&mut out, field, object)?;
    }
    out.push(b'}');
    Ok(out)
}

fn write_typename(out: &mut Vec<u8>, object: &Object) -> Result<(), Unasked> {
    let name = object.get(TYPENAME);
    let known = name.filter(|name| !name.is_null()).ok_or_else(|| Unasked::by(name))?;
    write_value(out, known);
    Ok(())
}

fn write_field(out: &mut Vec<u8>, field: &RepresentationField, object: &Object) -> Result<(), Unasked> {
    let value = object.get(&field.slot).unwrap_or(&Value::Null);
    if field.required && value.is_null() {
        return Err(Unasked::by(Some(value)));
    }
    write_string(out, &field.name);
    out.push(b':');
    write_selected(out, value, &field.selections)
}

fn write_selected(
    out: &mut Vec<u8>,
    value: &Value,
    selections: &[RepresentationSelection],
) -> Result<(), Unasked> {
    match value {
        _ if selections.is_empty() => write_value(out, value),
        Value::Null | Value::Lost(_) | Value::Leaf(_) => write_value(out, value),
        Value::List(items) => write_list(out, items, |out, item| write_selected(out, item, selections))?,
        Value::Object(object) => {
            out.push(b'{');
            let mut written = false;
            for selection in
                selections.iter().filter(|one| one.types.is_empty() || is_one_of(object, &one.types))
            {
                if selection.with_typename && !written {
                    out.extend_from_slice(b"\"__typename\":");
                    write_typename(out, object)?;
                    written = true;
                }
                for field in &selection.fields {
                    if written {
                        out.push(b',');
                    }
                    write_field(out, field, object)?;
                    written = true;
                }
            }
            out.push(b'}');
        }
    }
    Ok(())
}

fn write_list(
    out: &mut Vec<u8>,
    items: &[Value],
    write: impl Fn(&mut Vec<u8>, &Value) -> Result<(), Unasked>,
) -> Result<(), Unasked> {
    out.push(b'[');
    for (place, item) in items.iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        write(out, item)?;
    }
    out.push(b']');
    Ok(())
}

/// The JSON text of a variable's value for an entity below these objects, the root first.
pub(super) fn context(plan: &ContextVariable, ancestors: &[&Object]) -> Result<Vec<u8>, Unasked> {
    let mut out = Vec::new();
    for ancestor in &plan.ancestors {
        let Some(object) = ancestors.get(ancestor.depth) else { continue };
        if let Some(selection) = selection_for(&ancestor.selections, object)? {
            write_context(&mut out, &selection.value, object)?;
            break;
        }
    }
    let is_null = out.is_empty() || out == b"null";
    if is_null && plan.non_null {
        return Err(Unasked::NoContext);
    }
    Ok(if is_null { b"null".to_vec() } else { out })
}

/// An object whose type is not known may be one that sets the context.
fn selection_for<'p>(
    selections: &'p [ContextSelection],
    object: &Object,
) -> Result<Option<&'p ContextSelection>, Unasked> {
    let depends = selections.iter().any(|one| !one.types.is_empty());
    let name = object.get(TYPENAME);
    if depends && name.is_none_or(Value::is_null) {
        return Err(Unasked::by(name));
    }
    Ok(selections.iter().find(|one| one.types.is_empty() || is_one_of(object, &one.types)))
}

fn write_context(out: &mut Vec<u8>, plan: &ContextValue, object: &Object) -> Result<(), Unasked> {
    match plan {
        ContextValue::Null => out.extend_from_slice(b"null"),
        ContextValue::Typename(Some(name)) => write_string(out, name),
        ContextValue::Typename(None) => write_typename(out, object)?,
        ContextValue::Slot { slot, selections } => {
            write_context_in(out, object.get(slot).unwrap_or(&Value::Null), selections)?;
        }
    }
    Ok(())
}

fn write_context_in(
    out: &mut Vec<u8>,
    value: &Value,
    selections: &[ContextSelection],
) -> Result<(), Unasked> {
    match value {
        Value::Lost(loss) => return Err(Unasked::Lost(*loss)),
        Value::List(items) => write_list(out, items, |out, item| write_context_in(out, item, selections))?,
        Value::Object(object) if !selections.is_empty() => match selection_for(selections, object)? {
            Some(selection) => write_context(out, &selection.value, object)?,
            None => out.extend_from_slice(b"null"),
        },
        Value::Null | Value::Leaf(_) | Value::Object(_) => write_value(out, value),
    }
    Ok(())
}

/// Whether an object is of one of these types.
pub(super) fn is_one_of(object: &Object, types: &[String]) -> bool {
    let name = object.get(TYPENAME).and_then(Value::as_plain_str);
    name.is_some_and(|name| types.iter().any(|one| one == name))
}
