//! Fields of object and interface types.

use apollo_compiler::Name;
use apollo_compiler::ast::FieldDefinition;
use apollo_compiler::collections::IndexMap;
use apollo_compiler::schema::Component;

use super::Changes;
use super::inputs::{self, Owner};
use super::type_change::is_safe_for_output;
use crate::change::ChangeKind;
use crate::usage::Fact;

type Fields = IndexMap<Name, Component<FieldDefinition>>;

/// Compares the fields of one type.
pub(super) fn compare(ty: &Name, before: &Fields, after: &Fields, changes: &mut Changes) {
    for (name, old) in before {
        match after.get(name) {
            None => {
                let message = format!("Field '{name}' was removed from type '{ty}'");
                changes.breaking(
                    ChangeKind::FieldRemoved,
                    format!("{ty}.{name}"),
                    message,
                    Fact::Field(ty.clone(), name.clone()),
                );
            }
            Some(new) => field(ty, old, new, changes),
        }
    }
    for (name, new) in after.iter().filter(|(name, _)| !before.contains_key(*name)) {
        let message = format!("Field '{name}' was added to type '{ty}': '{}'", new.ty);
        changes.safe(ChangeKind::FieldAdded, format!("{ty}.{name}"), message);
    }
}

fn field(ty: &Name, old: &FieldDefinition, new: &FieldDefinition, changes: &mut Changes) {
    let name = &old.name;
    let at = format!("{ty}.{name}");
    if old.ty != new.ty {
        let message = format!("Field '{at}' changed type from '{}' to '{}'", old.ty, new.ty);
        if is_safe_for_output(&old.ty, &new.ty) {
            changes.safe(ChangeKind::FieldTypeChanged, &at, message);
        } else {
            let breaks = Fact::Field(ty.clone(), name.clone());
            changes.breaking(ChangeKind::FieldTypeChanged, &at, message, breaks);
        }
    }
    match (old.directives.has("deprecated"), new.directives.has("deprecated")) {
        (false, true) => {
            let message = format!("Field '{at}' is deprecated");
            changes.safe(ChangeKind::FieldDeprecationAdded, &at, message);
        }
        (true, false) => {
            let message = format!("Field '{at}' is no longer deprecated");
            changes.safe(ChangeKind::FieldDeprecationRemoved, &at, message);
        }
        _ => {}
    }
    if old.description != new.description {
        let message = format!("Field '{at}' changed its description");
        changes.safe(ChangeKind::FieldDescriptionChanged, &at, message);
    }
    inputs::compare(
        Owner::Field(ty, name),
        &old.arguments.iter().map(|argument| &**argument),
        &new.arguments.iter().map(|argument| &**argument),
        changes,
    );
}
