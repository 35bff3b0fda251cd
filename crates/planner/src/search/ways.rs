//! The ways to satisfy one demand.

use apollo_compiler::Name;

use super::Search;
use super::serve::Seen;
use super::state::{Consumer, Demand, Entry, Jump, Link, Need, NodeId, PosId, State};
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
        let mut walk = Walk::default();
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
            let requires = field.is_some_and(|f| self.serve.any_needs(types, f, s));
            let contextual = field.map_or(&[][..], |f| self.serve.contextual(types, f, s));
            for id in &here.nodes {
                let node = state.node(*id);
                let entity = state.step(node.step).entity.as_ref().filter(|_| node.parent.is_none());
                if entity.is_some_and(|entity| !entity.takes_the_same(contextual)) {
                    continue;
                }
                let own = match &demand.consumer {
                    Consumer::Step(step) => state.waits_for(node.step, *step),
                    Consumer::Client(_) => false,
                };
                if state.subgraph(*id) != s || own || (requires && node.parent.is_some()) {
                    continue;
                }
                // Going down there leads to a node that was met already.
                let leads = |entry: &Entry| {
                    entry.child.is_some_and(|child| down.last() == Some(&state.node(child).pos))
                };
                if node.entries.iter().any(leads) {
                    continue;
                }
                if requires && Link::contains(demand.chain.as_ref(), &adding(pos, types, s, field)) {
                    continue;
                }
                let seen = Seen { ty: node.ty, types: node.types.clone(), view: node.view.clone() };
                let entity = node.parent.is_none() && here.parent.is_some();
                if self.passes(state, demand, &mut walk, &seen, s, &down, entity) {
                    ways.push(Way { start: Start::Existing(*id), subgraph: s, down: down.clone() });
                }
            }
            if here.parent.is_some() {
                let for_field = requires.then_some(field).flatten();
                self.jumps(state, demand, &mut walk, s, pos, types, for_field, &down, ways);
            } else if let Some(root) = here.types.single() {
                let open = here.nodes.iter().all(|n| state.subgraph(*n) != s);
                if open && self.serve.model.presence(root, s).is_some() {
                    let seen = Seen { ty: root, types: here.types.clone(), view: FieldSet::default() };
                    if self.passes(state, demand, &mut walk, &seen, s, &down, false) {
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
        walk: &mut Walk,
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
        let Some(object) = types.single().or_else(|| self.interface_object(state, pos, types, s)) else {
            return;
        };
        if matches!(demand.need, Need::Exists) && down.is_empty() {
            return;
        }
        let Some(ty) = self.serve.model.known_as(object, s) else { return };
        let Some(presence) = self.serve.model.presence(ty, s) else { return };
        let seen = Seen { ty, types: types.clone(), view: FieldSet::default() };
        if !self.passes(state, demand, walk, &seen, s, down, true) {
            return;
        }
        for (at, key) in presence.keys.iter().enumerate() {
            let jump = Jump { pos, object, subgraph: s, key: Some(at), field: for_field.cloned() };
            if key.resolvable && !Link::contains(demand.chain.as_ref(), &jump) {
                ways.push(Way { start: Start::Jump(jump), subgraph: s, down: down.to_vec() });
            }
        }
    }

    /// The interface that all objects of a place are known by, as an interface object, in that subgraph.
    fn interface_object(&self, state: &State, pos: PosId, types: &TypeSet, s: SubgraphId) -> Option<TypeId> {
        let model = self.serve.model;
        let interface = types.iter().next().and_then(|t| model.known_as(t, s))?;
        let all = types.iter().all(|t| model.known_as(t, s) == Some(interface));
        let whole = state.pos(pos).types.is_subset(types);
        (all && whole && model.is_interface_object(interface, s)).then_some(interface)
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
    #[allow(clippy::too_many_arguments, reason = "one step of the walk above, split off for its length")]
    fn passes(
        &self,
        state: &State,
        demand: &Demand,
        walk: &mut Walk,
        start: &Seen,
        s: SubgraphId,
        down: &[PosId],
        entity: bool,
    ) -> bool {
        let mut seen = start.clone();
        let mut first = entity;
        let mut met: Vec<(usize, Seen)> = Vec::new();
        let mut passes = None;
        for (level, below) in down.iter().enumerate().rev() {
            if !first {
                if let Some(known) = walk.known(level, &seen) {
                    passes = Some(known);
                    break;
                }
                met.push((level, seen.clone()));
            }
            let below = state.pos(*below);
            let free = first || !self.serve.any_needs(&below.parent_types.and(&seen.types), &below.field, s);
            let next = self.serve.follow(&seen, &below.parent_types, &below.field, s, &below.types);
            let Some(next) = next.filter(|_| free) else {
                passes = Some(false);
                break;
            };
            first = false;
            seen = next;
        }
        let passes = passes.unwrap_or_else(|| self.arrives(demand, &seen, s, first, down.is_empty(), entity));
        for (level, seen) in met {
            walk.learn(level, seen, passes);
        }
        passes
    }

    /// Whether what is demanded can be done where the way ends.
    fn arrives(
        &self,
        demand: &Demand,
        seen: &Seen,
        s: SubgraphId,
        first: bool,
        at_once: bool,
        entity: bool,
    ) -> bool {
        match &demand.need {
            Need::Exists => !at_once || !entity,
            // An entity fetch of an interface tells the type too; one of an object type knew it before.
            Need::Typename => {
                !self.serve.model.is_interface_object(seen.ty, s)
                    && (!at_once || !entity || self.serve.model.is_abstract(seen.ty))
            }
            Need::Field { field, .. } => {
                self.serve.can_select(seen, &demand.types, field, s)
                    && (first || !self.serve.any_needs(&demand.types.and(&seen.types), field, s))
            }
        }
    }
}

/// What one walk upwards found out about the ways down again: they share their ends.
#[derive(Default)]
struct Walk {
    /// By the place in `down`: objects, and whether a way passes that begins there.
    levels: Vec<Vec<(Seen, bool)>>,
}

impl Walk {
    fn known(&self, level: usize, seen: &Seen) -> Option<bool> {
        let known = self.levels.get(level)?.iter().find(|(known, _)| known == seen)?;
        Some(known.1)
    }

    fn learn(&mut self, level: usize, seen: Seen, passes: bool) {
        if self.levels.len() <= level {
            self.levels.resize_with(level + 1, Vec::new);
        }
        self.levels[level].push((seen, passes));
    }
}

/// The use of an entity fetch that is there for a field with `@requires`.
pub(super) fn adding(pos: PosId, types: &TypeSet, s: SubgraphId, field: Option<&Name>) -> Jump {
    let object = types.iter().next().unwrap_or(TypeId(usize::MAX));
    Jump { pos, object, subgraph: s, key: None, field: field.cloned() }
}
