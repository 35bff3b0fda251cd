//! What subgraphs can do at a position: resolve fields, and take an entity by its key.

use std::cell::Cell;
use std::collections::HashMap;

use apollo_compiler::Name;

use super::contexts::Contexts;
use super::labels::LabelState;
use super::position::{Position, Positions, View};
use crate::model::{FieldDef, Key, Override, SubgraphSchema, TypeDef, TypeKind};
use crate::supergraph::{GraphIndex, MergedKind, Supergraph};

/// The subgraphs, prepared for the walk.
pub(super) struct Graph<'a> {
    pub(super) subgraphs: &'a [SubgraphSchema],
    pub(super) supergraph: &'a Supergraph,
    labels: LabelState<'a>,
    pub(super) contexts: Contexts<'a>,
    /// For each subgraph the possible object types of its abstract types.
    possible: Vec<HashMap<&'a Name, Vec<Name>>>,
    /// The same for the supergraph, for all composite types.
    objects: HashMap<&'a Name, Vec<&'a Name>>,
    jumps: HashMap<&'a Name, Vec<Jump<'a>>>,
    budget: Cell<Option<usize>>,
}

/// A way into a subgraph: its entity `ty` can be fetched by `key`.
#[derive(Clone, Copy)]
pub(super) struct Jump<'a> {
    pub(super) graph: GraphIndex,
    pub(super) ty: &'a Name,
    pub(super) key: &'a Key,
    /// The key is the object's own, so the concrete type must be known before.
    pub(super) needs_typename: bool,
}

/// Whether a subgraph resolves a field at a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Serves {
    Yes,
    Missing,
    External,
    Overridden,
}

impl<'a> Graph<'a> {
    pub(super) fn new(
        subgraphs: &'a [SubgraphSchema],
        supergraph: &'a Supergraph,
        labels: LabelState<'a>,
    ) -> Self {
        let mut graph = Self {
            subgraphs,
            supergraph,
            labels,
            contexts: Contexts::of(subgraphs, supergraph),
            possible: subgraphs.iter().map(possible_types).collect(),
            objects: objects(supergraph),
            jumps: HashMap::new(),
            budget: Cell::new(None),
        };
        let jumps = supergraph.types.keys().map(|name| (name, graph.find_jumps(name))).collect();
        graph.jumps = jumps;
        graph
    }

    /// Starts counting steps.
    pub(super) fn set_budget(&self, steps: usize) {
        self.budget.set(Some(steps));
    }

    /// Counts one step; false when there are none left.
    pub(super) fn step(&self) -> bool {
        match self.budget.get() {
            Some(0) => false,
            Some(left) => {
                self.budget.set(Some(left - 1));
                true
            }
            None => true,
        }
    }

