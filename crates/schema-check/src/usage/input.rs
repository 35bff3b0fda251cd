//! What an operation sends: literals, and what its variables may hold.

use std::collections::HashSet;

use apollo_compiler::ast::{Type, Value, VariableDefinition};
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{Name, Node};

use super::Fact;
use super::walk::Walk;

impl Walk<'_> {
    /// A variable may hold any value of its type: what it holds is not recorded.
    pub(super) fn variable(&mut self, variable: &Node<VariableDefinition>) {
        let mut waiting = vec![variable.ty.inner_named_type().clone()];
        let mut seen: HashSet<Name> = waiting.iter().cloned().collect();
        while let Some(name) = waiting.pop() {
            self.note(Fact::Type(name.clone()));
            let schema = self.schema;
            match schema.types.get(&name) {
                Some(ExtendedType::Enum(definition)) => {
                    for value in definition.values.keys() {
                        self.note(Fact::EnumValue(name.clone(), value.clone()));
                    }
                }
                Some(ExtendedType::InputObject(definition)) => {
                    self.note(Fact::InputType(name.clone()));
                    for (field, definition) in &definition.fields {
                        self.note(Fact::InputField(name.clone(), field.clone()));
                        self.note(Fact::OmittedInputField(name.clone(), field.clone()));
                        let inner = definition.ty.inner_named_type();
                        if seen.insert(inner.clone()) {
                            waiting.push(inner.clone());
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// A value in the operation's text, where a value of type `ty` stands.
    pub(super) fn value(&mut self, value: &Node<Value>, ty: &Type) {
        let (name, before) = (ty.inner_named_type(), self.line);
        self.at(value.location());
        self.note(Fact::Type(name.clone()));
        match &**value {
            Value::List(items) => items.iter().for_each(|item| self.value(item, ty.item_type())),
            Value::Enum(given) => self.note(Fact::EnumValue(name.clone(), given.clone())),
            Value::Object(given) => {
                self.note(Fact::InputType(name.clone()));
                let schema = self.schema;
                let fields = schema.get_input_object(name).map(|definition| &definition.fields);
                for (field, definition) in fields.into_iter().flatten() {
                    let given = given.iter().find(|(key, _)| key == field).map(|(_, value)| value);
                    if let Some(value) = given {
                        self.note(Fact::InputField(name.clone(), field.clone()));
                        self.value(value, &definition.ty);
                    }
                    if given.is_none_or(|value| self.may_be_absent(value)) {
                        self.note(Fact::OmittedInputField(name.clone(), field.clone()));
                    }
                }
            }
            _ => {}
        }
        self.line = before;
    }

    /// Null, and a nullable variable without a default that is not given, count as if their place were left out.
    pub(super) fn may_be_absent(&self, value: &Value) -> bool {
        let Value::Variable(name) = value else { return value.is_null() };
        self.operation.variables.iter().any(|variable| {
            variable.name == *name && !variable.ty.is_non_null() && variable.default_value.is_none()
        })
    }
}
