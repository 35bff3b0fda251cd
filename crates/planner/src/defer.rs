//! Uses of `@defer` (GraphQL incremental delivery, 2022-08-24).

use std::collections::HashMap;

use apollo_compiler::ast::{Directive, Value};
use apollo_compiler::executable::DirectiveList;

use crate::plan::{Condition, Defer, DeferId};

/// The uses of `@defer` found so far.
#[derive(Debug, Default)]
pub(crate) struct Defers {
    pub(crate) all: Vec<Defer>,
    /// By the place of the directive in the document: a fragment may be looked at again and again.
    known: HashMap<*const Directive, DeferId>,
}

impl Defers {
    /// The deferred fragments around a selection and the selection's own use of `@defer`, if it has one.
    pub(crate) fn within(&mut self, directives: &DirectiveList, around: &[DeferId]) -> Vec<DeferId> {
        let mut chain = around.to_vec();
        let Some(directive) = directives.get("defer") else { return chain };
        let condition = match directive.specified_argument_by_name("if").map(|value| &**value) {
            Some(Value::Boolean(false)) => return chain,
            Some(Value::Variable(name)) => Condition::Variable { name: name.to_string(), negated: false },
            _ => Condition::Always,
        };
        let id = *self.known.entry(std::ptr::from_ref(&**directive)).or_insert_with(|| {
            let label = directive.specified_argument_by_name("label").and_then(|label| label.as_str());
            self.all.push(Defer { label: label.map(str::to_owned), condition });
            DeferId(self.all.len() - 1)
        });
        // A fragment in a circle of types may be met within itself.
        if !chain.contains(&id) {
            chain.push(id);
        }
        chain
    }
}

/// What all the chains begin with: where one occurrence of a field is not deferred, the field is not.
pub(crate) fn shared<'c>(mut chains: impl Iterator<Item = &'c [DeferId]>) -> Vec<DeferId> {
    let mut shared = chains.next().unwrap_or_default().to_vec();
    for chain in chains {
        let same = shared.iter().zip(chain).take_while(|(one, other)| one == other).count();
        shared.truncate(same);
    }
    shared
}