    pub(super) fn labels(&self) -> &LabelState<'a> {
        &self.labels
    }

    pub(super) fn steps_left(&self) -> usize {
        self.budget.get().unwrap_or_default()
    }

    pub(super) fn is_exhausted(&self) -> bool {
        self.budget.get() == Some(0)
    }

    pub(super) fn subgraph_name(&self, graph: GraphIndex) -> &'a str {
        self.subgraphs.get(graph).map_or("", |subgraph| subgraph.name.as_str())
    }

    pub(super) fn jumps(&self, object: &Name) -> &[Jump<'a>] {
        self.jumps.get(object).map_or(&[], Vec::as_slice)
    }

    /// The object types of the supergraph that a `name` can be.
    pub(super) fn objects(&self, name: &Name) -> &[&'a Name] {
        self.objects.get(name).map_or(&[], Vec::as_slice)
    }

    fn type_in(&self, graph: GraphIndex, name: &str) -> Option<&'a TypeDef> {
        self.subgraphs.get(graph)?.types.get(name)
    }

    /// Does object type `object` of subgraph `graph` count as a `ty` there?
    fn is_possible(&self, graph: GraphIndex, ty: &Name, object: &Name) -> bool {
        ty == object
            || self
                .possible
                .get(graph)
                .and_then(|types| types.get(ty))
                .is_some_and(|all| all.contains(object))
    }

    /// The keys of the type at `position`, whether others may use them or not.
    pub(super) fn keys(&self, position: &Position) -> &'a [Key] {
        self.type_in(position.graph, &position.ty).map_or(&[], |def| def.keys.as_slice())
    }

    pub(super) fn is_interface_object(&self, position: &Position) -> bool {
        self.type_in(position.graph, &position.ty).is_some_and(|def| def.is_interface_object)
    }

    /// Can a value at `position` be an `object`, as far as its subgraph knows?
    pub(super) fn can_be(&self, position: &Position, object: &Name) -> bool {
        self.is_possible(position.graph, &position.ty, object)
    }

    fn implements(&self, object: &Name, interface: &Name) -> bool {
        self.supergraph
            .types
            .get(object)
            .and_then(|ty| ty.kind.composite())
            .is_some_and(|composite| composite.interfaces.contains_key(interface))
    }

    fn find_jumps(&self, object: &'a Name) -> Vec<Jump<'a>> {
        let mut jumps = Vec::new();
        let Some(MergedKind::Object(composite)) = self.supergraph.types.get(object).map(|ty| &ty.kind) else {
            return jumps;
        };
        for graph in 0..self.subgraphs.len() {
            if let Some(def) = self.type_in(graph, object) {
                let own = def.keys.iter().filter(|key| key.resolvable);
                jumps.extend(own.map(|key| Jump { graph, ty: object, key, needs_typename: true }));
            }
            for interface in composite.interfaces.keys() {
                let Some(def) = self.type_in(graph, interface) else { continue };
                let ty = if def.is_interface_object {
                    interface
                } else if self.is_possible(graph, interface, object) {
                    object
                } else {
                    continue;
                };
                let keys = def.keys.iter().filter(|key| key.resolvable);
                jumps.extend(keys.map(|key| Jump { graph, ty, key, needs_typename: false }));
            }
        }
        jumps
    }

    /// The definition of `field` at a position.
    pub(super) fn field(&self, position: &Position, field: &str) -> Option<&'a FieldDef> {
        self.type_in(position.graph, &position.ty)?.field(field)
    }

    /// Whether the subgraph resolves `field` at `position`, its `@requires` aside.
    pub(super) fn serves(&self, position: &Position, field: &Name) -> Serves {
        let Some(def) = self.field(position, field) else { return Serves::Missing };
        let lost = self.supergraph.overrides.get(position.graph, &position.ty, field);
        if lost.is_some_and(|lost| lost.label.as_deref().is_none_or(|label| self.labels.is_on(label))) {
            return Serves::Overridden;
        }
        let progressive = def.overrides.as_ref().filter(|rule| rule.label.is_some());
        let is_off = |rule: &&Override| !rule.label.as_deref().is_some_and(|label| self.labels.is_on(label));
        if let Some(rule) = progressive.filter(is_off) {
            let from = self.subgraphs.iter().position(|subgraph| subgraph.name == rule.from);
            let effective =
                from.is_some_and(|from| self.supergraph.overrides.get(from, &position.ty, field).is_some());
            if effective {
                return Serves::Overridden;
            }
        }
        if def.external && self.view_below(position, field).is_none() {
            return Serves::External;
        }
        Serves::Yes
    }

    fn view_below(&self, position: &Position, field: &str) -> Option<Vec<crate::field_set::Selection>> {
        let applies = |on: &str| {
            on == position.ty.as_str()
                || self
                    .possible
                    .get(position.graph)
                    .and_then(|types| types.iter().find(|(name, _)| name.as_str() == on))
                    .is_some_and(|(_, all)| all.contains(&position.ty))
        };
        position.view.select(field, &applies)
    }

    /// Where the value of `field` is known after resolving it at `position`.
    pub(super) fn value_position(&self, position: &Position, def: &FieldDef) -> Position {
        let mut visible = self.view_below(position, &def.name).unwrap_or_default();
        if let Some(provides) = &def.provides {
            visible.extend(provides.0.iter().cloned());
        }
        Position { graph: position.graph, ty: def.ty.inner_named_type().clone(), view: View::of(visible) }
    }

    /// Those of `positions` whose value can be an `object` at run time, seen as that object.
    pub(super) fn narrow(&self, positions: &Positions, object: &Name) -> Positions {
        positions
            .iter()
            .filter_map(|position| {
                let def = self.type_in(position.graph, &position.ty)?;
                if def.is_interface_object {
                    return self.implements(object, &position.ty).then(|| position.clone());
                }
                self.is_possible(position.graph, &position.ty, object)
                    .then(|| Position { ty: object.clone(), ..position.clone() })
            })
            .collect()
    }

    /// All positions at which a root type can be entered.
    pub(super) fn root_positions(&self, root: &Name) -> Positions {
        (0..self.subgraphs.len())
            .filter(|graph| self.type_in(*graph, root).is_some())
            .map(|graph| Position { graph, ty: root.clone(), view: View::default() })
            .collect()
    }
}

fn possible_types(subgraph: &SubgraphSchema) -> HashMap<&Name, Vec<Name>> {
    let mut possible: HashMap<&Name, Vec<Name>> = HashMap::new();
    for def in subgraph.types.values() {
        match &def.kind {
            TypeKind::Union(members) => {
                possible.entry(&def.name).or_default().extend(members.iter().cloned());
            }
            TypeKind::Object(composite) => {
                for interface in &composite.interfaces {
                    possible.entry(interface).or_default().push(def.name.clone());
                }
            }
            _ => {}
        }
    }
    possible
}

fn objects(supergraph: &Supergraph) -> HashMap<&Name, Vec<&Name>> {
    let mut objects: HashMap<&Name, Vec<&Name>> = HashMap::new();
    for ty in supergraph.types.values() {
        match &ty.kind {
            MergedKind::Object(composite) => {
                objects.entry(&ty.name).or_default().push(&ty.name);
                for interface in composite.interfaces.keys() {
                    objects.entry(interface).or_default().push(&ty.name);
                }
            }
            MergedKind::Union { members } => objects.entry(&ty.name).or_default().extend(members.keys()),
            _ => {}
        }
    }
    objects
}
