//! What recorded operations touch of the published schema.

mod input;
mod walk;

use std::collections::HashMap;

use apollo_compiler::executable::{ExecutableDocument, OperationType};
use apollo_compiler::validation::Valid;
use apollo_compiler::{Name, Schema};

use crate::change::Use;

/// One thing that an operation does. A change names the fact that makes an operation its victim.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Fact {
    /// Starts at this root.
    Root(OperationType),
    /// Selects from, narrows to, receives or sends this type.
    Type(Name),
    /// Selects a field of a type.
    Field(Name, Name),
    /// Gives an argument of a field.
    Argument(Name, Name, Name),
    /// Leaves an argument of a selected field to its default, or may do so by a variable that is not given.
    OmittedArgument(Name, Name, Name),
    /// Tells objects of an interface or union (first) apart by this object type (second).
    Narrows(Name, Name),
    /// Sends a value of this input type.
    InputType(Name),
    /// Sends this field of an input type, or may do so by a variable.
    InputField(Name, Name),
    /// Leaves this field of an input type to its default, or may do so by a variable.
    OmittedInputField(Name, Name),
    /// Sends this value of an enum, or may do so by a variable.
    EnumValue(Name, Name),
    /// Applies a directive.
    Directive(Name),
    /// Gives an argument of a directive.
    DirectiveArgument(Name, Name),
    /// Applies a directive without this argument.
    OmittedDirectiveArgument(Name, Name),
}

/// Which operations do what.
#[derive(Debug, Default)]
pub(crate) struct Usage {
    facts: HashMap<Fact, Vec<Use>>,
}

impl Usage {
    /// Takes in every operation of a document that is valid against `schema`.
    pub(crate) fn add(&mut self, schema: &Valid<Schema>, document: &Valid<ExecutableDocument>, file: &str) {
        for operation in document.operations.iter() {
            let name = operation.name.as_ref().map(ToString::to_string);
            for (fact, line) in walk::facts(schema, document, operation) {
                let used = Use { file: file.to_owned(), operation: name.clone(), line };
                self.facts.entry(fact).or_default().push(used);
            }
        }
    }

    /// The operations that do it, in the order of their files.
    pub(crate) fn of(&self, fact: &Fact) -> Vec<Use> {
        let mut uses = self.facts.get(fact).cloned().unwrap_or_default();
        uses.sort();
        uses
    }
}
