//! Null propagation (GraphQL specification, section 6.4.4).
//!
//! async-graphql leaves a field that failed out of its object, whatever the field's type. So a failed field is kept
//! here as a mark, and whatever holds a mark is settled on the way up: null where the type allows it, a mark again
//! where it does not.

use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::{Name, Response, ServerError, Value};

/// No name of an enum value can be this.
const MARK: &str = "\0";

/// The errors of the fields that failed, since a mark cannot carry them.
#[derive(Clone, Default)]
pub(super) struct Failures(Arc<Mutex<Vec<ServerError>>>);

impl Failures {
    /// Keeps the error and returns what stands for the field.
    pub(super) fn keep(&self, error: ServerError) -> Value {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(error);
        mark()
    }

    /// Finishes the response: settles the root and adds the errors.
    pub(super) fn finish(&self, response: &mut Response) {
        response.data = settle(mem::take(&mut response.data), "Root");
        response.errors.append(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// Settles the value of a field whose own fields are settled. `return_type` is written as in a schema: `[User!]!`.
pub(super) fn settle(value: Value, return_type: &str) -> Value {
    let (nullable, required) =
        return_type.strip_suffix('!').map_or((return_type, false), |inner| (inner, true));
    let element_type = nullable.strip_prefix('[').and_then(|inner| inner.strip_suffix(']'));
    let value = match (value, element_type) {
        (Value::List(elements), Some(element_type)) => {
            Value::List(elements.into_iter().map(|element| settle(element, element_type)).collect())
        }
        (value, _) => value,
    };
    let broken = match &value {
        Value::Object(fields) => fields.values().any(is_mark),
        Value::List(elements) => elements.iter().any(is_mark),
        other => is_mark(other),
    };
    match (broken, required) {
        (false, _) => value,
        (true, true) => mark(),
        (true, false) => Value::Null,
    }
}

fn mark() -> Value {
    Value::Enum(Name::new(MARK))
}

fn is_mark(value: &Value) -> bool {
    matches!(value, Value::Enum(name) if name == MARK)
}
