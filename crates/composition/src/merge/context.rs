//! Contexts: what `@fromContext` takes from clients' reach and gives to routers.

use super::{Merger, Sourced};
use crate::error::ErrorCode;
use crate::hint::HintCode;
use crate::model::{FieldDef, InputDef, TypeDef};
use crate::supergraph::{ContextArgument, GraphIndex};

impl Merger<'_> {
    /// A context belongs to its subgraph, so its name in the supergraph has the subgraph's before it.
    fn context_name(&self, graph: GraphIndex, context: &str) -> String {
        format!("{}__{context}", self.name(graph))
    }

    /// The contexts that a type sets, for all subgraphs.
    pub(super) fn contexts(&self, sources: &[Sourced<'_, TypeDef>]) -> Vec<String> {
        sources
            .iter()
            .flat_map(|(graph, def)| def.contexts.iter().map(|context| self.context_name(*graph, context)))
            .collect()
    }

    /// The arguments of `field` that routers give.
    pub(super) fn context_arguments(&self, graph: GraphIndex, field: &FieldDef) -> Vec<ContextArgument> {
        field
            .arguments
            .values()
            .filter_map(|argument| {
                let from = argument.from_context.as_ref()?;
                Some(ContextArgument {
                    name: argument.name.clone(),
                    ty: argument.ty.to_string(),
                    context: self.context_name(graph, &from.context),
                    selection: from.text.clone(),
                })
            })
            .collect()
    }

    /// An argument that is contextual in one subgraph is no client's to set: the other subgraphs must do without.
    pub(super) fn check_contextual(&mut self, at: &str, sources: &[Sourced<'_, InputDef>]) {
        for (graph, argument) in sources.iter().filter(|(_, argument)| argument.from_context.is_none()) {
            let message = format!(
                "Argument \"{at}\" is contextual in at least one subgraph but has no @fromContext in \"{}\"",
                self.name(*graph)
            );
            if argument.is_required() {
                let message = format!("{message}, where it is required.");
                let code = ErrorCode::ContextualArgumentNotContextualInAllSubgraphs;
                self.error_in(*graph, argument.location, code, at, message);
            } else {
                let message = format!("{message}, where it will get no value.");
                self.hint(HintCode::ContextualArgumentNotContextualInAllSubgraphs, at, message);
            }
        }
    }
}
