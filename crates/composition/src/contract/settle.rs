//! What cannot be used without something hidden is hidden too, until nothing changes.

use apollo_compiler::ast::{Type, Value};
use apollo_compiler::schema::{ExtendedType, InputValueDefinition};
use apollo_compiler::{Name, Schema};

use super::hidden::{Hidden, fields, is_required};

pub(super) fn settle(schema: &Schema, hidden: &mut Hidden) {
    loop {
        let mut changed = false;
        for ty in schema.types.values() {
            if !hidden.has_type(ty.name()) && !ty.is_built_in() {
                changed |= settle_type(schema, ty, hidden);
            }
        }
        if !changed {
            return;
        }
    }
}

/// True if something more is hidden now.
fn settle_type(schema: &Schema, ty: &ExtendedType, hidden: &mut Hidden) -> bool {
    let name = ty.name();
    let mut changed = false;
    let mut is_usable = true;
    let is_empty = match ty {
        ExtendedType::Object(_) | ExtendedType::Interface(_) => {
            changed |= settle_fields(schema, ty, hidden);
            fields(ty).all(|(field, _)| hidden.has_member(name, field))
        }
        ExtendedType::InputObject(def) => {
            for (field, def) in &def.fields {
                if !hidden.has_member(name, field) && !is_known(schema, def, hidden) {
                    changed |= hidden.hide_member(name, field);
                }
                is_usable &= !(is_required(def) && hidden.has_member(name, field));
            }
            def.fields.keys().all(|field| hidden.has_member(name, field))
        }
        ExtendedType::Enum(def) => def.values.keys().all(|value| hidden.has_member(name, value)),
        ExtendedType::Union(def) => def.members.iter().all(|member| hidden.has_type(&member.name)),
        ExtendedType::Scalar(_) => false,
    };
    if is_empty || !is_usable {
        changed |= hidden.hide_type(name);
    }
    changed
}

fn settle_fields(schema: &Schema, ty: &ExtendedType, hidden: &mut Hidden) -> bool {
    let name = ty.name();
    let mut changed = false;
    for (field, def) in fields(ty) {
        if hidden.has_member(name, field) {
            continue;
        }
        let mut is_usable = !hidden.has_type(def.ty.inner_named_type());
        for argument in &def.arguments {
            if !hidden.has_argument(name, field, &argument.name) && !is_known(schema, argument, hidden) {
                changed |= hidden.hide_argument(name, field, &argument.name);
            }
            is_usable &= !(is_required(argument) && hidden.has_argument(name, field, &argument.name));
        }
        if !is_usable {
            changed |= hidden.hide_member(name, field);
        }
    }
    changed
}

/// Are the type of an argument or input field, and all that its default value uses, shown?
fn is_known(schema: &Schema, def: &InputValueDefinition, hidden: &Hidden) -> bool {
    !hidden.has_type(def.ty.inner_named_type())
        && def.default_value.as_ref().is_none_or(|value| is_shown(schema, &def.ty, value, hidden))
}

fn is_shown(schema: &Schema, ty: &Type, value: &Value, hidden: &Hidden) -> bool {
    let name: &Name = ty.inner_named_type();
    match value {
        Value::Enum(value) => !hidden.has_member(name, value),
        Value::List(items) => items.iter().all(|item| is_shown(schema, ty, item, hidden)),
        Value::Object(fields) => fields.iter().all(|(field, value)| {
            let def = schema.get_input_object(name).and_then(|def| def.fields.get(field));
            !hidden.has_member(name, field) && def.is_none_or(|def| is_shown(schema, &def.ty, value, hidden))
        }),
        _ => true,
    }
}
