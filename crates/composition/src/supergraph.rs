//! The merged model: what `print` writes down.

use apollo_compiler::ast::{DirectiveLocation, Type, Value};
use apollo_compiler::collections::{IndexMap, IndexSet};
use apollo_compiler::{Name, Node};

use crate::model::{Annotations, ComposedDirective};
use crate::overrides::Overrides;

/// Index of a subgraph in the list that was merged.
pub(crate) type GraphIndex = usize;

pub(crate) struct Supergraph {
    pub(crate) graphs: Vec<Graph>,
    /// Sorted by name.
    pub(crate) types: IndexMap<Name, MergedType>,
    pub(crate) executable_directives: Vec<MergedDirective>,
    pub(crate) composed_directives: Vec<ComposedDirective>,
    pub(crate) overrides: Overrides,
    pub(crate) join: JoinVersion,
}

/// The version of the join specification: the oldest that says all that the subgraphs' federation versions can.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum JoinVersion {
    V0_3,
    /// `overrideLabel`, `@join__directive`: federation v2.7.
    V0_4,
    /// `contextArguments`: federation v2.8.
    V0_5,
}

impl JoinVersion {
    /// For subgraphs of which the newest links federation v2.`minor`.
    pub(crate) fn of(minor: u32) -> Self {
        match minor {
            0..7 => Self::V0_3,
            7 => Self::V0_4,
            _ => Self::V0_5,
        }
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::V0_3 => "v0.3",
            Self::V0_4 => "v0.4",
            Self::V0_5 => "v0.5",
        }
    }
}

pub(crate) struct Graph {
    pub(crate) value: String,
    pub(crate) name: String,
    pub(crate) url: String,
}

pub(crate) struct MergedType {
    pub(crate) name: Name,
    pub(crate) description: Option<String>,
    pub(crate) annotations: Annotations,
    pub(crate) joins: Vec<JoinType>,
    /// The names of its contexts, each with its subgraph before it.
    pub(crate) contexts: Vec<String>,
    pub(crate) kind: MergedKind,
}

/// `@join__type`.
pub(crate) struct JoinType {
    pub(crate) graph: GraphIndex,
    pub(crate) key: Option<String>,
    pub(crate) extension: bool,
    pub(crate) resolvable: bool,
    pub(crate) is_interface_object: bool,
}

pub(crate) enum MergedKind {
    Scalar { specified_by: Option<String> },
    Object(MergedComposite),
    Interface(MergedComposite),
    Union { members: IndexMap<Name, Vec<GraphIndex>> },
    Enum { values: IndexMap<Name, MergedEnumValue> },
    Input { fields: IndexMap<Name, MergedField> },
}

pub(crate) struct MergedComposite {
    /// Each interface with the subgraphs that say so (`@join__implements`).
    pub(crate) interfaces: IndexMap<Name, Vec<GraphIndex>>,
    pub(crate) fields: IndexMap<Name, MergedField>,
}

pub(crate) struct MergedEnumValue {
    pub(crate) description: Option<String>,
    pub(crate) annotations: Annotations,
    pub(crate) graphs: Vec<GraphIndex>,
}

/// A field of an object, interface or input object.
#[derive(Clone)]
pub(crate) struct MergedField {
    pub(crate) name: Name,
    pub(crate) description: Option<String>,
    pub(crate) annotations: Annotations,
    pub(crate) ty: Type,
    pub(crate) arguments: IndexMap<Name, MergedArgument>,
    /// Of an input field.
    pub(crate) default: Option<Node<Value>>,
    /// Empty: all subgraphs of the type have the field, and nothing is special.
    pub(crate) joins: Vec<JoinField>,
}

#[derive(Clone)]
pub(crate) struct MergedArgument {
    pub(crate) name: Name,
    pub(crate) description: Option<String>,
    pub(crate) annotations: Annotations,
    pub(crate) ty: Type,
    pub(crate) default: Option<Node<Value>>,
}

/// `@join__field`.
#[derive(Clone, Default)]
pub(crate) struct JoinField {
    /// None: the field comes from an `@interfaceObject`.
    pub(crate) graph: Option<GraphIndex>,
    pub(crate) requires: Option<String>,
    pub(crate) provides: Option<String>,
    pub(crate) ty: Option<String>,
    pub(crate) external: bool,
    pub(crate) overrides: Option<String>,
    pub(crate) used_overridden: bool,
    pub(crate) override_label: Option<String>,
    pub(crate) context_arguments: Vec<ContextArgument>,
}

/// `join__ContextArgument`.
#[derive(Clone)]
pub(crate) struct ContextArgument {
    pub(crate) name: Name,
    pub(crate) ty: String,
    pub(crate) context: String,
    pub(crate) selection: String,
}

pub(crate) struct MergedDirective {
    pub(crate) name: Name,
    pub(crate) description: Option<String>,
    pub(crate) arguments: IndexMap<Name, MergedArgument>,
    pub(crate) repeatable: bool,
    pub(crate) locations: IndexSet<DirectiveLocation>,
}

impl MergedKind {
    pub(crate) fn composite(&self) -> Option<&MergedComposite> {
        match self {
            Self::Object(composite) | Self::Interface(composite) => Some(composite),
            _ => None,
        }
    }
}

impl Supergraph {
    /// The object types that a value of `type_name` can have, sorted by name.
    pub(crate) fn possible_types(&self, type_name: &str) -> Vec<&Name> {
        let Some(def) = self.types.get(type_name) else { return Vec::new() };
        match &def.kind {
            MergedKind::Object(_) => vec![&def.name],
            MergedKind::Union { members } => members.keys().collect(),
            MergedKind::Interface(_) => self
                .types
                .values()
                .filter(
                    |ty| matches!(&ty.kind, MergedKind::Object(c) if c.interfaces.contains_key(type_name)),
                )
                .map(|ty| &ty.name)
                .collect(),
            _ => Vec::new(),
        }
    }
}
