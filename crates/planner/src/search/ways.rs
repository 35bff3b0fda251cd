//! The ways to satisfy one demand.

use apollo_compiler::Name;

use super::Search;
use super::serve::Seen;
use super::state::{Consumer, Demand, Jump, Link, Need, NodeId, PosId, State};
use crate::model::{FieldSet, SubgraphId, TypeId};
use crate::type_set::TypeSet;

/// Where a way begins, and the positions that it then goes down through, the last first.
#[derive(Debug, Clone)]
pub(super) struct Way {
    pub(super) start: Start,
    pub(super) subgraph: SubgraphId,
    pub(super) down: Vec<PosId>,
}

#[derive(Debug, Clone)]
pub(super) enum Start {
    /// A fetch is there already.
    Existing(NodeId),
    /// A new entity fetch.
    Jump(Jump),
    /// A new fetch at the operation's root.
    Root,
}

/// One thing that a way must be able to select on its way.
struct Edge<'a> {
    need: EdgeNeed<'a>,
    types: &'a TypeSet,
}

enum EdgeNeed<'a> {
    Field(&'a Name),
    Typename,
    Exists,
}

impl Search<'_> {
    pub(super) fn ways(&self, state: &State, demand: &Demand) -> Vec<Way> {
        let mut ways = Vec::new();
        for s in self.serve.model.subgraph_ids() {
            self.ways_in(state, demand, s, &mut ways);
        }
        ways
    }

    fn ways_in(&self, state: &State, demand: &Demand, s: SubgraphId, ways: &mut Vec<Way>) {
        let mut pos = demand.pos;
        let mut down: Vec<PosId> = Vec::new();
        loop {
            let here = state.pos(pos);
            let (field, types) = match down.last() {
                Some(below) => {
                    let below = state.pos(*below);
                    (Some(&below.field), &below.parent_types)
                }
                None => match &demand.need {
                    Need::Field { field, .. } => (Some(field), &demand.types),
                    Need::Typename | Need::Exists => (None, &demand.types),
                },
            };
            if field.is_some_and(|f| !types.iter().any(|t| self.serve.declared(t, f, s).is_some())) {
                return;
            }
            let requires = field.is_some_and(|f| self.serve.any_requires(types, f, s));
            for id in &here.nodes {
                let node = state.node(*id);
                let own = match &demand.consumer {
                    Consumer::Step(step) => state.waits_for(node.step, *step),
                    Consumer::Client(_) => false,
                };
                if state.subgraph(*id) != s || own || (requires && node.parent.is_some()) {
                    continue;
                }
                if requires && Link::contains(demand.chain.as_ref(), &adding(pos, types, s, field)) {
                    continue;
                }
                let seen = Seen { ty: node.ty, types: node.types.clone(), view: node.view.clone() };
                if self.passes(state, demand, &seen, s, &down, node.parent.is_none() && here.parent.is_some())
                {
                    ways.push(Way { start: Start::Existing(*id), subgraph: s, down: down.clone() });
                }
            }
            if here.parent.is_some() {
                self.jumps(state, demand, s, pos, types, requires.then_some(field).flatten(), &down, ways);
            } else if let Some(root) = here.types.single() {
                let open = here.nodes.iter().all(|n| state.subgraph(*n) != s);
                if open && self.serve.model.presence(root, s).is_some() {
                    let seen = Seen { ty: root, types: here.types.clone(), view: FieldSet::default() };
                    if self.passes(state, demand, &seen, s, &down, false) {
                        ways.push(Way { start: Start::Root, subgraph: s, down: down.clone() });
                    }
                }
            }
            let Some(parent) = here.parent else { return };
            if requires {
                return;
            }
            // A mutation's field runs once, in one subgraph.
            let at_root = state.pos(parent).parent.is_none();
            if at_root && self.once && here.nodes.iter().any(|n| state.node(*n).parent.is_some()) {
                let mine =
                    here.nodes.iter().any(|n| state.node(*n).parent.is_some() && state.subgraph(*n) == s);
                if !mine {
                    return;
                }
            }
            down.push(pos);
            pos = parent;
        }
    }

    #[allow(clippy::too_many_arguments, reason = "one step of the walk above, split off for its length")]
    fn jumps(
        &self,
        state: &State,
        demand: &Demand,
        s: SubgraphId,
        pos: PosId,
        types: &TypeSet,
        for_field: Option<&Name>,
        down: &[PosId],
        ways: &mut Vec<Way>,
    ) {
        if matches!(demand.need, Need::Typename) && down.is_empty() {
            self.interface_jumps(state, demand, s, pos, ways);
            return;
        }
        let Some(object) = types.single() else { return };
        if matches!(demand.need, Need::Exists) && down.is_empty() {
            return;
        }
        let Some(ty) = self.serve.model.known_as(object, s) else { return };
        let Some(presence) = self.serve.model.presence(ty, s) else { return };
        let seen = Seen { ty, types: types.clone(), view: FieldSet::default() };
        if !self.passes(state, demand, &seen, s, down, true) {
            return;
        }
        for (at, key) in presence.keys.iter().enumerate() {
            let jump = Jump { pos, object, subgraph: s, key: Some(at), field: for_field.cloned() };
            if key.resolvable && !Link::contains(demand.chain.as_ref(), &jump) {
                ways.push(Way { start: Start::Jump(jump), subgraph: s, down: down.to_vec() });
            }
        }
    }

    /// Objects that came from an interface object: a subgraph that knows the interface, and has a key for it, is asked
    /// for their types.
    fn interface_jumps(
        &self,
        state: &State,
        demand: &Demand,
        s: SubgraphId,
        pos: PosId,
        ways: &mut Vec<Way>,
    ) {
        let model = self.serve.model;
        let here = state.pos(pos);
        let sources = self.serve.sources(&here.parent_types, &here.field);
        let mut interfaces: Vec<TypeId> = Vec::new();
        for (from, ty) in sources {
            if model.is_interface_object(ty, from) && !interfaces.contains(&ty) {
                interfaces.push(ty);
            }
        }
        for object in interfaces {
            let Some(presence) = model.presence(object, s).filter(|p| !p.interface_object) else { continue };
            for (at, key) in presence.keys.iter().enumerate() {
                let jump = Jump { pos, object, subgraph: s, key: Some(at), field: None };
                if key.resolvable && !Link::contains(demand.chain.as_ref(), &jump) {
                    ways.push(Way { start: Start::Jump(jump), subgraph: s, down: Vec::new() });
                }
            }
        }
    }

    /// Whether a way can go down through `down` and then do what is demanded. Only an entity fetch can be given what
    /// its first field requires.
    fn passes(
        &self,
        state: &State,
        demand: &Demand,
        start: &Seen,
        s: SubgraphId,
        down: &[PosId],
        entity: bool,
    ) -> bool {
        let mut seen = start.clone();
        let mut first = entity;
        for below in down.iter().rev() {
            let below = state.pos(*below);
            if !first && self.serve.any_requires(&below.parent_types.and(&seen.types), &below.field, s) {
                return false;
            }
            first = false;
            let Some(next) = self.serve.follow(&seen, &below.parent_types, &below.field, s, &below.types)
            else {
                return false;
            };
            seen = next;
        }
        let edge = Edge {
            types: &demand.types,
            need: match &demand.need {
                Need::Field { field, .. } => EdgeNeed::Field(field),
                Need::Typename => EdgeNeed::Typename,
                Need::Exists => EdgeNeed::Exists,
            },
        };
        match edge.need {
            EdgeNeed::Exists => !down.is_empty() || !entity,
            // An entity fetch of an interface tells the type too; one of an object type knew it before.
            EdgeNeed::Typename => {
                !self.serve.model.is_interface_object(seen.ty, s)
                    && (!down.is_empty() || !entity || self.serve.model.is_abstract(seen.ty))
            }
            EdgeNeed::Field(field) => {
                self.serve.can_select(&seen, edge.types, field, s)
                    && (first || !self.serve.any_requires(&edge.types.and(&seen.types), field, s))
            }
        }
    }
}

/// The use of an entity fetch that is there for a field with `@requires`.
pub(super) fn adding(pos: PosId, types: &TypeSet, s: SubgraphId, field: Option<&Name>) -> Jump {
    let object = types.iter().next().unwrap_or(TypeId(usize::MAX));
    Jump { pos, object, subgraph: s, key: None, field: field.cloned() }
}
