//! The client's variables against their declarations (GraphQL specification, sections 6.1.2 and 3.5 to 3.12).
//!
//! What comes out is JSON text. Numbers are copied, so that a custom scalar keeps every digit.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use apollo_compiler::ast::{Type, Value as Constant};
use apollo_compiler::executable::{Operation, VariableDefinition};
use apollo_compiler::parser::SourceMap;
use apollo_compiler::schema::{ExtendedType, InputObjectType, InputValueDefinition};
use apollo_compiler::{Name, Node, Schema};
use bytes::Bytes;

use super::operation::{MOST_MISTAKES, location};
use crate::error::{Code, GraphqlError, Refusal};
use crate::execute::Variables;
use crate::json::{Object, Value, write_string, write_value};

/// How deeply a value may nest, defaults of input fields included: these can contain each other for ever.
const DEEPEST: usize = 256;

const TWICE: &str = "is sent more than once";

/// The variables that the operation declares, coerced; or what is wrong with them, all at once.
pub(super) fn coerce(
    schema: &Schema,
    operation: &Operation,
    sources: &SourceMap,
    not_null: &HashSet<Name>,
    sent: &Object,
) -> Result<Variables, Refusal> {
    let mut values = HashMap::with_capacity(operation.variables.len());
    let mut errors = Vec::new();
    let sent = index(sent, &mut errors);
    for definition in &operation.variables {
        let mut coercion =
            Coercion { schema, path: definition.name.to_string(), depth: 0, mistakes: Vec::new() };
        let sent = sent.get(definition.name.as_bytes()).copied();
        if sent.is_some_and(Value::is_null) && not_null.contains(&definition.name) {
            coercion.mistake("must not be null where it is used");
        } else if let Some(text) = coercion.variable(definition, sent) {
            values.insert(definition.name.to_string(), Bytes::from(text));
        }
        let place = location(definition.line_column_range(sources));
        errors.extend(coercion.mistakes.into_iter().map(|mut mistake| {
            mistake.locations.extend(place);
            mistake
        }));
    }
    if errors.is_empty() {
        return Ok(Variables::new(values));
    }
    errors.truncate(MOST_MISTAKES);
    Err(Refusal::document(errors))
}

/// What was sent, by name. A name that stands there twice is a mistake: servers differ in which of the two they would take.
fn index<'a>(sent: &'a Object, errors: &mut Vec<GraphqlError>) -> HashMap<&'a [u8], &'a Value> {
    let mut values = HashMap::new();
    for (name, value) in sent.iter() {
        if values.insert(name.as_ref(), value).is_some() && errors.len() < MOST_MISTAKES {
            errors.push(mistake(&String::from_utf8_lossy(name), TWICE));
        }
    }
    values
}

fn mistake(path: &str, what: &str) -> GraphqlError {
    let mut mistake = GraphqlError::new(Code::BadUserInput, format!("`${path}` {what}."));
    mistake.extensions.insert("field".to_owned(), path.into());
    mistake
}

struct Coercion<'a> {
    schema: &'a Schema,
    /// From the variable to the value at hand, dotted, as in `input.lines.0.quantity`.
    path: String,
    depth: usize,
    mistakes: Vec<GraphqlError>,
}

