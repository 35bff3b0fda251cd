//! Directives that operations may apply.

use apollo_compiler::Schema;
use apollo_compiler::ast::{DirectiveDefinition, DirectiveLocation};

use super::Changes;
use super::inputs::{self, Owner};
use crate::change::ChangeKind;
use crate::usage::Fact;

/// Compares the directives that clients can write; those of schemas alone are not theirs.
pub(super) fn compare(published: &Schema, proposed: &Schema, changes: &mut Changes) {
    for before in executable(published) {
        match proposed.directive_definitions.get(&before.name) {
            None => {
                let message = format!("Directive '@{}' was removed", before.name);
                let (at, breaks) = (format!("@{}", before.name), Fact::Directive(before.name.clone()));
                changes.breaking(ChangeKind::DirectiveRemoved, at, message, breaks);
            }
            Some(after) => one(before, after, changes),
        }
    }
    for after in executable(proposed) {
        if !published.directive_definitions.contains_key(&after.name) {
            let message = format!("Directive '@{}' was added", after.name);
            changes.safe(ChangeKind::DirectiveAdded, format!("@{}", after.name), message);
        }
    }
}

fn executable(schema: &Schema) -> impl Iterator<Item = &DirectiveDefinition> {
    schema
        .directive_definitions
        .values()
        .filter(|definition| !definition.is_built_in())
        .map(|definition| &**definition)
        .filter(|definition| definition.locations.iter().copied().any(is_executable))
}

fn is_executable(location: DirectiveLocation) -> bool {
    use DirectiveLocation::{
        Field, FragmentDefinition, FragmentSpread, InlineFragment, Mutation, Query, Subscription,
        VariableDefinition,
    };
    matches!(
        location,
        Query
            | Mutation
            | Subscription
            | Field
            | FragmentDefinition
            | FragmentSpread
            | InlineFragment
            | VariableDefinition
    )
}

fn one(before: &DirectiveDefinition, after: &DirectiveDefinition, changes: &mut Changes) {
    let name = &before.name;
    let (at, used) = (format!("@{name}"), || Fact::Directive(name.clone()));
    let lost = |a: &DirectiveDefinition, b: &DirectiveDefinition| -> Vec<DirectiveLocation> {
        let locations = a.locations.iter().copied().filter(|location| is_executable(*location));
        locations.filter(|location| !b.locations.contains(location)).collect()
    };
    for location in lost(before, after) {
        let message = format!("Directive '@{name}' may no longer stand on {location}");
        changes.breaking(ChangeKind::DirectiveLocationRemoved, &at, message, used());
    }
    for location in lost(after, before) {
        let message = format!("Directive '@{name}' may stand on {location}");
        changes.safe(ChangeKind::DirectiveLocationAdded, &at, message);
    }
    match (before.repeatable, after.repeatable) {
        (true, false) => {
            let message = format!("Directive '@{name}' may no longer be repeated");
            changes.breaking(ChangeKind::DirectiveRepeatableRemoved, &at, message, used());
        }
        (false, true) => {
            let message = format!("Directive '@{name}' may be repeated");
            changes.safe(ChangeKind::DirectiveRepeatableAdded, &at, message);
        }
        _ => {}
    }
    inputs::compare(
        Owner::Directive(name),
        &before.arguments.iter().map(|argument| &**argument),
        &after.arguments.iter().map(|argument| &**argument),
        changes,
    );
}
