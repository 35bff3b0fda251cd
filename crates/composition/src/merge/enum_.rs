//! Enums: union for outputs, intersection for inputs, equality for both.

use apollo_compiler::Name;
use apollo_compiler::collections::IndexMap;

use super::{Merger, Sourced};
use crate::error::ErrorCode;
use crate::hint::HintCode;
use crate::model::{EnumValue, TypeDef, TypeKind};
use crate::supergraph::{GraphIndex, MergedEnumValue};

impl Merger<'_> {
    pub(super) fn enum_values(
        &mut self,
        type_name: &Name,
        sources: &[Sourced<'_, TypeDef>],
    ) -> IndexMap<Name, MergedEnumValue> {
        let mut by_name: IndexMap<Name, Vec<Sourced<'_, EnumValue>>> = IndexMap::default();
        for (graph, def) in sources {
            let TypeKind::Enum(values) = &def.kind else { continue };
            for (name, value) in values {
                by_name.entry(name.clone()).or_default().push((*graph, value));
            }
        }
        let usage = self.enum_usage.get(type_name);
        if !usage.input && !usage.output {
            let message = "The enum is defined but never used: it is left as an output enum.";
            self.hint(HintCode::UnusedEnumType, type_name, message);
        }
        let mut merged = IndexMap::default();
        for (name, values) in by_name {
            let at = format!("{type_name}.{name}");
            let annotations = self.annotations(&at, values.iter().map(|(_, value)| &value.annotations));
            if values.len() < sources.len() && !usage.input {
                let message = "Only some of the subgraphs that have the enum have the value.";
                self.hint(HintCode::InconsistentEnumValueForOutputEnum, &at, message);
            }
            if values.len() < sources.len() && usage.input {
                let missing: Vec<GraphIndex> = sources
                    .iter()
                    .map(|(graph, _)| *graph)
                    .filter(|graph| !values.iter().any(|(own, _)| own == graph))
                    .collect();
                if usage.output && !annotations.inaccessible {
                    self.value_mismatch(&at, (type_name, &name), (&values, &missing), sources);
                    continue;
                }
                if !usage.output {
                    let missing = self.names(missing);
                    let message = format!("The value is left out: it does not exist in {missing}.");
                    self.hint(HintCode::InconsistentEnumValueForInputEnum, &at, message);
                    continue;
                }
            }
            let description = self.description(&at, values.iter().map(|(_, value)| &value.description));
            let graphs = values.iter().map(|(graph, _)| *graph).collect();
            merged.insert(name, MergedEnumValue { description, annotations, graphs });
        }
        if merged.is_empty() && !usage.output {
            let message = format!(
                "None of the values of enum \"{type_name}\" are defined in all subgraphs that have it."
            );
            self.error(ErrorCode::EmptyMergedEnumType, type_name, message);
        }
        merged
    }

    fn value_mismatch(
        &mut self,
        at: &str,
        (type_name, name): (&Name, &Name),
        (values, missing): (&[Sourced<'_, EnumValue>], &[GraphIndex]),
        sources: &[Sourced<'_, TypeDef>],
    ) {
        let message = format!(
            "Enum type \"{type_name}\" is used as both input type and output type, but value \"{name}\" is not defined in all \
             the subgraphs defining \"{type_name}\": it is defined in {} but not in {}.",
            self.names(values.iter().map(|(graph, _)| *graph)),
            self.names(missing.iter().copied())
        );
        let Some((graph, def)) = sources.iter().find(|(graph, _)| missing.contains(graph)) else { return };
        self.error_in(*graph, def.location, ErrorCode::EnumValueMismatch, at, message);
    }
}
