//! Executable directives: those that every subgraph defines, with what all definitions have in common.

use apollo_compiler::Name;
use apollo_compiler::ast::{DirectiveDefinition, Type};
use apollo_compiler::collections::{IndexMap, IndexSet};

use super::{Merger, type_ref};
use crate::error::HintCode;
use crate::model::Annotations;
use crate::supergraph::{MergedArgument, MergedDirective};

impl Merger<'_> {
    /// Sorted by name.
    pub(super) fn executable_directives(&mut self) -> Vec<MergedDirective> {
        let subgraphs = self.subgraphs;
        let mut names: Vec<&Name> = subgraphs
            .iter()
            .flat_map(|s| s.executable_directives.keys())
            .collect::<IndexSet<_>>()
            .into_iter()
            .collect();
        // What @composeDirective carries along is printed with its own definition.
        names.retain(|name| !subgraphs.iter().any(|s| s.composed_directives.contains_key(*name)));
        names.sort();
        let mut merged = Vec::new();
        for name in names {
            let definitions: Vec<&DirectiveDefinition> = subgraphs
                .iter()
                .filter_map(|s| s.executable_directives.get(name))
                .map(AsRef::as_ref)
                .collect();
            let directive =
                (definitions.len() == subgraphs.len()).then(|| merge(name, &definitions)).flatten();
            match directive {
                Some(directive) => merged.push(directive),
                None => self.hint(
                    HintCode::InconsistentExecutableDirectivePresence,
                    &format!("@{name}"),
                    "The directive is left out: the subgraphs do not all define it for a common place and with common arguments.",
                ),
            }
        }
        merged
    }
}

fn merge(name: &Name, definitions: &[&DirectiveDefinition]) -> Option<MergedDirective> {
    use apollo_compiler::ast::DirectiveLocation as L;
    let (first, rest) = definitions.split_first()?;
    let executable = [
        L::Query,
        L::Mutation,
        L::Subscription,
        L::Field,
        L::FragmentDefinition,
        L::FragmentSpread,
        L::InlineFragment,
        L::VariableDefinition,
    ];
    let locations: IndexSet<L> =
        executable.into_iter().filter(|l| definitions.iter().all(|def| def.locations.contains(l))).collect();
    if locations.is_empty() {
        return None;
    }
    let mut arguments: IndexMap<Name, MergedArgument> = IndexMap::default();
    for argument in &first.arguments {
        let mut types: Vec<&Type> = vec![&argument.ty];
        types.extend(rest.iter().filter_map(|def| def.argument_by_name(&argument.name)).map(|a| &*a.ty));
        if types.len() < definitions.len() {
            continue;
        }
        let default = argument.default_value.clone().filter(|value| {
            rest.iter().all(|def| {
                def.argument_by_name(&argument.name).and_then(|a| a.default_value.as_ref()) == Some(value)
            })
        });
        arguments.insert(
            argument.name.clone(),
            MergedArgument {
                name: argument.name.clone(),
                description: argument.description.as_ref().map(ToString::to_string),
                annotations: Annotations::default(),
                ty: type_ref::merge_input(&types)?,
                default,
            },
        );
    }
    // A required argument that some subgraph does not know cannot be sent to it.
    let lost = definitions.iter().flat_map(|def| &def.arguments);
    if lost.into_iter().any(|argument| argument.is_required() && !arguments.contains_key(&argument.name)) {
        return None;
    }
    Some(MergedDirective {
        name: name.clone(),
        description: definitions.iter().find_map(|def| def.description.as_ref()).map(ToString::to_string),
        arguments,
        repeatable: definitions.iter().all(|def| def.repeatable),
        locations,
    })
}
