//! The ways to satisfy one demand, and how taking one changes a partial plan.

use std::rc::Rc;

use apollo_compiler::Name;

use super::Search;
use super::require::{Requirement, clash, merge_field};
use super::serve::Seen;
use super::state::{
    Consumer, Demand, Entity, Entry, Jump, Link, Need, Node, NodeId, PosId, State, Step, StepId,
};
use crate::model::{FieldSet, SubgraphId, TypeId};
use crate::normalize::Arguments;
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
                if requires && Link::contains(demand.chain.as_ref(), &self.adding(pos, types, s, field)) {
                    continue;
                }
                let seen = Seen { ty: node.ty, types: node.types.clone(), view: node.view.clone() };
                if self.passes(state, demand, &seen, s, &down, node.parent.is_none() && here.parent.is_some()) {
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
                let mine = here.nodes.iter().any(|n| state.node(*n).parent.is_some() && state.subgraph(*n) == s);
                if !mine {
                    return;
                }
            }
            down.push(pos);
            pos = parent;
        }
    }

    fn adding(&self, pos: PosId, types: &TypeSet, s: SubgraphId, field: Option<&Name>) -> Jump {
        let object = types.iter().next().unwrap_or(TypeId(usize::MAX));
        Jump { pos, object, subgraph: s, key: None, field: field.cloned() }
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
    fn interface_jumps(&self, state: &State, demand: &Demand, s: SubgraphId, pos: PosId, ways: &mut Vec<Way>) {
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
    fn passes(&self, state: &State, demand: &Demand, start: &Seen, s: SubgraphId, down: &[PosId], entity: bool) -> bool {
        let mut seen = start.clone();
        let mut first = entity;
        for below in down.iter().rev() {
            let below = state.pos(*below);
            if !first && self.serve.any_requires(&below.parent_types.and(&seen.types), &below.field, s) {
                return false;
            }
            first = false;
            let Some(next) = self.serve.follow(&seen, &below.parent_types, &below.field, s, &below.types) else {
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

    /// Takes a way. `None`: it turned out to be none.
    pub(super) fn take(&self, state: &mut State, demand: &Demand, way: &Way) -> Option<()> {
        let chain = demand.chain.as_ref();
        let mut node = match &way.start {
            Start::Existing(node) => *node,
            Start::Jump(jump) => self.jump(state, jump, chain)?,
            Start::Root => root(state, way.subgraph),
        };
        for below in way.down.iter().rev() {
            node = self.descend(state, node, *below, chain)?;
        }
        match &demand.need {
            Need::Field { slot, field, arguments } => {
                let wanted = Wanted { slot, field, arguments, types: &demand.types };
                let at = self.select(state, node, &wanted, chain)?;
                consume(&mut state.node_mut(node).entries[at], &demand.consumer);
            }
            Need::Typename | Need::Exists => {
                if let Some((parent, at)) = state.node(node).parent {
                    consume(&mut state.node_mut(parent).entries[at], &demand.consumer);
                } else if matches!(demand.need, Need::Typename) {
                    let name = Name::new_unchecked("__typename");
                    let types = state.node(node).types.clone();
                    let arguments = Vec::new().into();
                    let wanted = Wanted { slot: &name, field: &name, arguments: &arguments, types: &types };
                    let at = self.select(state, node, &wanted, chain)?;
                    consume(&mut state.node_mut(node).entries[at], &demand.consumer);
                }
            }
        }
        if let Consumer::Step(step) = &demand.consumer {
            let from = state.node(node).step;
            if state.waits_for(from, *step) {
                return None;
            }
            let deps = &mut state.step_mut(*step).deps;
            if !deps.contains(&from) {
                deps.push(from);
            }
        }
        Some(())
    }

    fn jump(&self, state: &mut State, jump: &Jump, chain: Option<&Rc<Link>>) -> Option<NodeId> {
        let model = self.serve.model;
        let ty = model.known_as(jump.object, jump.subgraph)?;
        let key = &model.presence(ty, jump.subgraph)?.keys[jump.key?];
        let id = StepId(state.steps.len());
        let is_interface = model.is_abstract(jump.object);
        let all = state.pos(jump.pos).types.clone();
        let types = if is_interface { all.clone() } else { TypeSet::one(jump.object) };
        let known = if is_interface { model.presence(ty, jump.subgraph)?.possible.and(&all) } else { types.clone() };
        let node = Node {
            pos: jump.pos,
            step: id,
            ty,
            types: known,
            view: FieldSet::default(),
            parent: None,
            entries: Vec::new(),
        };
        let levels = state.levels();
        let around = state.pos(jump.pos).nodes.iter().map(|n| levels[state.node(*n).step.0]).min();
        let node = state.add_node(node);
        let entity = Entity { object: jump.object, ty, key: jump.key?, fields: Vec::new() };
        state.steps.push(Rc::new(Step {
            subgraph: jump.subgraph,
            node,
            deps: Vec::new(),
            entity: Some(entity),
            floor: around.unwrap_or(1) + 1,
        }));
        let link = Link { jump: jump.clone(), up: chain.cloned() };
        let requirement = Requirement { step: id, chain: Some(Rc::new(link)), is_key: true };
        // Which objects to describe depends on their types, here and wherever the path goes on with some types only.
        let mut typed: Vec<PosId> = Vec::new();
        if !is_interface && all.len() > 1 {
            typed.push(jump.pos);
        }
        let mut at = jump.pos;
        while let Some(parent) = state.pos(at).parent {
            if !state.pos(parent).types.is_subset(&state.pos(at).parent_types) {
                typed.push(parent);
            }
            at = parent;
        }
        for pos in typed {
            state.demands.push(Rc::new(Demand {
                pos,
                types: state.pos(pos).types.clone(),
                need: Need::Typename,
                consumer: Consumer::Step(id),
                chain: requirement.chain.clone(),
            }));
        }
        let fields = self.require(state, jump.pos, &types, &key.fields, &requirement);
        if let Some(entity) = &mut state.step_mut(id).entity {
            entity.fields = fields;
        }
        Some(node)
    }

    fn descend(&self, state: &mut State, node: NodeId, below: PosId, chain: Option<&Rc<Link>>) -> Option<NodeId> {
        let known = state.node(node).entries.iter().find_map(|entry| {
            entry.child.filter(|child| state.node(*child).pos == below)
        });
        if let Some(known) = known {
            return Some(known);
        }
        let s = state.subgraph(node);
        let target = state.positions[below.0].clone();
        let here = state.node(node);
        let seen = Seen { ty: here.ty, types: here.types.clone(), view: here.view.clone() };
        let next = self.serve.follow(&seen, &target.parent_types, &target.field, s, &target.types)?;
        let step = here.step;
        let at = here.entries.len();
        let child = state.add_node(Node {
            pos: below,
            step,
            ty: next.ty,
            types: next.types,
            view: next.view,
            parent: Some((node, at)),
            entries: Vec::new(),
        });
        state.node_mut(node).entries.push(Entry {
            slot: target.slot.clone(),
            field: target.field.clone(),
            arguments: target.arguments.clone(),
            types: target.parent_types.clone(),
            child: Some(child),
            consumers: Vec::new(),
        });
        state.size += 1;
        self.satisfy_requires(state, node, &target.parent_types, &target.field, chain)?;
        Some(child)
    }

    fn select(
        &self,
        state: &mut State,
        node: NodeId,
        wanted: &Wanted<'_>,
        chain: Option<&Rc<Link>>,
    ) -> Option<usize> {
        let fits = |entry: &Entry| entry.child.is_none() && entry.slot == *wanted.slot;
        if let Some(at) = state.node(node).entries.iter().position(fits) {
            let missing = wanted.types.minus(&state.node(node).entries[at].types);
            let entry = &mut state.node_mut(node).entries[at];
            entry.types = entry.types.or(wanted.types);
            self.satisfy_requires(state, node, &missing, wanted.field, chain)?;
            return Some(at);
        }
        let at = state.node(node).entries.len();
        state.node_mut(node).entries.push(Entry {
            slot: wanted.slot.clone(),
            field: wanted.field.clone(),
            arguments: wanted.arguments.clone(),
            types: wanted.types.clone(),
            child: None,
            consumers: Vec::new(),
        });
        state.size += 1;
        self.satisfy_requires(state, node, wanted.types, wanted.field, chain)?;
        Some(at)
    }

    /// Demands what a field of an entity fetch requires, and sends it along.
    fn satisfy_requires(
        &self,
        state: &mut State,
        node: NodeId,
        types: &TypeSet,
        field: &Name,
        chain: Option<&Rc<Link>>,
    ) -> Option<()> {
        let s = state.subgraph(node);
        let Node { pos, step, .. } = *state.node(node);
        let types = types.and(&state.node(node).types);
        for object in types.iter() {
            let Some(needed) = self.serve.requires(object, field, s) else { continue };
            let jump = self.adding(pos, &TypeSet::one(object), s, Some(field));
            let link = Link { jump, up: chain.cloned() };
            let requirement = Requirement { step, chain: Some(Rc::new(link)), is_key: false };
            let fields = self.require(state, pos, &TypeSet::one(object), needed, &requirement);
            let entity = state.step_mut(step).entity.as_mut()?;
            if clash(&entity.fields, &fields) {
                return None;
            }
            fields.into_iter().for_each(|field| merge_field(&mut entity.fields, field));
        }
        Some(())
    }
}

struct Wanted<'a> {
    slot: &'a Name,
    field: &'a Name,
    arguments: &'a Arguments,
    types: &'a TypeSet,
}

fn root(state: &mut State, s: SubgraphId) -> NodeId {
    let id = StepId(state.steps.len());
    let types = state.pos(PosId(0)).types.clone();
    let ty = types.iter().next().unwrap_or(TypeId(0));
    let node = state.add_node(Node {
        pos: PosId(0),
        step: id,
        ty,
        types,
        view: FieldSet::default(),
        parent: None,
        entries: Vec::new(),
    });
    state.steps.push(Rc::new(Step { subgraph: s, node, deps: Vec::new(), entity: None, floor: 1 }));
    node
}

fn consume(entry: &mut Entry, consumer: &Consumer) {
    if !entry.consumers.contains(consumer) {
        entry.consumers.push(consumer.clone());
    }
}
