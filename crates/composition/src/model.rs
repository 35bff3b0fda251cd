//! The normalised model of one subgraph: every federation directive has its canonical meaning, whatever it was called in the text.

use std::collections::{BTreeMap, BTreeSet};

use apollo_compiler::ast::{Directive, DirectiveDefinition, DirectiveLocation, Type, Value};
use apollo_compiler::collections::{IndexMap, IndexSet};
use apollo_compiler::{Name, Node};

use crate::error::{CompositionError, ErrorCode, Location};
use crate::field_set::{FieldSet, FieldSetError};
use crate::hint::Hint;

/// Where directives of operations stand.
pub(crate) const EXECUTABLE_LOCATIONS: [DirectiveLocation; 8] = [
    DirectiveLocation::Query,
    DirectiveLocation::Mutation,
    DirectiveLocation::Subscription,
    DirectiveLocation::Field,
    DirectiveLocation::FragmentDefinition,
    DirectiveLocation::FragmentSpread,
    DirectiveLocation::InlineFragment,
    DirectiveLocation::VariableDefinition,
];

/// One subgraph after reading.
pub(crate) struct SubgraphSchema {
    pub(crate) name: String,
    pub(crate) url: String,
    /// Its value in the enum `join__Graph`.
    pub(crate) graph: String,
    pub(crate) is_v1: bool,
    /// The minor version of federation v2 that it links; 0 for v1.
    pub(crate) minor: u32,
    pub(crate) types: IndexMap<Name, TypeDef>,
    pub(crate) executable_directives: IndexMap<Name, Node<DirectiveDefinition>>,
    pub(crate) composed_directives: IndexMap<Name, ComposedDirective>,
    /// What it calls those federation directives that the supergraph shows, by their canonical names; only what it uses.
    pub(crate) shown_names: BTreeMap<&'static str, String>,
    /// The specifications that are not federation's.
    pub(crate) foreign: Vec<ForeignLink>,
    /// Where directives are defined.
    pub(crate) directive_locations: BTreeMap<Name, Location>,
    /// What was suspicious on reading.
    pub(crate) hints: Vec<Hint>,
}

/// A linked specification that is not federation's.
#[derive(Clone)]
pub(crate) struct ForeignLink {
    /// Without the version.
    pub(crate) url: String,
    pub(crate) version: (u32, u32),
    /// What is imported: the name in the specification and the name in the text.
    pub(crate) imports: Vec<(String, String)>,
    /// The namespace of what is not imported.
    pub(crate) prefix: String,
    pub(crate) location: Option<Location>,
}

/// A directive that `@composeDirective` carries into the supergraph.
#[derive(Clone)]
pub(crate) struct ComposedDirective {
    pub(crate) definition: Node<DirectiveDefinition>,
    /// Its name in its specification; the definition has the name in the text.
    pub(crate) original: String,
    /// The specification that defines it, without the version, and the version.
    pub(crate) spec_url: String,
    pub(crate) version: (u32, u32),
}

pub(crate) struct TypeDef {
    pub(crate) name: Name,
    pub(crate) description: Option<String>,
    pub(crate) annotations: Annotations,
    /// Only `extend type` (or `@extends`): the definition is somebody else's.
    pub(crate) is_extension: bool,
    /// The directive `@extends` stands on it.
    pub(crate) has_extends: bool,
    pub(crate) is_interface_object: bool,
    /// The names of its `@context`s.
    pub(crate) contexts: IndexSet<String>,
    pub(crate) keys: Vec<Key>,
    pub(crate) kind: TypeKind,
    pub(crate) location: Option<Location>,
}

pub(crate) enum TypeKind {
    Scalar { specified_by: Option<String> },
    Object(Composite),
    Interface(Composite),
    Union(IndexSet<Name>),
    Enum(IndexMap<Name, EnumValue>),
    Input(IndexMap<Name, InputDef>),
}

/// What objects and interfaces have in common.
#[derive(Default)]
pub(crate) struct Composite {
    pub(crate) interfaces: IndexSet<Name>,
    pub(crate) fields: IndexMap<Name, FieldDef>,
}

#[derive(Clone)]
pub(crate) struct Key {
    pub(crate) fields: FieldSet,
    pub(crate) resolvable: bool,
    /// Written on an `extend type`, or the type has `@extends`.
    pub(crate) of_extension: bool,
    pub(crate) location: Option<Location>,
}

pub(crate) struct FieldDef {
    pub(crate) name: Name,
    pub(crate) description: Option<String>,
    pub(crate) ty: Type,
    pub(crate) arguments: IndexMap<Name, InputDef>,
    pub(crate) annotations: Annotations,
    pub(crate) external: bool,
    pub(crate) shareable: bool,
    pub(crate) requires: Option<FieldSet>,
    pub(crate) provides: Option<FieldSet>,
    pub(crate) overrides: Option<Override>,
    pub(crate) uses: Uses,
    pub(crate) location: Option<Location>,
}

/// Which field sets of its own subgraph select a field.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Uses {
    /// Some `@key`.
    pub(crate) key: bool,
    /// Some `@provides`.
    pub(crate) provides: bool,
    /// Some `@requires`.
    pub(crate) requires: bool,
}

impl Uses {
    pub(crate) fn any(self) -> bool {
        self.key || self.provides || self.requires
    }
}

#[derive(Clone)]
pub(crate) struct Override {
    pub(crate) from: String,
    pub(crate) label: Option<String>,
}

