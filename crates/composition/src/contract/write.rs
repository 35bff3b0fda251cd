//! The SDL of what is shown.

use std::collections::HashSet;

use apollo_compiler::ast::Directive;
use apollo_compiler::collections::IndexMap;
use apollo_compiler::schema::{Component, ExtendedType, FieldDefinition};
use apollo_compiler::{Name, Node, Schema};

use super::hidden::{Hidden, fields, interfaces, is_machinery, is_namespaced};
use crate::model::EXECUTABLE_LOCATIONS;
use crate::read::link::Links;

/// The schema without what is hidden, without machinery, and with no directives but those that clients know.
pub(super) fn api_schema(mut schema: Schema, hidden: &Hidden, links: &Links) -> String {
    let lost = lost_interfaces(&schema, hidden);
    schema.types.retain(|name, ty| ty.is_built_in() || !(hidden.has_type(name) || is_machinery(ty, links)));
    for (name, ty) in &mut schema.types {
        write_type(name, ty, hidden, &lost);
    }
    schema.directive_definitions.retain(|name, def| {
        def.is_built_in()
            || is_for_clients(name)
            || (!is_namespaced(name, links)
                && def.locations.iter().any(|location| EXECUTABLE_LOCATIONS.contains(location)))
    });
    let roots = schema.schema_definition.make_mut();
    roots.directives.clear();
    for root in [&mut roots.query, &mut roots.mutation, &mut roots.subscription] {
        root.take_if(|root| hidden.has_type(&root.name));
    }
    schema.to_string()
}

fn is_for_clients(name: &str) -> bool {
    matches!(name, "deprecated" | "specifiedBy" | "oneOf")
}

fn retain_directives(directives: &mut Vec<Node<Directive>>) {
    directives.retain(|directive| is_for_clients(&directive.name));
}

fn write_type(name: &Name, ty: &mut ExtendedType, hidden: &Hidden, lost: &HashSet<(Name, Name)>) {
    let is_kept =
        |interface: &Name| !hidden.has_type(interface) && !lost.contains(&(name.clone(), interface.clone()));
    match ty {
        ExtendedType::Object(def) => {
            let def = def.make_mut();
            def.directives.retain(|directive| is_for_clients(&directive.name));
            def.implements_interfaces.retain(|interface| is_kept(&interface.name));
            write_fields(name, &mut def.fields, hidden);
        }
        ExtendedType::Interface(def) => {
            let def = def.make_mut();
            def.directives.retain(|directive| is_for_clients(&directive.name));
            def.implements_interfaces.retain(|interface| is_kept(&interface.name));
            write_fields(name, &mut def.fields, hidden);
        }
        ExtendedType::Union(def) => {
            let def = def.make_mut();
            def.directives.retain(|directive| is_for_clients(&directive.name));
            def.members.retain(|member| !hidden.has_type(&member.name));
        }
        ExtendedType::Enum(def) => {
            let def = def.make_mut();
            def.directives.retain(|directive| is_for_clients(&directive.name));
            def.values.retain(|value, _| !hidden.has_member(name, value));
            for value in def.values.values_mut() {
                retain_directives(&mut value.make_mut().directives);
            }
        }
        ExtendedType::InputObject(def) => {
            let def = def.make_mut();
            def.directives.retain(|directive| is_for_clients(&directive.name));
            def.fields.retain(|field, _| !hidden.has_member(name, field));
            for field in def.fields.values_mut() {
                retain_directives(&mut field.make_mut().directives);
            }
        }
        ExtendedType::Scalar(def) => {
            def.make_mut().directives.retain(|directive| is_for_clients(&directive.name));
        }
    }
}

fn write_fields(name: &Name, all: &mut IndexMap<Name, Component<FieldDefinition>>, hidden: &Hidden) {
    all.retain(|field, _| !hidden.has_member(name, field));
    for (field_name, field) in all {
        let field = field.make_mut();
        retain_directives(&mut field.directives);
        field.arguments.retain(|argument| !hidden.has_argument(name, field_name, &argument.name));
        for argument in &mut field.arguments {
            retain_directives(&mut argument.make_mut().directives);
        }
    }
}

/// A type and its interface, both shown, of which the one does not implement the other any more.
pub(super) fn broken_interface(schema: &Schema, hidden: &Hidden) -> Option<(Name, Name)> {
    let lost = lost_interfaces(schema, hidden);
    lost.into_iter().filter(|(ty, interface)| !hidden.has_type(ty) && !hidden.has_type(interface)).min()
}

/// The interfaces that a type does not implement any more, because a field or argument that they show is hidden in it.
fn lost_interfaces(schema: &Schema, hidden: &Hidden) -> HashSet<(Name, Name)> {
    let mut lost: HashSet<(Name, Name)> = HashSet::new();
    for ty in schema.types.values() {
        for interface in interfaces(ty).filter_map(|name| schema.types.get(name)) {
            let promised = fields(interface).filter(|(field, _)| !hidden.has_member(interface.name(), field));
            let is_broken = promised.into_iter().any(|(field, def)| {
                hidden.has_member(ty.name(), field)
                    || def.arguments.iter().any(|argument| {
                        !hidden.has_argument(interface.name(), field, &argument.name)
                            && hidden.has_argument(ty.name(), field, &argument.name)
                    })
            });
            if is_broken {
                lost.insert((ty.name().clone(), interface.name().clone()));
            }
        }
    }
    // Whoever implements an interface implements that one's interfaces.
    loop {
        let more: Vec<(Name, Name)> = schema
            .types
            .values()
            .flat_map(|ty| interfaces(ty).map(move |interface| (ty.name(), interface)))
            .filter(|(ty, interface)| {
                let above = schema.types.get(*interface).into_iter().flat_map(interfaces);
                above.filter(|above| !hidden.has_type(above)).any(|above| {
                    let is_lost = |ty: &Name| lost.contains(&(ty.clone(), above.clone()));
                    is_lost(ty) && !is_lost(interface)
                })
            })
            .map(|(ty, interface)| (ty.clone(), interface.clone()))
            .filter(|pair| !lost.contains(pair))
            .collect();
        if more.is_empty() {
            return lost;
        }
        lost.extend(more);
    }
}
