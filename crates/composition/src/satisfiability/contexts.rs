//! What `@fromContext` needs, and which objects on the way to a field can give it.

use std::collections::{BTreeSet, HashMap, HashSet};

use apollo_compiler::Name;

use crate::field_set::FieldSet;
use crate::model::SubgraphSchema;
use crate::supergraph::{GraphIndex, Supergraph};

/// Indices of [`Contexts::uses`] whose values are known on a path.
pub(super) type Known = BTreeSet<usize>;

/// All contextual arguments.
#[derive(Default)]
pub(super) struct Contexts<'a> {
    pub(super) uses: Vec<Use<'a>>,
    by_field: HashMap<(GraphIndex, &'a Name, &'a Name), Known>,
}

/// One contextual argument.
pub(super) struct Use<'a> {
    /// The objects that set its context.
    pub(super) objects: HashSet<&'a Name>,
    pub(super) selection: &'a FieldSet,
}

impl<'a> Contexts<'a> {
    pub(super) fn of(subgraphs: &'a [SubgraphSchema], supergraph: &'a Supergraph) -> Self {
        let mut contexts = Self::default();
        for (graph, subgraph) in subgraphs.iter().enumerate() {
            for def in subgraph.types.values() {
                for field in def.composite().into_iter().flat_map(|composite| composite.fields.values()) {
                    for argument in field.arguments.values() {
                        let Some(from) = &argument.from_context else { continue };
                        let Ok(selection) = &from.selection else { continue };
                        let objects = subgraph
                            .context_types(&from.context)
                            .flat_map(|location| supergraph.possible_types(&location.name))
                            .collect();
                        let id = contexts.uses.len();
                        contexts.uses.push(Use { objects, selection });
                        contexts.by_field.entry((graph, &def.name, &field.name)).or_default().insert(id);
                    }
                }
            }
        }
        contexts
    }

    /// Are all values known that the arguments of `field` take from contexts?
    pub(super) fn are_met(&self, graph: GraphIndex, ty: &Name, field: &Name, known: &Known) -> bool {
        // Most graphs have none.
        self.uses.is_empty()
            || self.by_field.get(&(graph, ty, field)).is_none_or(|needed| needed.is_subset(known))
    }
}
