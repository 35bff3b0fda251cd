//! A field that is computed from others must not tell what those keep from a caller.

use std::collections::BTreeSet;

use apollo_compiler::Name;

use crate::error::{CompositionError, ErrorCode};
use crate::field_set::{FieldSet, Selection};
use crate::merge::annotations::restrict;
use crate::model::{Annotations, FieldDef, SubgraphSchema, TypeDef};
use crate::supergraph::Supergraph;

/// Checks all `@requires` and `@fromContext`.
pub(super) fn check(subgraphs: &[SubgraphSchema], supergraph: &Supergraph) -> Vec<CompositionError> {
    let mut errors = Vec::new();
    for subgraph in subgraphs {
        for def in subgraph.types.values() {
            for field in def.composite().into_iter().flat_map(|composite| composite.fields.values()) {
                check_field(subgraph, supergraph, (def, field), &mut errors);
            }
        }
    }
    errors
}

fn check_field(
    subgraph: &SubgraphSchema,
    supergraph: &Supergraph,
    (def, field): (&TypeDef, &FieldDef),
    errors: &mut Vec<CompositionError>,
) {
    let required = field.requires.iter().map(|set| ("@requires", &def.name, set));
    let contexts = field.arguments.values().filter_map(|argument| argument.from_context.as_ref());
    let from_contexts = contexts.flat_map(|from| {
        let locations = subgraph.context_types(&from.context);
        locations.filter_map(|location| Some(("@fromContext", &location.name, from.selection.as_ref().ok()?)))
    });
    for (directive, parent, set) in required.chain(from_contexts) {
        let Some(held) = held_by(supergraph, &def.name, &field.name) else { return };
        let Some(missing) = missing(supergraph, parent, set, &held) else { continue };
        let at = format!("{}.{}", def.name, field.name);
        let message = format!(
            "Field \"{at}\" does not ask for all that \"{missing}\" asks for (@authenticated, @requiresScopes, @policy), which its \
             {directive} reads."
        );
        errors.push(subgraph.error(
            ErrorCode::MissingTransitiveAuthRequirements,
            at,
            field.location,
            message,
        ));
    }
}

/// What a caller who reads the field has passed.
fn held_by(supergraph: &Supergraph, ty: &Name, field: &Name) -> Option<Annotations> {
    let ty = supergraph.types.get(ty)?;
    let mut held = ty.annotations.clone();
    restrict(&mut held, &ty.kind.composite()?.fields.get(field)?.annotations);
    Some(held)
}

/// The first element that `set` reads and that asks for more than is held.
fn missing(supergraph: &Supergraph, parent: &Name, set: &FieldSet, held: &Annotations) -> Option<String> {
    for selection in &set.0 {
        let found = match selection {
            Selection::Inline { on, selections } => {
                missing(supergraph, on.as_ref().unwrap_or(parent), selections, held)
            }
            Selection::Field { name, selections, .. } => {
                let Some(field) =
                    supergraph.types.get(parent).and_then(|ty| ty.kind.composite()?.fields.get(name))
                else {
                    continue;
                };
                let target = field.ty.inner_named_type();
                if !covers(held, &field.annotations) {
                    Some(format!("{parent}.{name}"))
                } else if supergraph.types.get(target).is_some_and(|ty| !covers(held, &ty.annotations)) {
                    Some(target.to_string())
                } else {
                    missing(supergraph, target, selections, held)
                }
            }
        };
        if found.is_some() {
            return found;
        }
    }
    None
}

/// Does everybody who passes `held` pass `asked`?
fn covers(held: &Annotations, asked: &Annotations) -> bool {
    (held.authenticated || !asked.authenticated)
        && implies(held.scopes.as_ref(), asked.scopes.as_ref())
        && implies(held.policies.as_ref(), asked.policies.as_ref())
}

fn implies(held: Option<&BTreeSet<BTreeSet<String>>>, asked: Option<&BTreeSet<BTreeSet<String>>>) -> bool {
    let Some(asked) = asked else { return true };
    held.is_some_and(|held| held.iter().all(|one| asked.iter().any(|other| other.is_subset(one))))
}
