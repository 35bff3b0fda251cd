//! Types: whole ones, and what is in them.

use std::collections::HashSet;

use apollo_compiler::schema::{EnumType, ExtendedType, UnionType};
use apollo_compiler::{Name, Schema};

use super::Changes;
use super::fields;
use super::inputs::{self, Owner};
use crate::change::ChangeKind;
use crate::usage::Fact;

/// Compares all types but those of GraphQL itself.
pub(super) fn compare(published: &Schema, proposed: &Schema, changes: &mut Changes) {
    let received = received_enums(proposed);
    for (name, before) in published.types.iter().filter(|(_, definition)| !definition.is_built_in()) {
        match proposed.types.get(name) {
            None => {
                let message = format!("{} '{name}' was removed", capital_kind(before));
                changes.breaking(ChangeKind::TypeRemoved, name, message, Fact::Type(name.clone()));
            }
            Some(after) => {
                one(name, before, after, &received, changes);
                left_interfaces(name, before, after, changes);
                joined_interfaces(name, interfaces(before).as_slice(), after, published, changes);
            }
        }
    }
    for (name, after) in proposed.types.iter().filter(|(_, definition)| !definition.is_built_in()) {
        if !published.types.contains_key(name) {
            changes.safe(ChangeKind::TypeAdded, name, format!("{} '{name}' was added", capital_kind(after)));
            joined_interfaces(name, &[], after, published, changes);
        }
    }
}

/// The enums that clients can receive. To a value that they only send, no client has to react.
fn received_enums(schema: &Schema) -> HashSet<Name> {
    let fields = schema.types.values().flat_map(|definition| match definition {
        ExtendedType::Object(object) => object.fields.values().collect::<Vec<_>>(),
        ExtendedType::Interface(interface) => interface.fields.values().collect(),
        _ => Vec::new(),
    });
    fields.map(|field| field.ty.inner_named_type().clone()).collect()
}

fn one(
    name: &Name,
    before: &ExtendedType,
    after: &ExtendedType,
    received: &HashSet<Name>,
    changes: &mut Changes,
) {
    match (before, after) {
        (ExtendedType::Object(old), ExtendedType::Object(new)) => {
            fields::compare(name, &old.fields, &new.fields, changes);
        }
        (ExtendedType::Interface(old), ExtendedType::Interface(new)) => {
            fields::compare(name, &old.fields, &new.fields, changes);
        }
        (ExtendedType::Union(old), ExtendedType::Union(new)) => members(name, old, new, changes),
        (ExtendedType::Enum(old), ExtendedType::Enum(new)) => values(name, old, new, received, changes),
        (ExtendedType::InputObject(old), ExtendedType::InputObject(new)) => {
            one_of(name, old.directives.has("oneOf"), new.directives.has("oneOf"), changes);
            inputs::compare(
                Owner::InputType(name),
                &old.fields.values().map(|field| &***field),
                &new.fields.values().map(|field| &***field),
                changes,
            );
        }
        (ExtendedType::Scalar(_), ExtendedType::Scalar(_)) => {}
        _ => {
            let message = format!("'{name}' changed from {} to {}", kind(before), kind(after));
            changes.breaking(ChangeKind::TypeKindChanged, name, message, Fact::Type(name.clone()));
            return;
        }
    }
    if before.description() != after.description() {
        let message = format!("{} '{name}' changed its description", capital_kind(after));
        changes.safe(ChangeKind::TypeDescriptionChanged, name, message);
    }
}

fn left_interfaces(name: &Name, before: &ExtendedType, after: &ExtendedType, changes: &mut Changes) {
    let kept = interfaces(after);
    for interface in interfaces(before).into_iter().filter(|interface| !kept.contains(interface)) {
        let message = format!("'{name}' no longer implements interface '{interface}'");
        let breaks = Fact::Narrows(interface.clone(), name.clone());
        changes.breaking(ChangeKind::ObjectTypeInterfaceRemoved, name, message, breaks);
    }
}

