//! Fields of objects and interfaces.

use apollo_compiler::Name;
use apollo_compiler::ast::Type;
use apollo_compiler::collections::IndexMap;

use super::{Merger, Sourced};
use crate::error::ErrorCode;
use crate::hint::HintCode;
use crate::model::{FieldDef, TypeDef};
use crate::overrides::Overridden;
use crate::supergraph::{GraphIndex, JoinField, MergedField};

impl Merger<'_> {
    /// The union of all fields, in the order in which the subgraphs name them.
    pub(super) fn fields(
        &mut self,
        type_name: &Name,
        sources: &[Sourced<'_, TypeDef>],
        is_object: bool,
    ) -> IndexMap<Name, MergedField> {
        let mut by_name: IndexMap<Name, Vec<Sourced<'_, FieldDef>>> = IndexMap::default();
        for (graph, def) in sources {
            for field in def.composite().into_iter().flat_map(|c| c.fields.values()) {
                by_name.entry(field.name.clone()).or_default().push((*graph, field));
            }
        }
        let mut owners: Vec<GraphIndex> = sources.iter().map(|(graph, _)| *graph).collect();
        if type_name == "Query" {
            owners = (0..self.subgraphs.len()).collect();
        }
        let mut fields = IndexMap::default();
        for (name, sources) in by_name {
            if is_object {
                self.check_sharing(type_name, &name, &sources);
            }
            if let Some(merged) = self.field(type_name, &owners, &sources) {
                fields.insert(name, merged);
            }
        }
        fields
    }

    fn field(
        &mut self,
        type_name: &Name,
        owners: &[GraphIndex],
        all: &[Sourced<'_, FieldDef>],
    ) -> Option<MergedField> {
        let (_, first) = all.first()?;
        let coordinate = format!("{type_name}.{}", first.name);
        // A field that lost to @override without a trace is as good as absent.
        let sources: Vec<Sourced<'_, FieldDef>> = all
            .iter()
            .filter(|(graph, field)| !self.is_gone(*graph, type_name, &field.name))
            .copied()
            .collect();
        let resolving: Vec<Sourced<'_, FieldDef>> =
            sources.iter().filter(|(_, field)| !field.external).copied().collect();
        if resolving.is_empty() {
            self.check_base_elsewhere(type_name, &coordinate, &sources);
        }
        let base = if resolving.is_empty() { &sources } else { &resolving };
        let types: Vec<&Type> = base.iter().map(|(_, field)| &field.ty).collect();
        let Some(ty) = self.hierarchy.merge_output(&types) else {
            self.type_mismatch(&coordinate, base);
            return None;
        };
        if types.iter().any(|other| other != types.first().unwrap_or(other)) {
            let message =
                format!("The subgraphs' types of the field differ; in the supergraph it is \"{ty}\".");
            self.hint(HintCode::InconsistentButCompatibleFieldType, &coordinate, message);
        }
        let arguments = self.arguments(&coordinate, base);
        self.check_externals(&coordinate, &sources, base, &ty);
        let description = self.description(&coordinate, sources.iter().map(|(_, field)| &field.description));
        let joins = self.join_fields(type_name, owners, &sources);
        Some(MergedField {
            name: first.name.clone(),
            description,
            // What an overridden definition says about access holds still.
            annotations: self.annotations(&coordinate, all.iter().map(|(_, field)| &field.annotations)),
            ty,
            arguments,
            default: None,
            joins,
        })
    }

    /// Overridden for good, and needed by nothing in the subgraph that lost it.
    fn is_gone(&self, graph: GraphIndex, type_name: &Name, field: &Name) -> bool {
        matches!(self.overrides.get(graph, type_name, field), Some(Overridden { used: false, label: None }))
    }

    /// All definitions are external: fine only when an `@interfaceObject` resolves the field.
    fn check_base_elsewhere(
        &mut self,
        type_name: &Name,
        coordinate: &str,
        sources: &[Sourced<'_, FieldDef>],
    ) {
        let Some((graph, field)) = sources.first() else { return };
        if !self.interface_object_sources(type_name, &field.name).is_empty() {
            return;
        }
        let message = format!(
            "Field \"{coordinate}\" is marked @external in {}, but no subgraph resolves it.",
            self.names(sources.iter().map(|(graph, _)| *graph))
        );
        self.error_in(*graph, field.location, ErrorCode::ExternalMissingOnBase, coordinate, message);
    }

    fn type_mismatch(&mut self, coordinate: &str, sources: &[Sourced<'_, FieldDef>]) {
        let Some((first_graph, first)) = sources.first() else { return };
        let other = sources
            .iter()
            .find(|(_, field)| self.hierarchy.merge_output(&[&first.ty, &field.ty]).is_none())
            .or(sources.last());
        let Some((graph, field)) = other else { return };
        let message = format!(
            "Field \"{coordinate}\" has incompatible types: it is \"{}\" in \"{}\"{} and \"{}\" in \"{}\".",
            first.ty,
            self.name(*first_graph),
            first.location.map(|at| format!(" ({at})")).unwrap_or_default(),
            field.ty,
            self.name(*graph)
        );
        self.error_in(*graph, field.location, ErrorCode::FieldTypeMismatch, coordinate, message);
    }

    /// External definitions must fit what the field is where it is resolved.
    fn check_externals(
        &mut self,
        coordinate: &str,
        sources: &[Sourced<'_, FieldDef>],
        base: &[Sourced<'_, FieldDef>],
        ty: &Type,
    ) {
        for (graph, field) in sources.iter().filter(|(_, field)| field.external) {
            if !self.hierarchy.is_subtype(ty, &field.ty) {
                let message = format!(
                    "Type of field \"{coordinate}\" is \"{ty}\" where it is resolved, but \"{}\" in \"{}\" where it is @external.",
                    field.ty,
                    self.name(*graph)
                );
                self.error_in(*graph, field.location, ErrorCode::ExternalTypeMismatch, coordinate, message);
            }
            self.check_external_arguments(coordinate, (*graph, field), base);
        }
    }

    fn check_external_arguments(
        &mut self,
        coordinate: &str,
        (graph, field): Sourced<'_, FieldDef>,
        base: &[Sourced<'_, FieldDef>],
    ) {
        let Some((_, resolved)) = base.iter().find(|(_, field)| !field.external) else { return };
        for argument in resolved.arguments.values() {
            let at = format!("{coordinate}({}:)", argument.name);
            match field.arguments.get(&argument.name) {
                None if argument.from_context.is_none() => {
                    let message = format!(
                        "Field \"{coordinate}\" lacks the argument \"{}\" in \"{}\", where it is @external.",
                        argument.name,
                        self.name(graph)
                    );
                    self.error_in(graph, field.location, ErrorCode::ExternalArgumentMissing, &at, message);
                }
                Some(own) if !is_external_argument(&own.ty, &argument.ty) => {
                    let message = format!(
                        "Argument \"{at}\" is \"{}\" where the field is resolved, but \"{}\" in \"{}\", where it is @external.",
                        argument.ty,
                        own.ty,
                        self.name(graph)
                    );
                    self.error_in(graph, own.location, ErrorCode::ExternalArgumentTypeMismatch, &at, message);
                }
                Some(own) if own.default != argument.default => {
                    let message = format!(
                        "Argument \"{at}\" has another default value in \"{}\", where the field is @external, than where it is \
                         resolved.",
                        self.name(graph)
                    );
                    let code = ErrorCode::ExternalArgumentDefaultMismatch;
                    self.error_in(graph, own.location, code, &at, message);
                }
                _ => {}
            }
        }
    }

    /// `@join__field` for each subgraph, or none when they would all say the same as `@join__type`.
    fn join_fields(
        &self,
        type_name: &Name,
        owners: &[GraphIndex],
        sources: &[Sourced<'_, FieldDef>],
    ) -> Vec<JoinField> {
        let Some((_, first)) = sources.first() else { return Vec::new() };
        let same_type = sources.iter().all(|(_, field)| field.ty == first.ty);
        let overridden = |graph: GraphIndex| self.overrides.get(graph, type_name, &first.name);
        // Progressive: both sides carry the label.
        let label = |graph: GraphIndex, field: &FieldDef| {
            let own = field.overrides.as_ref().filter(|rule| self.is_effective(rule, type_name, &field.name));
            own.and_then(|rule| rule.label.clone()).or_else(|| overridden(graph)?.label.clone())
        };
        let everywhere = owners.iter().all(|owner| sources.iter().any(|(graph, _)| graph == owner));
        let plain = sources.iter().all(|(graph, field)| {
            !field.external
                && field.requires.is_none()
                && field.provides.is_none()
                && field.arguments.values().all(|argument| argument.from_context.is_none())
                && overridden(*graph).is_none()
                && label(*graph, field).is_none()
        });
        if same_type && everywhere && plain {
            return Vec::new();
        }
        sources
            .iter()
            .map(|(graph, field)| JoinField {
                graph: Some(*graph),
                requires: field.requires.as_ref().map(ToString::to_string),
                provides: field.provides.as_ref().map(ToString::to_string),
                ty: (!same_type).then(|| field.ty.to_string()),
                external: field.external,
                overrides: field.overrides.as_ref().map(|rule| rule.from.clone()),
                used_overridden: overridden(*graph).is_some_and(|o| o.used),
                override_label: label(*graph, field),
                context_arguments: self.context_arguments(*graph, field),
            })
            .collect()
    }

    /// Does the `@override` really take a field from a subgraph?
    fn is_effective(&self, rule: &crate::model::Override, type_name: &Name, field: &Name) -> bool {
        self.subgraphs
            .iter()
            .position(|subgraph| subgraph.name == rule.from)
            .is_some_and(|graph| self.overrides.get(graph, type_name, field).is_some())
    }
}

/// An external definition takes what the field takes where it is resolved, or more.
fn is_external_argument(external: &Type, resolved: &Type) -> bool {
    super::type_ref::merge_input(&[external, resolved]).as_ref() == Some(resolved)
}
