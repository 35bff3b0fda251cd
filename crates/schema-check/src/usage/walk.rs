//! One operation, from its root to its leaves.

use std::collections::{HashMap, HashSet};
use std::iter;

use apollo_compiler::ast::{Argument, DirectiveList};
use apollo_compiler::executable::{ExecutableDocument, Field, Operation, Selection, SelectionSet};
use apollo_compiler::parser::SourceSpan;
use apollo_compiler::validation::Valid;
use apollo_compiler::{Name, Node, Schema};

use super::Fact;

/// The facts of an operation, each with the line where it is seen first.
pub(super) fn facts(
    schema: &Valid<Schema>,
    document: &Valid<ExecutableDocument>,
    operation: &Node<Operation>,
) -> HashMap<Fact, usize> {
    let mut walk = Walk {
        schema,
        document,
        operation,
        line: line(document, operation.location()).unwrap_or(1),
        fragments: HashSet::new(),
        facts: HashMap::new(),
    };
    walk.note(Fact::Root(operation.operation_type));
    walk.directives(&operation.directives);
    for variable in &operation.variables {
        walk.at(variable.location());
        walk.directives(&variable.directives);
        walk.variable(variable);
    }
    walk.selection_set(&operation.selection_set);
    walk.facts
}

fn line(document: &ExecutableDocument, span: Option<SourceSpan>) -> Option<usize> {
    Some(span?.line_column_range(&document.sources)?.start.line)
}

/// A walk through one operation.
pub(super) struct Walk<'a> {
    pub(super) schema: &'a Valid<Schema>,
    document: &'a Valid<ExecutableDocument>,
    pub(super) operation: &'a Operation,
    /// Of what is looked at; what has no place of its own takes that of what surrounds it.
    pub(super) line: usize,
    fragments: HashSet<&'a Name>,
    facts: HashMap<Fact, usize>,
}

impl<'a> Walk<'a> {
    pub(super) fn note(&mut self, fact: Fact) {
        let first = self.facts.entry(fact).or_insert(self.line);
        *first = self.line.min(*first);
    }

    pub(super) fn at(&mut self, span: Option<SourceSpan>) {
        self.line = line(self.document, span).unwrap_or(self.line);
    }

    fn selection_set(&mut self, set: &'a SelectionSet) {
        self.note(Fact::Type(set.ty.clone()));
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => {
                    self.at(field.location());
                    self.field(&set.ty, field);
                }
                Selection::InlineFragment(fragment) => {
                    self.at(fragment.location());
                    self.directives(&fragment.directives);
                    if let Some(condition) = &fragment.type_condition {
                        self.narrows(&set.ty, condition);
                    }
                    self.selection_set(&fragment.selection_set);
                }
                Selection::FragmentSpread(spread) => {
                    self.at(spread.location());
                    self.directives(&spread.directives);
                    let document = self.document;
                    let Some(fragment) = document.fragments.get(&spread.fragment_name) else { continue };
                    self.narrows(&set.ty, &fragment.selection_set.ty);
                    // What a fragment does, it does wherever it is spread.
                    if self.fragments.insert(&fragment.name) {
                        self.at(fragment.location());
                        self.directives(&fragment.directives);
                        self.selection_set(&fragment.selection_set);
                    }
                }
            }
        }
    }

    fn field(&mut self, parent: &Name, field: &'a Node<Field>) {
        self.note(Fact::Field(parent.clone(), field.name.clone()));
        self.note(Fact::Type(field.ty().inner_named_type().clone()));
        self.directives(&field.directives);
        for definition in &field.definition.arguments {
            let given = given(&field.arguments, &definition.name);
            if let Some(given) = given {
                self.note(Fact::Argument(parent.clone(), field.name.clone(), definition.name.clone()));
                self.value(&given.value, &definition.ty);
            }
            if given.is_none_or(|given| self.may_be_absent(&given.value)) {
                // Selected on an interface, the field takes its default from the object type that is there.
                for ty in iter::once(parent.clone()).chain(self.objects(parent)) {
                    self.note(Fact::OmittedArgument(ty, field.name.clone(), definition.name.clone()));
                }
            }
        }
        if !field.selection_set.selections.is_empty() {
            self.selection_set(&field.selection_set);
        }
    }

    pub(super) fn directives(&mut self, directives: &DirectiveList) {
        for directive in directives {
            self.note(Fact::Directive(directive.name.clone()));
            let Some(definition) = self.schema.directive_definitions.get(&directive.name) else { continue };
            for argument in &definition.arguments {
                let given = given(&directive.arguments, &argument.name);
                if let Some(given) = given {
                    self.note(Fact::DirectiveArgument(directive.name.clone(), argument.name.clone()));
                    self.value(&given.value, &argument.ty);
                }
                if given.is_none_or(|given| self.may_be_absent(&given.value)) {
                    self.note(Fact::OmittedDirectiveArgument(directive.name.clone(), argument.name.clone()));
                }
            }
        }
    }

    /// A fragment on `condition` in a selection on `parent` tells apart the object types that are of both.
    fn narrows(&mut self, parent: &Name, condition: &Name) {
        self.note(Fact::Type(condition.clone()));
        if parent == condition {
            return;
        }
        let of_condition = self.objects(condition);
        for object in self.objects(parent).into_iter().filter(|object| of_condition.contains(object)) {
            // Where one of the two is an object type, no change names that fact.
            for ty in [parent, condition] {
                self.note(Fact::Narrows(ty.clone(), object.clone()));
            }
        }
    }

    /// The object types of a composite type.
    fn objects(&self, ty: &Name) -> HashSet<Name> {
        let objects = self.schema.types.iter().filter(|(_, definition)| definition.is_object());
        objects
            .map(|(name, _)| name)
            .filter(|name| *name == ty || self.schema.is_subtype(ty, name))
            .cloned()
            .collect()
    }
}

fn given<'a>(arguments: &'a [Node<Argument>], name: &Name) -> Option<&'a Node<Argument>> {
    arguments.iter().find(|argument| argument.name == *name)
}
