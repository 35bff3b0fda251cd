//! Operations with one part less.

use std::collections::HashSet;

use apollo_compiler::Node;
use apollo_compiler::ast::{Argument, Definition, DirectiveList, Document, Selection, Value};

use crate::case::Operation;

/// The operation without its part of that number; `None` where there are not so many.
pub(super) fn without(operation: &Operation, at: usize) -> Option<Operation> {
    let mut document = Document::parse(&operation.operation, "operation.graphql").ok()?;
    let mut cut = Cut { left: at, done: false };
    for definition in &mut document.definitions {
        match definition {
            Definition::OperationDefinition(one) => cut.selections(&mut one.make_mut().selection_set),
            Definition::FragmentDefinition(one) => cut.selections(&mut one.make_mut().selection_set),
            _ => {}
        }
    }
    if !cut.done {
        return None;
    }
    let mut smaller = operation.clone();
    drop_unused(&mut document, &mut smaller);
    smaller.operation = document.to_string();
    Some(smaller)
}

/// Fragments that nothing spreads, and variables that nothing uses.
fn drop_unused(document: &mut Document, operation: &mut Operation) {
    loop {
        let mut used = Used::default();
        for definition in &document.definitions {
            match definition {
                Definition::OperationDefinition(one) => used.selections(&one.selection_set),
                Definition::FragmentDefinition(one) => used.selections(&one.selection_set),
                _ => {}
            }
        }
        let before = document.definitions.len();
        document.definitions.retain(|definition| match definition {
            Definition::FragmentDefinition(one) => used.fragments.contains(one.name.as_str()),
            _ => true,
        });
        if document.definitions.len() < before {
            continue;
        }
        for definition in &mut document.definitions {
            if let Definition::OperationDefinition(one) = definition {
                one.make_mut().variables.retain(|variable| used.variables.contains(variable.name.as_str()));
            }
        }
        operation.variables.retain(|name, _| used.variables.contains(name));
        return;
    }
}

#[derive(Default)]
struct Used {
    fragments: HashSet<String>,
    variables: HashSet<String>,
}

impl Used {
    fn selections(&mut self, selections: &[Selection]) {
        for selection in selections {
            let (directives, below) = match selection {
                Selection::Field(field) => {
                    field.arguments.iter().for_each(|argument| self.value(&argument.value));
                    (&field.directives, field.selection_set.as_slice())
                }
                Selection::InlineFragment(fragment) => {
                    (&fragment.directives, fragment.selection_set.as_slice())
                }
                Selection::FragmentSpread(spread) => {
                    self.fragments.insert(spread.fragment_name.to_string());
                    (&spread.directives, &[][..])
                }
            };
            let arguments = directives.iter().flat_map(|directive| &directive.arguments);
            arguments.for_each(|argument| self.value(&argument.value));
            self.selections(below);
        }
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Variable(name) => {
                self.variables.insert(name.to_string());
            }
            Value::List(items) => items.iter().for_each(|item| self.value(item)),
            Value::Object(fields) => fields.iter().for_each(|(_, value)| self.value(value)),
            _ => {}
        }
    }
}

/// Walks to the part of a number and cuts there.
struct Cut {
    left: usize,
    done: bool,
}

impl Cut {
    /// Whether this is the part.
    fn here(&mut self) -> bool {
        if self.done {
            return false;
        }
        self.done = self.left == 0;
        self.left = self.left.saturating_sub(1);
        self.done
    }

    fn selections(&mut self, selections: &mut Vec<Selection>) {
        for at in 0..selections.len() {
            // Whole parts first: the sooner they go, the less there is to try.
            if selections.len() > 1 && self.here() {
                selections.remove(at);
                return;
            }
        }
        for at in 0..selections.len() {
            let below = match &selections[at] {
                Selection::InlineFragment(fragment) => fragment.selection_set.clone(),
                _ => Vec::new(),
            };
            if !below.is_empty() && self.here() {
                selections.splice(at..=at, below);
                return;
            }
            match &mut selections[at] {
                Selection::Field(field) => {
                    let field = field.make_mut();
                    if field.alias.is_some() && self.here() {
                        field.alias = None;
                    }
                    self.directives(&mut field.directives);
                    self.arguments(&mut field.arguments);
                    self.selections(&mut field.selection_set);
                }
                Selection::InlineFragment(fragment) => {
                    let fragment = fragment.make_mut();
                    self.directives(&mut fragment.directives);
                    self.selections(&mut fragment.selection_set);
                }
                Selection::FragmentSpread(spread) => self.directives(&mut spread.make_mut().directives),
            }
            if self.done {
                return;
            }
        }
    }

    fn directives(&mut self, directives: &mut DirectiveList) {
        for at in 0..directives.len() {
            if self.here() {
                directives.remove(at);
                return;
            }
        }
    }

    fn arguments(&mut self, arguments: &mut Vec<Node<Argument>>) {
        for at in 0..arguments.len() {
            if self.here() {
                arguments.remove(at);
                return;
            }
        }
    }
}
