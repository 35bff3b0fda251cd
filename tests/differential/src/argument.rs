//! Arguments as text: equal where they mean the same.

use apollo_compiler::Schema;
use apollo_compiler::ast::{FieldDefinition, Type, Value};
use apollo_compiler::executable::Field;
use apollo_compiler::response::{JsonMap, JsonValue};
use apollo_compiler::schema::ExtendedType;

/// The arguments of a field. One that is absent and one that is null differ.
pub(crate) fn arguments(schema: &Schema, field: &FieldDefinition, given: &JsonMap) -> String {
    let told = field.arguments.iter().filter_map(|argument| {
        let value = given.get(argument.name.as_str())?;
        Some(format!("{}:{}", argument.name, canonical(&meant(schema, &argument.ty, value))))
    });
    told.collect::<Vec<_>>().join(",")
}

/// The arguments of a field in a field set.
pub(crate) fn selected_arguments(schema: &Schema, field: &Field) -> String {
    let given = field.definition.arguments.iter().filter_map(|definition| {
        let given =
            field.specified_argument_by_name(&definition.name).or(definition.default_value.as_ref())?;
        Some((definition.name.as_str().into(), constant(given)))
    });
    arguments(schema, &field.definition, &given.collect())
}

/// A value by its type: an ID may be written as a number, a float without its point, and one item for a list of it. Input fields
/// that are left out get their defaults, since apollo-compiler takes the defaults of variables as they stand, as the edition of
/// October 2021 has it and later ones do not.
fn meant(schema: &Schema, ty: &Type, value: &JsonValue) -> JsonValue {
    match (ty, value) {
        (Type::List(item) | Type::NonNullList(item), JsonValue::Array(items)) => {
            items.iter().map(|value| meant(schema, item, value)).collect::<Vec<_>>().into()
        }
        (Type::List(item) | Type::NonNullList(item), value) if !value.is_null() => {
            vec![meant(schema, item, value)].into()
        }
        (Type::Named(name) | Type::NonNullNamed(name), value) => match (schema.types.get(name), value) {
            (Some(ExtendedType::InputObject(input)), JsonValue::Object(fields)) => {
                let fields = input.fields.values().filter_map(|field| {
                    let given = fields.get(field.name.as_str()).cloned();
                    let value =
                        given.or_else(|| field.default_value.as_ref().map(|value| constant(value)))?;
                    Some((field.name.as_str().into(), meant(schema, &field.ty, &value)))
                });
                JsonValue::Object(fields.collect())
            }
            (_, JsonValue::Number(number)) if name == "ID" => number.to_string().into(),
            (_, JsonValue::Number(number)) if name == "Float" => number.as_f64().into(),
            _ => value.clone(),
        },
        _ => value.clone(),
    }
}

/// A value without variables.
fn constant(value: &Value) -> JsonValue {
    match value {
        Value::Null | Value::Variable(_) => JsonValue::Null,
        Value::Enum(name) => name.as_str().into(),
        Value::String(text) => text.as_str().into(),
        Value::Float(number) => number.try_to_f64().ok().into(),
        Value::Int(number) => number.try_to_i32().ok().into(),
        Value::Boolean(value) => (*value).into(),
        Value::List(items) => items.iter().map(|item| constant(item)).collect::<Vec<_>>().into(),
        Value::Object(fields) => JsonValue::Object(
            fields.iter().map(|(name, value)| (name.as_str().into(), constant(value))).collect(),
        ),
    }
}

/// JSON text with the keys of objects in alphabetical order.
pub(crate) fn canonical(value: &JsonValue) -> String {
    match value {
        JsonValue::Array(items) => {
            format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(","))
        }
        JsonValue::Object(fields) => {
            let mut fields: Vec<_> =
                fields.iter().map(|(key, value)| format!("{}:{}", key.as_str(), canonical(value))).collect();
            fields.sort();
            format!("{{{}}}", fields.join(","))
        }
        leaf => leaf.to_string(),
    }
}
