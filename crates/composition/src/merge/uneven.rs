//! Hints about types of which the subgraphs know different parts.

use apollo_compiler::Name;
use apollo_compiler::collections::IndexSet;

use super::{Merger, Sourced};
use crate::hint::HintCode;
use crate::model::{TypeDef, TypeKind};
use crate::supergraph::GraphIndex;

impl Merger<'_> {
    /// A type whose definitions differ where one would expect them to be the same.
    pub(super) fn hint_uneven(&mut self, name: &Name, sources: &[Sourced<'_, TypeDef>]) {
        let is_root = matches!(name.as_str(), "Query" | "Mutation" | "Subscription");
        let Some((_, first)) = sources.first().filter(|_| sources.len() > 1 && !is_root) else { return };
        let (with_key, without): (Vec<_>, Vec<_>) = sources.iter().partition(|(_, def)| !def.keys.is_empty());
        match &first.kind {
            _ if sources.iter().any(|(_, def)| def.is_interface_object) => {}
            TypeKind::Object(_) if with_key.is_empty() => {
                self.hint_parts(name, sources, HintCode::InconsistentObjectValueTypeField, &field_names);
            }
            TypeKind::Object(_) if !without.is_empty() => {
                let without = self.names(without.into_iter().map(|(graph, _)| graph));
                let message =
                    format!("The type is an entity in some subgraphs, but has no @key in {without}.");
                self.hint(HintCode::InconsistentEntity, name, message);
            }
            TypeKind::Interface(_) if with_key.is_empty() => {
                self.hint_parts(name, sources, HintCode::InconsistentInterfaceValueTypeField, &field_names);
            }
            TypeKind::Union(_) => {
                self.hint_parts(name, sources, HintCode::InconsistentUnionMember, &|def| match &def.kind {
                    TypeKind::Union(members) => members.iter().cloned().collect(),
                    _ => IndexSet::default(),
                });
            }
            _ => {}
        }
    }

    fn hint_parts(
        &mut self,
        name: &Name,
        sources: &[Sourced<'_, TypeDef>],
        code: HintCode,
        parts: &dyn Fn(&TypeDef) -> IndexSet<Name>,
    ) {
        let by_source: Vec<(GraphIndex, IndexSet<Name>)> = sources
            .iter()
            .filter(|(_, def)| !is_external(def))
            .map(|(graph, def)| (*graph, parts(def)))
            .collect();
        let all: IndexSet<&Name> = by_source.iter().flat_map(|(_, own)| own).collect();
        for part in all {
            let missing: Vec<GraphIndex> =
                by_source.iter().filter(|(_, own)| !own.contains(part)).map(|(graph, _)| *graph).collect();
            if !missing.is_empty() {
                let missing = self.names(missing);
                self.hint(code, &format!("{name}.{part}"), format!("It does not exist in {missing}."));
            }
        }
    }
}

/// It resolves none of the fields: it names only what it needs of them.
fn is_external(def: &TypeDef) -> bool {
    def.composite().is_some_and(|composite| composite.fields.values().all(|field| field.external))
}

fn field_names(def: &TypeDef) -> IndexSet<Name> {
    def.composite().into_iter().flat_map(|composite| composite.fields.keys().cloned()).collect()
}