impl Coercion<'_> {
    /// `None`: the variable has no value (which is not null), or a mistake was found.
    fn variable(&mut self, definition: &VariableDefinition, sent: Option<&Value>) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        match (sent, &definition.default_value) {
            (Some(value), _) => self.value(&mut out, &definition.ty, value),
            (None, Some(default)) => self.value(&mut out, &definition.ty, &constant(default)),
            (None, None) if definition.ty.is_non_null() => {
                self.mistake(&format!("is required; its type is {}", definition.ty));
            }
            (None, None) => return None,
        }
        Some(out)
    }

    fn value(&mut self, out: &mut Vec<u8>, ty: &Type, value: &Value) {
        if value.is_null() {
            if ty.is_non_null() {
                self.mistake("must not be null");
            }
            out.extend_from_slice(b"null");
            return;
        }
        match ty {
            Type::Named(name) | Type::NonNullNamed(name) => self.named(out, name, value),
            Type::List(item) | Type::NonNullList(item) => {
                out.push(b'[');
                match value {
                    Value::List(values) => {
                        for (place, value) in values.iter().enumerate() {
                            if place > 0 {
                                out.push(b',');
                            }
                            self.below(&place.to_string(), |this| this.value(out, item, value));
                        }
                    }
                    // Section 3.12: one value stands for a list of it.
                    one => self.value(out, item, one),
                }
                out.push(b']');
            }
        }
    }

    fn named(&mut self, out: &mut Vec<u8>, name: &str, value: &Value) {
        match self.schema.types.get(name) {
            Some(ExtendedType::Scalar(_)) => self.scalar(out, name, value),
            Some(ExtendedType::Enum(ty)) => match value.as_string() {
                Some(member) if ty.values.contains_key(member.as_ref()) => write_string(out, &member),
                _ => self.mistake(&format!("is not a value of {name}")),
            },
            Some(ExtendedType::InputObject(ty)) => match value {
                Value::Object(object) => self.input_object(out, ty, object),
                other => self.mistake(&format!("must be an object of {name}, not {}", kind(other))),
            },
            // Validation lets nothing else be a variable's type.
            _ => self.mistake("has a type that no variable can have"),
        }
    }

    fn scalar(&mut self, out: &mut Vec<u8>, name: &str, value: &Value) {
        if !is_unicode(value) {
            return self.mistake("holds text that is not Unicode");
        }
        let text = match value {
            Value::Leaf(text) => std::str::from_utf8(text).unwrap_or_default(),
            _ => "",
        };
        let is_number = text.starts_with(|first: char| first == '-' || first.is_ascii_digit());
        match name {
            "Int" => match whole(text) {
                Some(number) if is_number => out.extend_from_slice(number.to_string().as_bytes()),
                _ if is_number => self.mistake("must be a whole number of 32 bits"),
                _ => self.mistake(&format!("must be an Int, not {}", kind(value))),
            },
            "Float" if is_number && text.parse::<f64>().is_ok_and(f64::is_finite) => {
                out.extend_from_slice(text.as_bytes());
            }
            "Boolean" if matches!(text, "true" | "false") => out.extend_from_slice(text.as_bytes()),
            "String" | "ID" if text.starts_with('"') => out.extend_from_slice(text.as_bytes()),
            "ID" if is_number && !text.contains(['.', 'e', 'E']) => write_string(out, text),
            "Float" | "Boolean" | "String" | "ID" => {
                self.mistake(&format!("must be a value of {name}, not {}", kind(value)));
            }
            _ if !is_plain(value) => self.mistake("has an object in which a name stands more than once"),
            _ => write_value(out, value),
        }
    }

    fn input_object(&mut self, out: &mut Vec<u8>, ty: &InputObjectType, object: &Object) {
        if let Some(key) = doubled(object) {
            return self.below(&key, |this| this.mistake(TWICE));
        }
        for (key, _) in object.iter() {
            let key = String::from_utf8_lossy(key);
            if !ty.fields.contains_key(key.as_ref()) {
                self.below(&key, |this| this.mistake(&format!("is not a field of {}", ty.name)));
            }
        }
        out.push(b'{');
        let mut first = true;
        for (name, field) in &ty.fields {
            let value = match (object.get(name), &field.default_value) {
                (Some(value), _) => Cow::Borrowed(value),
                (None, Some(default)) => Cow::Owned(constant(default)),
                (None, None) => {
                    self.check_missing(field);
                    continue;
                }
            };
            if !first {
                out.push(b',');
            }
            first = false;
            write_string(out, name);
            out.push(b':');
            self.below(name, |this| this.value(out, &field.ty, &value));
        }
        out.push(b'}');
    }

    fn check_missing(&mut self, field: &InputValueDefinition) {
        if field.ty.is_non_null() {
            self.below(&field.name, |this| this.mistake(&format!("is required; its type is {}", field.ty)));
        }
    }

    fn below(&mut self, segment: &str, work: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        self.path.push('.');
        self.path.push_str(segment);
        self.depth += 1;
        if self.depth < DEEPEST {
            work(self);
        } else {
            self.mistake("is nested too deeply");
        }
        self.depth -= 1;
        self.path.truncate(length);
    }

    fn mistake(&mut self, what: &str) {
        if self.mistakes.len() < MOST_MISTAKES {
            self.mistakes.push(mistake(&self.path, what));
        }
    }
}

/// A number of 32 bits, however it is written: JSON does not tell 1 from 1.0.
fn whole(text: &str) -> Option<i32> {
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    let number: f64 = text.parse().ok()?;
    let fits = number.fract() == 0.0 && (f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&number);
    #[expect(clippy::cast_possible_truncation, reason = "whole and within the bounds, as was just checked")]
    fits.then_some(number as i32)
}

/// Whether every string in here can be decoded: escapes may name half a character.
fn is_unicode(value: &Value) -> bool {
    match value {
        Value::Leaf(text) => !text.starts_with(b"\"") || value.as_string().is_some(),
        Value::List(items) => items.iter().all(is_unicode),
        Value::Object(object) => object.iter().all(|(_, value)| is_unicode(value)),
        Value::Null | Value::Lost(_) => true,
    }
}

/// A name that stands more than once in an object.
fn doubled(object: &Object) -> Option<Cow<'_, str>> {
    let mut names = HashSet::new();
    let mut keys = object.iter().map(|(key, _)| key.as_ref());
    keys.find(|key| !names.insert(*key)).map(String::from_utf8_lossy)
}

/// Whether no name stands more than once in an object in here.
fn is_plain(value: &Value) -> bool {
    match value {
        Value::List(items) => items.iter().all(is_plain),
        Value::Object(object) => doubled(object).is_none() && object.iter().all(|(_, value)| is_plain(value)),
        Value::Leaf(_) | Value::Null | Value::Lost(_) => true,
    }
}

/// What a person calls such a value.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null | Value::Lost(_) => "null",
        Value::List(_) => "a list",
        Value::Object(_) => "an object",
        Value::Leaf(text) => match text.first() {
            Some(b'"') => "a string",
            Some(b't' | b'f') => "a Boolean",
            _ => "a number",
        },
    }
}

/// A default as the JSON that a client would have sent.
fn constant(value: &Node<Constant>) -> Value {
    let text = |text: String| Value::Leaf(Bytes::from(text));
    let string = |content: &str| {
        let mut out = Vec::with_capacity(content.len() + 2);
        write_string(&mut out, content);
        Value::Leaf(Bytes::from(out))
    };
    match value.as_ref() {
        Constant::Null | Constant::Variable(_) => Value::Null,
        Constant::Enum(name) => string(name),
        Constant::String(content) => string(content),
        Constant::Boolean(boolean) => text(boolean.to_string()),
        Constant::Int(number) => text(number.as_str().to_owned()),
        Constant::Float(number) => text(number.as_str().to_owned()),
        Constant::List(items) => Value::List(items.iter().map(constant).collect()),
        Constant::Object(fields) => {
            let mut object = Object::default();
            for (name, value) in fields {
                object.push(Bytes::from(name.to_string()), constant(value));
            }
            Value::Object(object)
        }
    }
}
