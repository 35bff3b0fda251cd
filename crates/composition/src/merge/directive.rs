//! Executable directives: those that every subgraph defines, with what all definitions have in common.

use apollo_compiler::Name;
use apollo_compiler::ast::{DirectiveDefinition, DirectiveLocation, Type};
use apollo_compiler::collections::{IndexMap, IndexSet};

use super::{Merger, type_ref};
use crate::hint::HintCode;
use crate::model::{Annotations, EXECUTABLE_LOCATIONS};
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
            let at = format!("@{name}");
            if definitions.len() < subgraphs.len() {
                let message = "The directive is left out: not all subgraphs define it.";
                self.hint(HintCode::InconsistentExecutableDirectivePresence, &at, message);
                continue;
            }
            let Some(directive) = merge(name, &definitions) else {
                let message = "The directive is left out: its definitions have no executable location, or no needed argument, in common.";
                self.hint(HintCode::NoExecutableDirectiveIntersection, &at, message);
                continue;
            };
            self.hint_directive(&at, &directive, &definitions);
            merged.push(directive);
        }
        merged
    }
}

impl Merger<'_> {
    /// What the merged directive lost on the way.
    fn hint_directive(&mut self, at: &str, merged: &MergedDirective, definitions: &[&DirectiveDefinition]) {
        if definitions.iter().any(|def| def.repeatable) && !merged.repeatable {
            let message = "The directive is not repeatable: it is in some subgraphs only.";
            self.hint(HintCode::InconsistentExecutableDirectiveRepeatable, at, message);
        }
        let is_lost =
            |location| EXECUTABLE_LOCATIONS.contains(&location) && !merged.locations.contains(&location);
        if definitions.iter().flat_map(|def| &def.locations).any(|location| is_lost(*location)) {
            let message = "The directive keeps the locations that all subgraphs allow.";
            self.hint(HintCode::InconsistentExecutableDirectiveLocations, at, message);
        }
        for argument in definitions.iter().flat_map(|def| &def.arguments) {
            let at = format!("{at}({}:)", argument.name);
            let code = match merged.arguments.get(&argument.name) {
                None => HintCode::InconsistentArgumentPresence,
                Some(merged) if merged.ty != *argument.ty => HintCode::InconsistentButCompatibleArgumentType,
                Some(_) => continue,
            };
            self.hint(code, &at, "The definitions of the argument differ between subgraphs.");
        }
    }
}

fn merge(name: &Name, definitions: &[&DirectiveDefinition]) -> Option<MergedDirective> {
    let (first, rest) = definitions.split_first()?;
    let locations: IndexSet<DirectiveLocation> = EXECUTABLE_LOCATIONS
        .into_iter()
        .filter(|l| definitions.iter().all(|def| def.locations.contains(l)))
        .collect();
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
