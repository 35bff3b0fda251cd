//! Variables that may be null by their type, and not where they are used (GraphQL specification, section 5.8.5: a default
//! lets them be used there, and then null can still be sent).

use std::collections::HashSet;

use apollo_compiler::ast::{Argument, DirectiveList, Type, Value};
use apollo_compiler::executable::{ExecutableDocument, Operation, Selection, SelectionSet};
use apollo_compiler::schema::{ExtendedType, InputValueDefinition};
use apollo_compiler::{Name, Node, Schema};

/// The variables of an operation that stand where null may not.
pub(super) fn forbidden(
    schema: &Schema,
    document: &ExecutableDocument,
    operation: &Operation,
) -> HashSet<Name> {
    let mut search = Search { schema, document, fragments: HashSet::new(), found: HashSet::new() };
    search.directives(&operation.directives);
    search.selections(&operation.selection_set);
    search.found
}

struct Search<'a> {
    schema: &'a Schema,
    document: &'a ExecutableDocument,
    /// Those that were looked through.
    fragments: HashSet<&'a Name>,
    found: HashSet<Name>,
}

impl<'a> Search<'a> {
    fn selections(&mut self, set: &'a SelectionSet) {
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => {
                    self.arguments(&field.definition.arguments, &field.arguments);
                    self.directives(&field.directives);
                    self.selections(&field.selection_set);
                }
                Selection::InlineFragment(fragment) => {
                    self.directives(&fragment.directives);
                    self.selections(&fragment.selection_set);
                }
                Selection::FragmentSpread(spread) => {
                    self.directives(&spread.directives);
                    if let Some(fragment) = self.document.fragments.get(&spread.fragment_name)
                        && self.fragments.insert(&spread.fragment_name)
                    {
                        self.directives(&fragment.directives);
                        self.selections(&fragment.selection_set);
                    }
                }
            }
        }
    }

    fn directives(&mut self, directives: &DirectiveList) {
        for directive in directives {
            if let Some(definition) = self.schema.directive_definitions.get(&directive.name) {
                self.arguments(&definition.arguments, &directive.arguments);
            }
        }
    }

    fn arguments(&mut self, definitions: &[Node<InputValueDefinition>], arguments: &[Node<Argument>]) {
        for argument in arguments {
            if let Some(definition) = definitions.iter().find(|one| one.name == argument.name) {
                self.value(&definition.ty, &argument.value);
            }
        }
    }

    fn value(&mut self, ty: &Type, value: &Value) {
        match value {
            Value::Variable(name) if ty.is_non_null() => {
                self.found.insert(name.clone());
            }
            Value::List(items) => items.iter().for_each(|item| self.value(ty.item_type(), item)),
            Value::Object(fields) => {
                let named = self.schema.types.get(ty.inner_named_type());
                let Some(ExtendedType::InputObject(definition)) = named else { return };
                for (name, value) in fields {
                    if let Some(field) = definition.fields.get(name) {
                        self.value(&field.ty, value);
                    }
                }
            }
            _ => {}
        }
    }
}
