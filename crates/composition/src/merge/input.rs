//! Input objects: the fields that all subgraphs accept.

use apollo_compiler::Name;
use apollo_compiler::collections::IndexMap;

use super::{Merger, Sourced};
use crate::error::ErrorCode;
use crate::hint::HintCode;
use crate::model::{InputDef, TypeDef, TypeKind};
use crate::supergraph::{GraphIndex, JoinField, MergedField};

impl Merger<'_> {
    pub(super) fn input_fields(
        &mut self,
        type_name: &Name,
        sources: &[Sourced<'_, TypeDef>],
    ) -> IndexMap<Name, MergedField> {
        let mut by_name: IndexMap<Name, Vec<Sourced<'_, InputDef>>> = IndexMap::default();
        for (graph, def) in sources {
            let TypeKind::Input(fields) = &def.kind else { continue };
            for field in fields.values() {
                by_name.entry(field.name.clone()).or_default().push((*graph, field));
            }
        }
        let mut merged = IndexMap::default();
        for (name, fields) in by_name {
            let at = format!("{type_name}.{name}");
            if fields.len() < sources.len() {
                self.input_field_missing(&at, &fields, sources);
                continue;
            }
            let codes = (ErrorCode::FieldTypeMismatch, ErrorCode::InputFieldDefaultMismatch);
            let Some(argument) = self.argument(&at, &fields, codes) else { continue };
            merged.insert(
                name,
                MergedField {
                    name: argument.name,
                    description: argument.description,
                    annotations: argument.annotations,
                    ty: argument.ty,
                    arguments: IndexMap::default(),
                    default: argument.default,
                    joins: joins(&fields),
                },
            );
        }
        if merged.is_empty() && self.errors.is_empty() {
            let message = format!(
                "None of the fields of input object \"{type_name}\" exist in all subgraphs that define it."
            );
            self.error(ErrorCode::EmptyMergedInputType, type_name, message);
        }
        merged
    }

    fn input_field_missing(
        &mut self,
        at: &str,
        fields: &[Sourced<'_, InputDef>],
        sources: &[Sourced<'_, TypeDef>],
    ) {
        let missing: Vec<GraphIndex> = sources
            .iter()
            .map(|(graph, _)| *graph)
            .filter(|graph| !fields.iter().any(|(own, _)| own == graph))
            .collect();
        let missing = self.names(missing);
        if let Some((graph, field)) = fields.iter().find(|(_, field)| field.is_required()) {
            let message = format!(
                "Input field \"{at}\" is required in \"{}\" but does not exist in {missing}.",
                self.name(*graph)
            );
            let code = ErrorCode::RequiredInputFieldMissingInSomeSubgraph;
            self.error_in(*graph, field.location, code, at, message);
            return;
        }
        let message = format!("The input field is left out: it does not exist in {missing}.");
        self.hint(HintCode::InconsistentInputObjectField, at, message);
    }
}

fn joins(fields: &[Sourced<'_, InputDef>]) -> Vec<JoinField> {
    let Some((_, first)) = fields.first() else { return Vec::new() };
    if fields.iter().all(|(_, field)| field.ty == first.ty) {
        return Vec::new();
    }
    fields
        .iter()
        .map(|(graph, field)| JoinField {
            graph: Some(*graph),
            ty: Some(field.ty.to_string()),
            ..JoinField::default()
        })
        .collect()
}