/// An argument or an input field.
pub(crate) struct InputDef {
    pub(crate) name: Name,
    pub(crate) description: Option<String>,
    pub(crate) ty: Type,
    pub(crate) default: Option<Node<Value>>,
    pub(crate) annotations: Annotations,
    /// `@fromContext`: the router gives the value, not the client.
    pub(crate) from_context: Option<FromContext>,
    pub(crate) location: Option<Location>,
}

/// The `field` of `@fromContext`, as far as it could be read; `validate` says what is wrong with it.
pub(crate) struct FromContext {
    /// What stands after `$`; empty when there is no context.
    pub(crate) context: String,
    /// What stands after the context's name, as written.
    pub(crate) text: String,
    pub(crate) selection: Result<FieldSet, FieldSetError>,
}

pub(crate) struct EnumValue {
    pub(crate) description: Option<String>,
    pub(crate) annotations: Annotations,
    pub(crate) location: Option<Location>,
}

/// Directives that only travel along: each has its own rule in `merge::annotations`.
#[derive(Default, Clone, Debug)]
pub(crate) struct Annotations {
    pub(crate) tags: BTreeSet<String>,
    pub(crate) inaccessible: bool,
    pub(crate) deprecated: Option<Deprecation>,
    pub(crate) authenticated: bool,
    /// Alternatives, each a set that must be held in full.
    pub(crate) scopes: Option<BTreeSet<BTreeSet<String>>>,
    pub(crate) policies: Option<BTreeSet<BTreeSet<String>>>,
    pub(crate) cost: Option<i32>,
    /// The arguments of `@listSize` as written.
    pub(crate) list_size: Option<Node<Directive>>,
    pub(crate) composed: Vec<Node<Directive>>,
    /// `@oneOf` of an input object.
    pub(crate) one_of: bool,
}

impl Annotations {
    /// Is there none?
    pub(crate) fn is_empty(&self) -> bool {
        self.tags.is_empty()
            && !self.inaccessible
            && self.deprecated.is_none()
            && !self.authenticated
            && self.scopes.is_none()
            && self.policies.is_none()
            && self.cost.is_none()
            && self.list_size.is_none()
            && self.composed.is_empty()
    }
}

/// `@deprecated`, with its reason where one is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Deprecation {
    pub(crate) reason: Option<String>,
}

impl TypeKind {
    /// The word for people.
    pub(crate) fn describe(&self) -> &'static str {
        match self {
            Self::Scalar { .. } => "scalar",
            Self::Object(_) => "object type",
            Self::Interface(_) => "interface",
            Self::Union(_) => "union",
            Self::Enum(_) => "enum",
            Self::Input(_) => "input object",
        }
    }
}

impl TypeDef {
    /// The fields and interfaces of an object or interface.
    pub(crate) fn composite(&self) -> Option<&Composite> {
        match &self.kind {
            TypeKind::Object(composite) | TypeKind::Interface(composite) => Some(composite),
            _ => None,
        }
    }

    pub(crate) fn composite_mut(&mut self) -> Option<&mut Composite> {
        match &mut self.kind {
            TypeKind::Object(composite) | TypeKind::Interface(composite) => Some(composite),
            _ => None,
        }
    }

    pub(crate) fn field(&self, name: &str) -> Option<&FieldDef> {
        self.composite()?.fields.get(name)
    }

    /// Objects, interfaces and unions have selections.
    pub(crate) fn is_composite(&self) -> bool {
        matches!(self.kind, TypeKind::Object(_) | TypeKind::Interface(_) | TypeKind::Union(_))
    }

    pub(crate) fn is_abstract(&self) -> bool {
        matches!(self.kind, TypeKind::Interface(_) | TypeKind::Union(_))
    }
}

impl InputDef {
    /// A value must be given, and by the client.
    pub(crate) fn is_required(&self) -> bool {
        self.ty.is_non_null() && self.default.is_none() && self.from_context.is_none()
    }
}

impl SubgraphSchema {
    /// The types that set the context `name`.
    pub(crate) fn context_types(&self, name: &str) -> impl Iterator<Item = &TypeDef> {
        self.types.values().filter(move |def| def.contexts.contains(name))
    }

    pub(crate) fn field(&self, type_name: &str, field: &str) -> Option<&FieldDef> {
        self.types.get(type_name)?.field(field)
    }

    /// The object types that a value of `type_name` can have in this subgraph.
    pub(crate) fn possible_types(&self, type_name: &str) -> Vec<Name> {
        let Some(def) = self.types.get(type_name) else { return Vec::new() };
        match &def.kind {
            TypeKind::Object(_) => vec![def.name.clone()],
            TypeKind::Union(members) => members.iter().cloned().collect(),
            TypeKind::Interface(_) => self
                .types
                .values()
                .filter(|ty| matches!(&ty.kind, TypeKind::Object(c) if c.interfaces.contains(type_name)))
                .map(|ty| ty.name.clone())
                .collect(),
            _ => Vec::new(),
        }
    }

    /// An error in this subgraph.
    pub(crate) fn error(
        &self,
        code: ErrorCode,
        coordinate: impl Into<String>,
        location: Option<Location>,
        message: impl Into<String>,
    ) -> CompositionError {
        CompositionError::new(code, message).in_subgraph(self.name.as_str()).at(coordinate).located(location)
    }
}
