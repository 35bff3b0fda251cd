//! What the directives of a supergraph say is hidden from a contract.

use std::collections::HashSet;

use apollo_compiler::ast::Directive;
use apollo_compiler::schema::{ExtendedType, InputValueDefinition};
use apollo_compiler::{Name, Node, Schema};

use super::ContractFilter;
use crate::read::link::Links;

/// Everything that is not shown.
#[derive(Default)]
pub(super) struct Hidden {
    types: HashSet<Name>,
    /// Fields, input fields, enum values.
    members: HashSet<(Name, Name)>,
    arguments: HashSet<(Name, Name, Name)>,
}

impl Hidden {
    pub(super) fn has_type(&self, name: &Name) -> bool {
        self.types.contains(name)
    }

    pub(super) fn has_member(&self, ty: &Name, member: &Name) -> bool {
        self.members.contains(&(ty.clone(), member.clone()))
    }

    pub(super) fn has_argument(&self, ty: &Name, field: &Name, argument: &Name) -> bool {
        self.arguments.contains(&(ty.clone(), field.clone(), argument.clone()))
    }

    /// True if it was shown before.
    pub(super) fn hide_type(&mut self, name: &Name) -> bool {
        self.types.insert(name.clone())
    }

    /// True if it was shown before.
    pub(super) fn hide_member(&mut self, ty: &Name, member: &Name) -> bool {
        self.members.insert((ty.clone(), member.clone()))
    }

    /// True if it was shown before.
    pub(super) fn hide_argument(&mut self, ty: &Name, field: &Name, argument: &Name) -> bool {
        self.arguments.insert((ty.clone(), field.clone(), argument.clone()))
    }
}

/// Types of GraphQL and of the linked specifications are no part of an API.
pub(super) fn is_machinery(ty: &ExtendedType, links: &Links) -> bool {
    ty.is_built_in() || is_namespaced(ty.name(), links)
}

/// `join__Graph` and the like.
pub(super) fn is_namespaced(name: &str, links: &Links) -> bool {
    name.split_once("__").is_some_and(|(prefix, _)| links.prefixes.iter().any(|known| known == prefix))
}

/// The elements that are `@inaccessible`, have an excluded tag, or lack an included one.
pub(super) fn by_directives(schema: &Schema, links: &Links, filter: &ContractFilter) -> Hidden {
    let mut hide = Hide { schema, links, filter, hidden: Hidden::default() };
    for ty in schema.types.values().filter(|ty| !is_machinery(ty, links)) {
        hide.ty(ty);
    }
    hide.hidden
}

struct Hide<'a> {
    schema: &'a Schema,
    links: &'a Links,
    filter: &'a ContractFilter,
    hidden: Hidden,
}

impl Hide<'_> {
    fn has_tag<'d>(
        &self,
        directives: impl IntoIterator<Item = &'d Node<Directive>>,
        is_wanted: impl Fn(&str) -> bool,
    ) -> bool {
        directives.into_iter().any(|directive| {
            self.links.canonical(&directive.name) == Some("tag")
                && directive
                    .specified_argument_by_name("name")
                    .and_then(|value| value.as_str())
                    .is_some_and(&is_wanted)
        })
    }

    fn is_included<'d>(&self, directives: impl IntoIterator<Item = &'d Node<Directive>>) -> bool {
        self.has_tag(directives, |tag| self.filter.include.contains(tag))
    }

    fn is_refused<'d>(&self, directives: impl IntoIterator<Item = &'d Node<Directive>> + Clone) -> bool {
        let is_inaccessible = |d: &Node<Directive>| self.links.canonical(&d.name) == Some("inaccessible");
        directives.clone().into_iter().any(is_inaccessible)
            || self.has_tag(directives, |tag| self.filter.exclude.contains(tag))
    }

    fn ty(&mut self, ty: &ExtendedType) {
        let name = ty.name();
        if self.is_refused(ty.directives().iter().map(|component| &component.node)) {
            self.hidden.hide_type(name);
        }
        let included = self.filter.include.is_empty() || self.has_included(name);
        match ty {
            ExtendedType::Object(_) | ExtendedType::Interface(_) => self.fields(ty, included),
            ExtendedType::Enum(def) => {
                let chosen = def.values.values().any(|value| self.is_included(&value.directives));
                for (value, def) in &def.values {
                    let is_left_out = chosen && !included && !self.is_included(&def.directives);
                    if is_left_out || self.is_refused(&def.directives) {
                        self.hidden.hide_member(name, value);
                    }
                }
            }
            ExtendedType::InputObject(def) => {
                let chosen = def.fields.values().any(|field| self.is_included(&field.directives));
                for (field, def) in &def.fields {
                    let is_left_out =
                        chosen && !included && !is_required(def) && !self.is_included(&def.directives);
                    if is_left_out || self.is_refused(&def.directives) {
                        self.hidden.hide_member(name, field);
                    }
                }
            }
            ExtendedType::Scalar(_) | ExtendedType::Union(_) => {}
        }
    }

    /// Does the type itself have an included tag?
    fn has_included(&self, name: &Name) -> bool {
        self.schema
            .types
            .get(name)
            .is_some_and(|ty| self.is_included(ty.directives().iter().map(|component| &component.node)))
    }

    fn fields(&mut self, ty: &ExtendedType, type_is_included: bool) {
        let name = ty.name();
        for (field, def) in fields(ty) {
            let from_interface = || {
                interfaces(ty).any(|interface| {
                    let own = self.schema.type_field(interface, field).ok();
                    own.is_some_and(|own| self.has_included(interface) || self.is_included(&own.directives))
                })
            };
            let is_included = type_is_included || self.is_included(&def.directives) || from_interface();
            if !is_included || self.is_refused(&def.directives) {
                self.hidden.hide_member(name, field);
            }
            for argument in &def.arguments {
                if self.is_refused(&argument.directives) {
                    self.hidden.hide_argument(name, field, &argument.name);
                }
            }
        }
    }
}

/// The fields of an object or interface.
pub(super) fn fields(
    ty: &ExtendedType,
) -> impl Iterator<Item = (&Name, &apollo_compiler::schema::FieldDefinition)> {
    let fields = match ty {
        ExtendedType::Object(def) => Some(&def.fields),
        ExtendedType::Interface(def) => Some(&def.fields),
        _ => None,
    };
    fields.into_iter().flatten().map(|(name, field)| (name, &***field))
}

/// The interfaces that an object or interface implements.
pub(super) fn interfaces(ty: &ExtendedType) -> impl Iterator<Item = &Name> {
    let interfaces = match ty {
        ExtendedType::Object(def) => Some(&def.implements_interfaces),
        ExtendedType::Interface(def) => Some(&def.implements_interfaces),
        _ => None,
    };
    interfaces.into_iter().flatten().map(|component| &component.name)
}

/// A value must be given.
pub(super) fn is_required(def: &InputValueDefinition) -> bool {
    def.ty.is_non_null() && def.default_value.is_none()
}
