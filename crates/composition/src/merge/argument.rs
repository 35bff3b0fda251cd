//! Arguments, and default values of arguments and input fields.

use apollo_compiler::ast::{Type, Value};
use apollo_compiler::collections::IndexMap;
use apollo_compiler::{Name, Node};

use super::{Merger, Sourced, type_ref};
use crate::error::ErrorCode;
use crate::hint::HintCode;
use crate::model::{FieldDef, InputDef};
use crate::supergraph::{GraphIndex, MergedArgument};

impl Merger<'_> {
    /// The arguments of a field that all of `sources` accept.
    pub(super) fn arguments(
        &mut self,
        coordinate: &str,
        sources: &[Sourced<'_, FieldDef>],
    ) -> IndexMap<Name, MergedArgument> {
        let mut by_name: IndexMap<Name, Vec<Sourced<'_, InputDef>>> = IndexMap::default();
        for (graph, field) in sources {
            for argument in field.arguments.values() {
                by_name.entry(argument.name.clone()).or_default().push((*graph, argument));
            }
        }
        let mut merged = IndexMap::default();
        for (name, arguments) in by_name {
            let at = format!("{coordinate}({name}:)");
            if arguments.iter().any(|(_, argument)| argument.from_context.is_some()) {
                self.check_contextual(&at, &arguments);
                continue;
            }
            if arguments.len() < sources.len() {
                let missing =
                    sources.iter().map(|(graph, _)| *graph).filter(|graph| !has(&arguments, *graph));
                self.argument_missing(&at, &arguments, missing.collect());
                continue;
            }
            let codes = (ErrorCode::FieldArgumentTypeMismatch, ErrorCode::FieldArgumentDefaultMismatch);
            if let Some(argument) = self.argument(&at, &arguments, codes) {
                merged.insert(name, argument);
            }
        }
        merged
    }

    fn argument_missing(&mut self, at: &str, arguments: &[Sourced<'_, InputDef>], missing: Vec<GraphIndex>) {
        let missing = self.names(missing);
        if let Some((graph, argument)) = arguments.iter().find(|(_, argument)| argument.is_required()) {
            let message = format!(
                "Argument \"{at}\" is required in \"{}\" but does not exist in {missing}.",
                self.name(*graph)
            );
            let code = ErrorCode::RequiredArgumentMissingInSomeSubgraph;
            self.error_in(*graph, argument.location, code, at, message);
            return;
        }
        let message = format!("The argument is left out: it does not exist in {missing}.");
        self.hint(HintCode::InconsistentArgumentPresence, at, message);
    }

    /// One argument or input field that all of `sources` have.
    pub(super) fn argument(
        &mut self,
        at: &str,
        sources: &[Sourced<'_, InputDef>],
        (type_code, default_code): (ErrorCode, ErrorCode),
    ) -> Option<MergedArgument> {
        let (first_graph, first) = *sources.first()?;
        let types: Vec<&Type> = sources.iter().map(|(_, argument)| &argument.ty).collect();
        let Some(ty) = type_ref::merge_input(&types) else {
            let (graph, other) =
                sources.iter().find(|(_, a)| type_ref::merge_input(&[&first.ty, &a.ty]).is_none())?;
            let message = format!(
                "Type of \"{at}\" is incompatible across subgraphs: it is \"{}\" in \"{}\" and \"{}\" in \"{}\".",
                first.ty,
                self.name(first_graph),
                other.ty,
                self.name(*graph)
            );
            self.error_in(*graph, other.location, type_code, at, message);
            return None;
        };
        if types.iter().any(|other| **other != first.ty) {
            let code = match type_code {
                ErrorCode::FieldArgumentTypeMismatch => HintCode::InconsistentButCompatibleArgumentType,
                _ => HintCode::InconsistentButCompatibleFieldType,
            };
            self.hint(code, at, format!("The subgraphs' types differ; in the supergraph it is \"{ty}\"."));
        }
        let default = self.default_value(at, sources, default_code);
        let description = self.description(at, sources.iter().map(|(_, argument)| &argument.description));
        Some(MergedArgument {
            name: first.name.clone(),
            description,
            annotations: self.annotations(at, sources.iter().map(|(_, argument)| &argument.annotations)),
            ty,
            default,
        })
    }

    /// A default must be the same in all subgraphs that have one, and stands in the supergraph only if all have it.
    fn default_value(
        &mut self,
        at: &str,
        sources: &[Sourced<'_, InputDef>],
        code: ErrorCode,
    ) -> Option<Node<Value>> {
        let with = sources.iter().filter_map(|(graph, argument)| Some((*graph, argument.default.as_ref()?)));
        let (first_graph, first) = with.clone().next()?;
        if let Some((graph, other)) = with.clone().find(|(_, value)| *value != first) {
            let message = format!(
                "\"{at}\" has incompatible default values: {first} in \"{}\" and {other} in \"{}\".",
                self.name(first_graph),
                self.name(graph)
            );
            self.error(code, at, message);
            return None;
        }
        if with.count() < sources.len() {
            let message = "The default value is left out: only some subgraphs have it.";
            self.hint(HintCode::InconsistentDefaultValuePresence, at, message);
            return None;
        }
        Some(first.clone())
    }
}

fn has(sources: &[Sourced<'_, InputDef>], graph: GraphIndex) -> bool {
    sources.iter().any(|(own, _)| *own == graph)
}
