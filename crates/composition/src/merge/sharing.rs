//! Who may resolve a field together with others.

use apollo_compiler::Name;

use super::{Merger, Sourced};
use crate::error::ErrorCode;
use crate::hint::HintCode;
use crate::model::FieldDef;
use crate::supergraph::GraphIndex;

impl Merger<'_> {
    /// A field that several subgraphs resolve must be shareable in each of them.
    pub(super) fn check_sharing(&mut self, type_name: &Name, name: &Name, sources: &[Sourced<'_, FieldDef>]) {
        let mut resolving: Vec<(GraphIndex, bool)> = sources
            .iter()
            .filter(|(graph, field)| !field.external && self.overrides.get(*graph, type_name, name).is_none())
            .map(|(graph, field)| (*graph, field.shareable))
            .collect();
        for (graph, field) in self.interface_object_sources(type_name, name) {
            if !field.external && !resolving.iter().any(|(known, _)| *known == graph) {
                resolving.push((graph, field.shareable));
            }
        }
        let coordinate = format!("{type_name}.{name}");
        if self.errors.iter().any(|error| error.coordinate.as_ref() == Some(&coordinate)) {
            // A wrong @override: who resolves the field is not known.
            return;
        }
        let unshared: Vec<GraphIndex> =
            resolving.iter().filter(|(_, shareable)| !shareable).map(|(graph, _)| *graph).collect();
        let (Some(first), true) = (unshared.first(), resolving.len() > 1) else {
            self.hint_provided(&coordinate, sources, &unshared);
            return;
        };
        let everyone = self.names(resolving.iter().map(|(graph, _)| *graph));
        let guilty = if unshared.len() == resolving.len() {
            "all of them".to_owned()
        } else {
            self.names(unshared.iter().copied())
        };
        let message = format!(
            "Non-shareable field \"{coordinate}\" is resolved from multiple subgraphs: it is resolved from {everyone} and \
             defined as non-shareable in {guilty}."
        );
        let location = sources.iter().find(|(graph, _)| graph == first).and_then(|(_, field)| field.location);
        self.error_in(*first, location, ErrorCode::InvalidFieldSharing, &coordinate, message);
    }

    /// Strictly, `@provides` resolves a field from a second subgraph, so that the owner must share it; the supergraph works
    /// without, and graphs in the wild rely on it.
    fn hint_provided(
        &mut self,
        coordinate: &str,
        sources: &[Sourced<'_, FieldDef>],
        unshared: &[GraphIndex],
    ) {
        let provider = sources.iter().find(|(_, field)| field.external && field.uses.provides);
        let (Some((provider, _)), Some(owner)) = (provider, unshared.first()) else { return };
        let message = format!(
            "\"{}\" @provides the field: mark it @shareable in \"{}\", some composers insist on it.",
            self.name(*provider),
            self.name(*owner)
        );
        self.hint(HintCode::ProvidedFieldNotShareable, coordinate, message);
    }
}
