//! Types: which subgraphs have one, of what kind it is, and its `@join__type`s.

use apollo_compiler::Name;
use apollo_compiler::collections::IndexMap;

use super::{Merger, Sourced, access};
use crate::error::ErrorCode;
use crate::model::{TypeDef, TypeKind};
use crate::supergraph::{GraphIndex, JoinType, MergedComposite, MergedKind, MergedType};

impl Merger<'_> {
    /// All types, sorted by name: the order must not depend on who defined a type first.
    pub(super) fn types(&mut self) -> IndexMap<Name, MergedType> {
        let subgraphs = self.subgraphs;
        let mut sources: IndexMap<Name, Vec<Sourced<'_, TypeDef>>> = IndexMap::default();
        for (graph, subgraph) in subgraphs.iter().enumerate() {
            for def in subgraph.types.values() {
                sources.entry(def.name.clone()).or_default().push((graph, def));
            }
        }
        sources.sort_keys();
        let mut types = IndexMap::default();
        for (name, sources) in sources {
            if let Some(merged) = self.merge_type(&name, &sources) {
                types.insert(name, merged);
            }
        }
        self.add_interface_object_fields(&mut types);
        access::restrict_interfaces(&mut types);
        types
    }

    fn merge_type(&mut self, name: &Name, sources: &[Sourced<'_, TypeDef>]) -> Option<MergedType> {
        if !self.check_kinds(name, sources) {
            return None;
        }
        self.check_base(name, sources);
        let description = self.description(name, sources.iter().map(|(_, def)| &def.description));
        let kind = self.kind(name, sources)?;
        let joins = self.join_types(name, sources);
        let annotations = self.annotations(name, sources.iter().map(|(_, def)| &def.annotations));
        self.hint_uneven(name, sources);
        let contexts = self.contexts(sources);
        Some(MergedType { name: name.clone(), description, annotations, joins, contexts, kind })
    }

    /// All definitions are of one kind; an `@interfaceObject` counts as an interface.
    fn check_kinds(&mut self, name: &Name, sources: &[Sourced<'_, TypeDef>]) -> bool {
        let kind = |def: &TypeDef| if def.is_interface_object { "interface" } else { def.kind.describe() };
        let Some(((first_graph, first), rest)) = sources.split_first() else { return false };
        if let Some((graph, other)) = rest.iter().find(|(_, def)| kind(def) != kind(first)) {
            let message = format!(
                "Type \"{name}\" has mismatched kinds: {} in \"{}\", but {} in \"{}\".",
                kind(first),
                self.name(*first_graph),
                kind(other),
                self.name(*graph)
            );
            self.error_in(*graph, other.location, ErrorCode::TypeKindMismatch, name, message);
            return false;
        }
        if sources.iter().all(|(_, def)| def.is_interface_object) {
            let message = format!(
                "Type \"{name}\" is an @interfaceObject everywhere: no subgraph defines the interface."
            );
            self.error_in(*first_graph, first.location, ErrorCode::InterfaceObjectUsageError, name, message);
            return false;
        }
        true
    }

    /// Somebody must define what others extend.
    fn check_base(&mut self, name: &Name, sources: &[Sourced<'_, TypeDef>]) {
        let is_root = matches!(name.as_str(), "Query" | "Mutation" | "Subscription");
        if is_root || sources.iter().any(|(_, def)| !def.is_extension) {
            return;
        }
        if let Some((graph, def)) = sources.first() {
            let message =
                format!("Type \"{name}\" is an extension type, but no subgraph defines \"{name}\".");
            self.error_in(*graph, def.location, ErrorCode::ExtensionWithNoBase, name, message);
        }
    }

    fn kind(&mut self, name: &Name, sources: &[Sourced<'_, TypeDef>]) -> Option<MergedKind> {
        // An interface object is an object in its subgraph and an interface in the supergraph.
        let (_, first) = sources.iter().find(|(_, def)| !def.is_interface_object)?;
        Some(match &first.kind {
            TypeKind::Scalar { .. } => MergedKind::Scalar {
                specified_by: sources.iter().find_map(|(_, def)| match &def.kind {
                    TypeKind::Scalar { specified_by } => specified_by.clone(),
                    _ => None,
                }),
            },
            TypeKind::Object(_) => MergedKind::Object(self.composite(name, sources, true)),
            TypeKind::Interface(_) => MergedKind::Interface(self.composite(name, sources, false)),
            TypeKind::Union(_) => {
                let mut members: IndexMap<Name, Vec<GraphIndex>> = IndexMap::default();
                for (graph, def) in sources {
                    let TypeKind::Union(own) = &def.kind else { continue };
                    for member in own {
                        members.entry(member.clone()).or_default().push(*graph);
                    }
                }
                MergedKind::Union { members }
            }
            TypeKind::Enum(_) => MergedKind::Enum { values: self.enum_values(name, sources) },
            TypeKind::Input(_) => MergedKind::Input { fields: self.input_fields(name, sources) },
        })
    }

    fn composite(
        &mut self,
        name: &Name,
        sources: &[Sourced<'_, TypeDef>],
        is_object: bool,
    ) -> MergedComposite {
        let mut interfaces: IndexMap<Name, Vec<GraphIndex>> = IndexMap::default();
        for (graph, def) in sources {
            for interface in def.composite().into_iter().flat_map(|c| &c.interfaces) {
                interfaces.entry(interface.clone()).or_default().push(*graph);
            }
        }
        let fields = self.fields(name, sources, is_object);
        MergedComposite { interfaces, fields }
    }

    /// One `@join__type` for each key, or a single one without.
    fn join_types(&self, name: &Name, sources: &[Sourced<'_, TypeDef>]) -> Vec<JoinType> {
        let mut joins = Vec::new();
        let plain = |graph| JoinType {
            graph,
            key: None,
            extension: false,
            resolvable: true,
            is_interface_object: false,
        };
        for (graph, def) in sources {
            let is_interface_object = def.is_interface_object;
            if def.keys.is_empty() {
                joins.push(JoinType { is_interface_object, ..plain(*graph) });
            }
            for key in &def.keys {
                joins.push(JoinType {
                    key: Some(key.fields.to_string()),
                    extension: key.of_extension,
                    resolvable: key.resolvable,
                    is_interface_object,
                    ..plain(*graph)
                });
            }
        }
        // Every subgraph answers queries (`_service`, `_entities`), so the query root stands in all of them.
        if name == "Query" {
            let missing =
                (0..self.subgraphs.len()).filter(|graph| !sources.iter().any(|(own, _)| own == graph));
            joins.extend(missing.map(plain).collect::<Vec<_>>());
            joins.sort_by_key(|join| join.graph);
        }
        joins
    }
}
