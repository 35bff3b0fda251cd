//! GraphQL values as JSON.

use std::collections::BTreeMap;

use apollo_compiler::ast::Value as Literal;
use apollo_compiler::executable::Field;
use apollo_compiler::response::JsonMap;
use serde_json::{Map, Value, json};

/// Arguments by name.
pub(super) type Arguments = BTreeMap<String, Value>;

/// A field's arguments, defaults filled in.
pub(super) fn arguments(field: &Field, variables: &JsonMap) -> Arguments {
    let mut all = Arguments::new();
    for definition in &field.definition.arguments {
        let given = field.specified_argument_by_name(&definition.name);
        let value = given.and_then(|value| literal(value, Some(variables)));
        let value =
            value.or_else(|| definition.default_value.as_ref().and_then(|value| literal(value, None)));
        if let Some(value) = value {
            all.insert(definition.name.to_string(), value);
        }
    }
    all
}

/// A value; `None` for a variable without one.
pub(super) fn literal(value: &Literal, variables: Option<&JsonMap>) -> Option<Value> {
    Some(match value {
        Literal::Null => Value::Null,
        Literal::Enum(name) => json!(name.as_str()),
        Literal::Variable(name) => {
            let value = variables?.get(name.as_str())?;
            serde_json::from_str(&serde_json::to_string(value).expect("JSON")).expect("JSON")
        }
        Literal::String(text) => json!(text),
        Literal::Float(number) => json!(number.to_string().parse::<f64>().expect("a number")),
        Literal::Int(number) => json!(number.to_string().parse::<i64>().expect("a number")),
        Literal::Boolean(value) => json!(value),
        Literal::List(items) => {
            let items = items.iter().map(|item| literal(item, variables).unwrap_or(Value::Null));
            Value::Array(items.collect())
        }
        Literal::Object(fields) => {
            let fields = fields
                .iter()
                .filter_map(|(name, value)| Some((name.to_string(), literal(value, variables)?)));
            Value::Object(fields.collect::<Map<_, _>>())
        }
    })
}

/// Text stays itself; anything else is JSON.
pub(super) fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