fn joined_interfaces(
    name: &Name,
    before: &[&Name],
    after: &ExtendedType,
    published: &Schema,
    changes: &mut Changes,
) {
    for interface in interfaces(after).into_iter().filter(|interface| !before.contains(interface)) {
        let message = format!("'{name}' implements interface '{interface}'");
        // Behind an interface that no client knows, none can meet an object that it does not expect.
        if published.get_interface(interface).is_some() {
            changes.dangerous(ChangeKind::ObjectTypeInterfaceAdded, name, message);
        } else {
            changes.safe(ChangeKind::ObjectTypeInterfaceAdded, name, message);
        }
    }
}

fn interfaces(definition: &ExtendedType) -> Vec<&Name> {
    let names = match definition {
        ExtendedType::Object(object) => &object.implements_interfaces,
        ExtendedType::Interface(interface) => &interface.implements_interfaces,
        _ => return Vec::new(),
    };
    names.iter().map(|interface| &interface.name).collect()
}

fn members(name: &Name, old: &UnionType, new: &UnionType, changes: &mut Changes) {
    for member in old.members.iter().filter(|member| !new.members.contains(*member)) {
        let message = format!("Member '{member}' was removed from union '{name}'");
        let breaks = Fact::Narrows(name.clone(), member.name.clone());
        changes.breaking(ChangeKind::UnionMemberRemoved, name, message, breaks);
    }
    for member in new.members.iter().filter(|member| !old.members.contains(*member)) {
        let message = format!("Member '{member}' was added to union '{name}'");
        changes.dangerous(ChangeKind::UnionMemberAdded, name, message);
    }
}

fn values(name: &Name, old: &EnumType, new: &EnumType, received: &HashSet<Name>, changes: &mut Changes) {
    for (value, before) in &old.values {
        let at = format!("{name}.{value}");
        let Some(after) = new.values.get(value) else {
            let message = format!("Enum value '{value}' was removed from enum '{name}'");
            let breaks = Fact::EnumValue(name.clone(), value.clone());
            changes.breaking(ChangeKind::EnumValueRemoved, at, message, breaks);
            continue;
        };
        match (before.directives.has("deprecated"), after.directives.has("deprecated")) {
            (false, true) => {
                let message = format!("Enum value '{at}' is deprecated");
                changes.safe(ChangeKind::EnumValueDeprecationAdded, at, message);
            }
            (true, false) => {
                let message = format!("Enum value '{at}' is no longer deprecated");
                changes.safe(ChangeKind::EnumValueDeprecationRemoved, at, message);
            }
            _ => {}
        }
    }
    for value in new.values.keys().filter(|value| !old.values.contains_key(*value)) {
        let (kind, at) = (ChangeKind::EnumValueAdded, format!("{name}.{value}"));
        let message = format!("Enum value '{value}' was added to enum '{name}'");
        if received.contains(name) {
            changes.dangerous(kind, at, message);
        } else {
            changes.safe(kind, at, message);
        }
    }
}

fn one_of(name: &Name, before: bool, after: bool, changes: &mut Changes) {
    match (before, after) {
        (false, true) => {
            let message = format!("Input type '{name}' takes exactly one field: it got '@oneOf'");
            let breaks = Fact::InputType(name.clone());
            changes.breaking(ChangeKind::InputObjectOneOfAdded, name, message, breaks);
        }
        (true, false) => {
            let message = format!("Input type '{name}' lost '@oneOf'");
            changes.safe(ChangeKind::InputObjectOneOfRemoved, name, message);
        }
        _ => {}
    }
}

fn kind(definition: &ExtendedType) -> &'static str {
    match definition {
        ExtendedType::Scalar(_) => "scalar",
        ExtendedType::Object(_) => "object type",
        ExtendedType::Interface(_) => "interface",
        ExtendedType::Union(_) => "union",
        ExtendedType::Enum(_) => "enum",
        ExtendedType::InputObject(_) => "input type",
    }
}

fn capital_kind(definition: &ExtendedType) -> &'static str {
    match definition {
        ExtendedType::Scalar(_) => "Scalar",
        ExtendedType::Object(_) => "Object type",
        ExtendedType::Interface(_) => "Interface",
        ExtendedType::Union(_) => "Union",
        ExtendedType::Enum(_) => "Enum",
        ExtendedType::InputObject(_) => "Input type",
    }
}
