//! The supergraph, read once into arenas with ids.

mod context;
mod field_set;
mod read;
mod text;

use std::collections::{BTreeSet, HashMap};

use apollo_compiler::Name;
use apollo_compiler::ast::Type;
use apollo_compiler::executable::OperationType;

pub(crate) use self::context::{ContextArgument, ContextValue, Contexts};
pub(crate) use self::field_set::{FieldSet, FieldSetItem};
use crate::SubgraphInfo;
use crate::type_set::TypeSet;

/// A type of the supergraph: its place in [`Model::types`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct TypeId(pub(crate) usize);

/// A subgraph: its place in [`Model::subgraphs`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct SubgraphId(pub(crate) usize);

/// Everything the planner knows about the supergraph.
#[derive(Debug, Clone)]
pub(crate) struct Model {
    pub(crate) subgraphs: Vec<SubgraphInfo>,
    pub(crate) types: Vec<TypeInfo>,
    pub(crate) by_name: HashMap<Name, TypeId>,
    pub(crate) contexts: Contexts,
    pub(crate) query: Option<TypeId>,
    pub(crate) mutation: Option<TypeId>,
    pub(crate) subscription: Option<TypeId>,
}

/// What sort of type it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Object,
    Interface,
    Union,
    Enum,
    Scalar,
}

/// By name, with a faster hash than the standard one: the search looks fields up all the time.
pub(crate) type Fields = apollo_compiler::collections::IndexMap<Name, FieldInfo>;

/// One output type.
#[derive(Debug, Clone)]
pub(crate) struct TypeInfo {
    pub(crate) name: Name,
    pub(crate) kind: Kind,
    /// Whether clients may see it.
    pub(crate) accessible: bool,
    /// By subgraph: how that subgraph knows the type, if it does.
    pub(crate) presence: Vec<Option<Presence>>,
    pub(crate) fields: Fields,
    /// The object types that a value of this type can have, in the whole supergraph.
    pub(crate) possible: TypeSet,
    /// For objects and interfaces: the interfaces it implements, in any subgraph.
    pub(crate) interfaces: Vec<TypeId>,
    /// For enums: the values that clients may see.
    pub(crate) values: Vec<Name>,
}

/// A type as one subgraph knows it.
#[derive(Debug, Clone)]
pub(crate) struct Presence {
    pub(crate) keys: Vec<Key>,
    pub(crate) extension: bool,
    /// An interface of the supergraph that is an object type in this subgraph.
    pub(crate) interface_object: bool,
    /// The object types that a value of this type, coming from this subgraph, can have.
    pub(crate) possible: TypeSet,
}

/// One `@key`.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(crate) fields: FieldSet,
    pub(crate) resolvable: bool,
}

/// One field of a type.
#[derive(Debug, Clone)]
pub(crate) struct FieldInfo {
    pub(crate) name: Name,
    pub(crate) ty: Type,
    pub(crate) presence: Vec<Option<FieldPresence>>,
}

/// A field as one subgraph knows it.
#[derive(Debug, Clone)]
pub(crate) struct FieldPresence {
    pub(crate) ty: Type,
    /// The named type inside `ty`.
    pub(crate) target: TypeId,
    pub(crate) external: bool,
    /// Whether another subgraph took the field over: always, or while a label is active.
    pub(crate) overridden: Overridden,
    /// The field counts here only while this label is active.
    pub(crate) needs_label: Option<String>,
    pub(crate) requires: Option<FieldSet>,
    pub(crate) provides: Option<FieldSet>,
    /// Arguments whose values come from objects above.
    pub(crate) contextual: Vec<ContextArgument>,
}

/// Whether a subgraph lost a field to another one by `@override`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Overridden {
    No,
    Always,
    WhileActive(String),
}

impl FieldPresence {
    /// A field without anything special.
    fn plain(ty: Type, target: TypeId) -> Self {
        Self {
            ty,
            target,
            external: false,
            overridden: Overridden::No,
            needs_label: None,
            requires: None,
            provides: None,
            contextual: Vec::new(),
        }
    }

    /// Whether the subgraph must be given something before it can resolve the field: then only an entity fetch of the
    /// field's object can ask for it.
    pub(crate) fn has_needs(&self) -> bool {
        self.requires.is_some() || !self.contextual.is_empty()
    }
}

impl Model {
    pub(crate) fn ty(&self, id: TypeId) -> &TypeInfo {
        &self.types[id.0]
    }

    pub(crate) fn name(&self, id: TypeId) -> &Name {
        &self.ty(id).name
    }

    pub(crate) fn subgraph_ids(&self) -> impl Iterator<Item = SubgraphId> + use<> {
        (0..self.subgraphs.len()).map(SubgraphId)
    }

    pub(crate) fn presence(&self, t: TypeId, s: SubgraphId) -> Option<&Presence> {
        self.ty(t).presence.get(s.0)?.as_ref()
    }

    pub(crate) fn field(&self, t: TypeId, name: &str) -> Option<&FieldInfo> {
        self.ty(t).fields.get(name)
    }

    pub(crate) fn field_presence(&self, t: TypeId, name: &str, s: SubgraphId) -> Option<&FieldPresence> {
        self.field(t, name)?.presence.get(s.0)?.as_ref()
    }

    pub(crate) fn is_abstract(&self, t: TypeId) -> bool {
        matches!(self.ty(t).kind, Kind::Interface | Kind::Union)
    }

    pub(crate) fn is_composite(&self, t: TypeId) -> bool {
        matches!(self.ty(t).kind, Kind::Interface | Kind::Union | Kind::Object)
    }

    /// How subgraph `s` calls objects of type `t`: the type itself, or an interface object that stands for it.
    pub(crate) fn known_as(&self, t: TypeId, s: SubgraphId) -> Option<TypeId> {
        if self.presence(t, s).is_some() {
            return Some(t);
        }
        self.ty(t).interfaces.iter().copied().find(|i| self.is_interface_object(*i, s))
    }

    pub(crate) fn is_interface_object(&self, t: TypeId, s: SubgraphId) -> bool {
        self.presence(t, s).is_some_and(|presence| presence.interface_object)
    }

    /// Whether a field is one of the key fields of its type in a subgraph.
    pub(crate) fn is_key_field(&self, t: TypeId, name: &str, s: SubgraphId) -> bool {
        self.presence(t, s)
            .is_some_and(|presence| presence.keys.iter().any(|key| key.fields.iter().any(|f| f.name == name)))
    }

    /// The labels that a field of some subgraph waits for.
    pub(crate) fn override_labels(&self) -> BTreeSet<&str> {
        let fields = self.types.iter().flat_map(|info| info.fields.values());
        fields
            .flat_map(|field| field.presence.iter().flatten())
            .filter_map(|p| p.needs_label.as_deref())
            .collect()
    }

    pub(crate) fn root(&self, kind: OperationType) -> Option<TypeId> {
        match kind {
            OperationType::Query => self.query,
            OperationType::Mutation => self.mutation,
            OperationType::Subscription => self.subscription,
        }
    }
}
