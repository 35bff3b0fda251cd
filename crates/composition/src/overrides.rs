//! `@override`: which subgraph lost which field to another.

use std::collections::HashMap;

use apollo_compiler::Name;

use crate::error::{CompositionError, ErrorCode};
use crate::hint::{Hint, HintCode};
use crate::model::{FieldDef, Override, SubgraphSchema, TypeDef, TypeKind};
use crate::supergraph::GraphIndex;

/// What became of an overridden field in the subgraph that lost it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Overridden {
    /// A key, `@requires`, `@provides` or interface of that subgraph still needs the field's definition.
    pub(crate) used: bool,
    /// Progressive: the label decides for each request; both subgraphs can serve the field.
    pub(crate) label: Option<String>,
}

/// All overridden fields.
#[derive(Default)]
pub(crate) struct Overrides(HashMap<(GraphIndex, Name, Name), Overridden>);

impl Overrides {
    /// How `field` of `type_name` was overridden in subgraph `graph`, if it was.
    pub(crate) fn get(&self, graph: GraphIndex, type_name: &Name, field: &Name) -> Option<&Overridden> {
        if self.0.is_empty() {
            return None;
        }
        self.0.get(&(graph, type_name.clone(), field.clone()))
    }

    /// The labels in use, sorted.
    pub(crate) fn labels(&self) -> Vec<&str> {
        let mut labels: Vec<&str> = self.0.values().filter_map(|o| o.label.as_deref()).collect();
        labels.sort_unstable();
        labels.dedup();
        labels
    }

    /// Finds all overrides of `subgraphs`.
    pub(crate) fn find(
        subgraphs: &[SubgraphSchema],
        errors: &mut Vec<CompositionError>,
        hints: &mut Vec<Hint>,
    ) -> Self {
        let mut found = Self::default();
        for subgraph in subgraphs {
            for def in subgraph.types.values() {
                let Some(composite) = def.composite() else { continue };
                for field in composite.fields.values() {
                    let Some(rule) = &field.overrides else { continue };
                    match find_one(subgraphs, subgraph, (def, field), rule, hints) {
                        Ok(Some((graph, overridden))) => {
                            found.0.insert((graph, def.name.clone(), field.name.clone()), overridden);
                        }
                        Ok(None) => {}
                        Err(error) => errors.push(error),
                    }
                }
            }
        }
        found
    }
}

fn find_one(
    subgraphs: &[SubgraphSchema],
    subgraph: &SubgraphSchema,
    (def, field): (&TypeDef, &FieldDef),
    rule: &Override,
    hints: &mut Vec<Hint>,
) -> Result<Option<(GraphIndex, Overridden)>, CompositionError> {
    let coordinate = format!("{}.{}", def.name, field.name);
    let fail = |code, message: String| Err(subgraph.error(code, coordinate.clone(), field.location, message));
    if rule.from == subgraph.name {
        return fail(
            ErrorCode::OverrideFromSelfError,
            format!("Field \"{coordinate}\" overrides itself: @override(from:) names its own subgraph."),
        );
    }
    let mut hint = |code, message: String, (subgraph, field): (&SubgraphSchema, &FieldDef)| {
        let hint = Hint::new(code, coordinate.as_str(), message);
        hints.push(hint.in_subgraph(subgraph.name.as_str(), field.location));
    };
    let Some((graph, from)) = subgraphs.iter().enumerate().find(|(_, other)| other.name == rule.from) else {
        hint(
            HintCode::FromSubgraphDoesNotExist,
            format!(
                "@override in \"{}\" names the subgraph \"{}\", which does not exist.",
                subgraph.name, rule.from
            ),
            (subgraph, field),
        );
        return Ok(None);
    };
    let Some(lost) = from.field(&def.name, &field.name) else {
        hint(
            HintCode::OverrideDirectiveCanBeRemoved,
            format!("\"{}\" does not have the field any more: @override can be removed.", from.name),
            (subgraph, field),
        );
        return Ok(None);
    };
    if lost.overrides.is_some() {
        return fail(
            ErrorCode::OverrideSourceHasOverride,
            format!(
                "Field \"{coordinate}\" cannot be overridden from \"{}\": it has an @override there.",
                from.name
            ),
        );
    }
    let interface_object =
        def.is_interface_object || from.types.get(&def.name).is_some_and(|t| t.is_interface_object);
    for (collides, directive, place) in [
        (field.external, "@external", &subgraph.name),
        (lost.external, "@external", &from.name),
        (lost.requires.is_some(), "@requires", &from.name),
        (lost.provides.is_some(), "@provides", &from.name),
        (interface_object, "@interfaceObject", &subgraph.name),
    ] {
        if collides {
            return fail(
                ErrorCode::OverrideCollisionWithAnotherDirective,
                format!("@override on \"{coordinate}\" cannot be combined with {directive} in \"{place}\"."),
            );
        }
    }
    let in_interface = from.types.get(&def.name).and_then(TypeDef::composite).is_some_and(|composite| {
        composite.interfaces.iter().any(|interface| from.field(interface, &field.name).is_some())
    });
    let is_object = matches!(def.kind, TypeKind::Object(_));
    let used = is_object && (lost.uses.any() || in_interface);
    if let Some(label) = &rule.label {
        let message = format!(
            "The field moves from \"{}\" to \"{}\" while the label \"{label}\" decides for each request.",
            from.name, subgraph.name
        );
        hint(HintCode::OverrideMigrationInProgress, message, (subgraph, field));
    } else {
        let can = if used { "can be made @external or removed" } else { "can be removed" };
        let message =
            format!("The field is overridden by \"{}\": in \"{}\" it {can}.", subgraph.name, from.name);
        hint(HintCode::OverriddenFieldCanBeRemoved, message, (from, lost));
    }
    Ok(Some((graph, Overridden { used, label: rule.label.clone() })))
}
