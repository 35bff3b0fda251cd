//! Taking a way: how it changes a partial plan.

use std::rc::Rc;

use apollo_compiler::Name;

use super::Search;
use super::require::{Purpose, Requirement, clash, merge_field};
use super::serve::Seen;
use super::state::{
    Consumer, Demand, Entity, Entry, Jump, Link, Need, Node, NodeId, PosId, State, Step, StepId,
};
use super::ways::{Start, Way, adding};
use crate::model::{FieldSet, SubgraphId, TypeId};
use crate::normalize::Arguments;
use crate::type_set::TypeSet;

impl Search<'_> {
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
                let wanted =
                    Wanted { slot, field, arguments, types: &demand.types, consumer: &demand.consumer };
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
                    let wanted = Wanted {
                        slot: &name,
                        field: &name,
                        arguments: &arguments,
                        types: &types,
                        consumer: &demand.consumer,
                    };
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
            state.add_dep(*step, from);
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
        let known =
            if is_interface { model.presence(ty, jump.subgraph)?.possible.and(&all) } else { types.clone() };
        let node = Node {
            pos: jump.pos,
            step: id,
            ty,
            types: known,
            view: FieldSet::default(),
            parent: None,
            entries: Vec::new(),
        };
        let around = state.earliest(jump.pos);
        let node = state.add_node(node);
        let entity =
            Entity { object: jump.object, ty, key: jump.key?, fields: Vec::new(), contexts: Vec::new() };
        let step = Step { subgraph: jump.subgraph, node, deps: Vec::new(), entity: Some(entity) };
        state.add_step(step, around.unwrap_or(1) + 1);
        let link = Link { jump: jump.clone(), up: chain.cloned() };
        let requirement = Requirement { step: id, chain: Some(Rc::new(link)), purpose: Purpose::Key };
        // Which objects to describe depends on their types, here and wherever the path goes on with some types only.
        let mut told_by_type: Vec<PosId> = Vec::new();
        if !is_interface && all.len() > 1 {
            told_by_type.push(jump.pos);
        }
        let mut at = jump.pos;
        while let Some(parent) = state.pos(at).parent {
            if !state.pos(parent).types.is_subset(&state.pos(at).parent_types) {
                told_by_type.push(parent);
            }
            at = parent;
        }
        for pos in told_by_type {
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

    fn descend(
        &self,
        state: &mut State,
        node: NodeId,
        below: PosId,
        chain: Option<&Rc<Link>>,
    ) -> Option<NodeId> {
        let known = state
            .node(node)
            .entries
            .iter()
            .find_map(|entry| entry.child.filter(|child| state.node(*child).pos == below));
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
        self.satisfy_needs(state, node, &target.parent_types, &target.field, chain)?;
        Some(child)
    }

    fn select(
        &self,
        state: &mut State,
        node: NodeId,
        wanted: &Wanted<'_>,
        chain: Option<&Rc<Link>>,
    ) -> Option<usize> {
        // What is asked for under a condition for some types is not asked for without it because other types need it.
        let fits = |entry: &Entry| {
            let alike = |consumer: &Consumer| {
                consumer == wanted.consumer || !(is_conditional(consumer) || is_conditional(wanted.consumer))
            };
            entry.child.is_none()
                && entry.slot == *wanted.slot
                && (entry.types == *wanted.types || entry.consumers.iter().all(alike))
        };
        if let Some(at) = state.node(node).entries.iter().position(fits) {
            let missing = wanted.types.minus(&state.node(node).entries[at].types);
            let entry = &mut state.node_mut(node).entries[at];
            entry.types = entry.types.or(wanted.types);
            self.satisfy_needs(state, node, &missing, wanted.field, chain)?;
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
        self.satisfy_needs(state, node, wanted.types, wanted.field, chain)?;
        Some(at)
    }

    /// Demands what a field of an entity fetch needs, and sends it along.
    fn satisfy_needs(
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
            let Some(here) = self.serve.declared(object, field, s).filter(|here| here.has_needs()) else {
                continue;
            };
            let object = TypeSet::one(object);
            let link = Link { jump: adding(pos, &object, s, Some(field)), up: chain.cloned() };
            let requirement = Requirement { step, chain: Some(Rc::new(link)), purpose: Purpose::Requires };
            let fields = match &here.requires {
                Some(needed) => self.require(state, pos, &object, needed, &requirement),
                None => Vec::new(),
            };
            let entity = state.step_mut(step).entity.as_mut()?;
            if clash(&entity.fields, &fields) {
                return None;
            }
            for field in fields {
                merge_field(&mut entity.fields, field);
            }
            for argument in &here.contextual {
                self.take_from_context(state, pos, &argument.value, &requirement)?;
            }
        }
        Some(())
    }
}

struct Wanted<'a> {
    slot: &'a Name,
    field: &'a Name,
    arguments: &'a Arguments,
    types: &'a TypeSet,
    consumer: &'a Consumer,
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
    state.add_step(Step { subgraph: s, node, deps: Vec::new(), entity: None }, 1);
    node
}

fn is_conditional(consumer: &Consumer) -> bool {
    matches!(consumer, Consumer::Client(when) if !when.is_always())
}

fn consume(entry: &mut Entry, consumer: &Consumer) {
    if !entry.consumers.contains(consumer) {
        entry.consumers.push(consumer.clone());
    }
}
