//! `@interfaceObject`: fields that one subgraph adds to every implementation of an interface without knowing them.

use apollo_compiler::Name;
use apollo_compiler::collections::IndexMap;

use super::{Merger, Sourced};
use crate::model::{FieldDef, SubgraphSchema, TypeDef};
use crate::supergraph::{JoinField, MergedField, MergedKind, MergedType};

/// All interface objects of `subgraphs`.
pub(super) fn all(subgraphs: &[SubgraphSchema]) -> Vec<Sourced<'_, TypeDef>> {
    let mut found = Vec::new();
    for (graph, subgraph) in subgraphs.iter().enumerate() {
        found.extend(subgraph.types.values().filter(|def| def.is_interface_object).map(|def| (graph, def)));
    }
    found
}

impl<'a> Merger<'a> {
    /// Definitions of `field` for the object `type_name` that stand on interface objects.
    pub(super) fn interface_object_sources(
        &self,
        type_name: &Name,
        field: &Name,
    ) -> Vec<Sourced<'a, FieldDef>> {
        let implements = |interface: &Name| {
            let definitions =
                self.subgraphs.iter().filter_map(|other| other.types.get(type_name)?.composite());
            definitions.into_iter().any(|composite| composite.interfaces.contains(interface))
        };
        self.interface_objects
            .iter()
            .filter_map(|(graph, def)| Some((*graph, def.field(field).filter(|_| implements(&def.name))?)))
            .collect()
    }

    /// Gives implementations the fields of their interface objects, with a `@join__field` that names no subgraph.
    pub(super) fn add_interface_object_fields(&self, types: &mut IndexMap<Name, MergedType>) {
        let mut added: Vec<(Name, MergedField)> = Vec::new();
        for (_, def) in &self.interface_objects {
            let Some(MergedKind::Interface(interface)) = types.get(&def.name).map(|ty| &ty.kind) else {
                continue;
            };
            let names: Vec<&Name> = def.composite().into_iter().flat_map(|c| c.fields.keys()).collect();
            for ty in types.values() {
                let MergedKind::Object(object) = &ty.kind else { continue };
                if !object.interfaces.contains_key(&def.name) {
                    continue;
                }
                for name in &names {
                    let Some(field) =
                        interface.fields.get(*name).filter(|_| !object.fields.contains_key(*name))
                    else {
                        continue;
                    };
                    let joins = vec![JoinField::default()];
                    added.push((ty.name.clone(), MergedField { joins, ..field.clone() }));
                }
            }
        }
        for (type_name, field) in added {
            if let Some(MergedKind::Object(object)) = types.get_mut(&type_name).map(|ty| &mut ty.kind) {
                object.fields.entry(field.name.clone()).or_insert(field);
            }
        }
    }
}
