//! A partial plan: what the search extends, copies and compares.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use apollo_compiler::Name;

use super::chunked::Chunked;
use crate::condition::When;
use crate::model::{ContextArgument, ContextValue, FieldSet, SubgraphId, TypeId};
use crate::normalize::Arguments;
use crate::type_set::TypeSet;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct PosId(pub(crate) usize);
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct NodeId(pub(crate) usize);
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct StepId(pub(crate) usize);

/// A place in the merged data: a slot of a parent object of some types.
#[derive(Debug, Clone)]
pub(crate) struct Position {
    /// `None`: the root.
    pub(crate) parent: Option<PosId>,
    /// The object types of the parent that this place belongs to.
    pub(crate) parent_types: TypeSet,
    pub(crate) slot: Name,
    pub(crate) field: Name,
    pub(crate) arguments: Arguments,
    /// The object types that may stand here.
    pub(crate) types: TypeSet,
    pub(crate) slots: Vec<Slot>,
    pub(crate) children: Vec<PosId>,
    pub(crate) nodes: Vec<NodeId>,
    /// It does not matter to the client which type an object here has.
    pub(crate) opaque: bool,
}

/// A name in the merged data, and the field whose value it holds.
#[derive(Debug, Clone)]
pub(crate) struct Slot {
    pub(crate) name: Name,
    pub(crate) field: Name,
    pub(crate) arguments: Arguments,
    pub(crate) types: TypeSet,
}

/// An object as one fetch sees it.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) pos: PosId,
    pub(crate) step: StepId,
    /// The type's name in the subgraph; for an interface object, the interface.
    pub(crate) ty: TypeId,
    pub(crate) types: TypeSet,
    /// External fields that `@provides` makes visible here.
    pub(crate) view: FieldSet,
    /// The entry of the parent node that leads here. `None`: the step begins here.
    pub(crate) parent: Option<(NodeId, usize)>,
    pub(crate) entries: Vec<Entry>,
}

/// A field that a fetch selects.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) slot: Name,
    pub(crate) field: Name,
    pub(crate) arguments: Arguments,
    pub(crate) types: TypeSet,
    pub(crate) child: Option<NodeId>,
    pub(crate) consumers: Vec<Consumer>,
}

/// Who reads a value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Consumer {
    /// The client, under a condition counted from the root.
    Client(Rc<When>),
    /// A step, in its representations.
    Step(StepId),
}

/// One request, before requests are merged.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) subgraph: SubgraphId,
    pub(crate) node: NodeId,
    pub(crate) deps: Vec<StepId>,
    /// For entity steps; `None` for root steps.
    pub(crate) entity: Option<Entity>,
}

/// How an entity step describes its objects.
#[derive(Debug, Clone)]
pub(crate) struct Entity {
    /// The runtime type that it is for.
    pub(crate) object: TypeId,
    /// The type to send: that of the object, or the interface that an interface object stands for.
    pub(crate) ty: TypeId,
    pub(crate) key: usize,
    pub(crate) fields: Vec<RequiredField>,
    /// What the fields at the top take from contexts: each of them just these values. Fields that take none or others go
    /// in steps of their own, so that a value that is missing costs no field that does without it.
    pub(crate) contexts: Vec<Contextual>,
}

impl Entity {
    /// Whether fields with these arguments belong in this step.
    pub(crate) fn takes_the_same(&self, arguments: &[ContextArgument]) -> bool {
        let known = |argument: &ContextArgument| self.contexts.iter().any(|own| own.value == argument.value);
        let used = |own: &Contextual| arguments.iter().any(|argument| own.value == argument.value);
        arguments.iter().all(known) && self.contexts.iter().all(used)
    }
}

/// A value from a context, and where it is.
#[derive(Debug, Clone)]
pub(crate) struct Contextual {
    pub(crate) value: Arc<ContextValue>,
    /// The nearest first.
    pub(crate) ancestors: Vec<Ancestor>,
}

/// Objects above an entity, some or all of which set a context.
#[derive(Debug, Clone)]
pub(crate) struct Ancestor {
    pub(crate) pos: PosId,
    /// Whether it depends on an object's type what is taken of it, if anything.
    pub(crate) by_type: bool,
    pub(crate) selections: Vec<RequiredSelection>,
}

/// A field of a representation.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RequiredField {
    pub(crate) name: Name,
    pub(crate) slot: Name,
    pub(crate) required: bool,
    pub(crate) selections: Vec<RequiredSelection>,
}

/// What a representation takes of a nested object.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RequiredSelection {
    pub(crate) pos: PosId,
    pub(crate) types: TypeSet,
    pub(crate) fields: Vec<RequiredField>,
}

/// Something that must still be fetched.
#[derive(Debug, Clone)]
pub(crate) struct Demand {
    pub(crate) pos: PosId,
    pub(crate) types: TypeSet,
    pub(crate) need: Need,
    pub(crate) consumer: Consumer,
    pub(crate) chain: Option<Rc<Link>>,
}

/// What is needed of an object.
#[derive(Debug, Clone)]
pub(crate) enum Need {
    /// A leaf field, into a slot.
    Field { slot: Name, field: Name, arguments: Arguments },
    /// Its runtime type.
    Typename,
    /// To know whether it is null.
    Exists,
}

/// The jumps whose requirements led to a demand: none of them may be made again to satisfy it.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) jump: Jump,
    pub(crate) up: Option<Rc<Link>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Jump {
    pub(crate) pos: PosId,
    pub(crate) object: TypeId,
    pub(crate) subgraph: SubgraphId,
    pub(crate) key: Option<usize>,
    /// The field with `@requires` that the jump is made for.
    pub(crate) field: Option<Name>,
}

impl Link {
    pub(crate) fn contains(link: Option<&Rc<Self>>, jump: &Jump) -> bool {
        let mut at = link;
        while let Some(link) = at {
            if link.jump == *jump {
                return true;
            }
            at = link.up.as_ref();
        }
        false
    }
}

/// A partial plan.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    pub(crate) positions: Chunked<Rc<Position>>,
    pub(crate) nodes: Chunked<Rc<Node>>,
    pub(crate) steps: Chunked<Rc<Step>>,
    /// By step: see [`State::levels`].
    levels: Vec<usize>,
    /// By step: those that wait for it.
    waiting: Chunked<Rc<Vec<StepId>>>,
    /// How many steps would travel together, by level and subgraph: each is one fetch.
    fetches: Rc<BTreeMap<(usize, SubgraphId), usize>>,
    /// Taken from the end.
    pub(crate) demands: Chunked<Rc<Demand>>,
    /// Positions that share a path of slots, by the first position on the parent's path and the slot. In one operation
    /// text their selections meet.
    pub(crate) paths: Rc<HashMap<(PosId, Name), Vec<PosId>>>,
    /// How many fields are selected.
    pub(crate) size: usize,
}

/// What plans are compared by, most important first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Cost {
    /// Fetches on the critical path.
    pub(crate) depth: usize,
    /// Fetches in all, after merging.
    pub(crate) fetches: usize,
    /// Fields asked for.
    pub(crate) size: usize,
}

impl State {
    pub(crate) fn pos(&self, id: PosId) -> &Position {
        &self.positions[id.0]
    }

    pub(crate) fn pos_mut(&mut self, id: PosId) -> &mut Position {
        Rc::make_mut(self.positions.at_mut(id.0))
    }

    pub(crate) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0]
    }

    pub(crate) fn node_mut(&mut self, id: NodeId) -> &mut Node {
        Rc::make_mut(self.nodes.at_mut(id.0))
    }

    pub(crate) fn step(&self, id: StepId) -> &Step {
        &self.steps[id.0]
    }

    pub(crate) fn step_mut(&mut self, id: StepId) -> &mut Step {
        Rc::make_mut(self.steps.at_mut(id.0))
    }

    pub(crate) fn subgraph(&self, node: NodeId) -> SubgraphId {
        self.step(self.node(node).step).subgraph
    }

    /// Adds a position below its parent.
    pub(crate) fn add_position(&mut self, position: Position) -> PosId {
        let id = PosId(self.positions.len());
        if let Some(parent) = position.parent {
            let key = (self.first_on_path(parent), position.slot.clone());
            Rc::make_mut(&mut self.paths).entry(key).or_default().push(id);
            self.pos_mut(parent).children.push(id);
        }
        self.positions.push(Rc::new(position));
        id
    }

    fn first_on_path(&self, pos: PosId) -> PosId {
        self.on_path(pos).first().copied().unwrap_or(pos)
    }

    /// The positions that share a path with this one, which is among them (except for the root).
    pub(crate) fn on_path(&self, pos: PosId) -> &[PosId] {
        let here = self.pos(pos);
        let Some(parent) = here.parent else { return &[] };
        self.paths.get(&(self.first_on_path(parent), here.slot.clone())).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn add_node(&mut self, node: Node) -> NodeId {
        let id = NodeId(self.nodes.len());
        self.pos_mut(node.pos).nodes.push(id);
        self.nodes.push(Rc::new(node));
        id
    }

    /// Adds a step, which waits for nothing yet but is known to come no earlier than its floor.
    pub(crate) fn add_step(&mut self, step: Step, floor: usize) -> StepId {
        let id = StepId(self.steps.len());
        *Rc::make_mut(&mut self.fetches).entry((floor, step.subgraph)).or_default() += 1;
        self.steps.push(Rc::new(step));
        self.levels.push(floor);
        self.waiting.push(Rc::default());
        id
    }

    /// Makes a step wait for another one, which must not wait for it.
    pub(crate) fn add_dep(&mut self, step: StepId, on: StepId) {
        if self.step(step).deps.contains(&on) {
            return;
        }
        self.step_mut(step).deps.push(on);
        Rc::make_mut(self.waiting.at_mut(on.0)).push(step);
        let mut open = vec![(step, self.levels[on.0] + 1)];
        while let Some((at, level)) = open.pop() {
            let old = self.levels[at.0];
            if old < level {
                self.levels[at.0] = level;
                self.regroup(self.step(at).subgraph, old, level);
                open.extend(self.waiting[at.0].iter().map(|waiting| (*waiting, level + 1)));
            }
        }
    }

    /// A step to that subgraph moved from one level to another.
    fn regroup(&mut self, subgraph: SubgraphId, old: usize, new: usize) {
        let fetches = Rc::make_mut(&mut self.fetches);
        if let Some(count) = fetches.get_mut(&(old, subgraph)) {
            *count -= 1;
            if *count == 0 {
                fetches.remove(&(old, subgraph));
            }
        }
        *fetches.entry((new, subgraph)).or_default() += 1;
    }

    /// Whether `from` waits, directly or not, for `to`.
    pub(crate) fn waits_for(&self, from: StepId, to: StepId) -> bool {
        if from == to {
            return true;
        }
        // What waits for a step comes after it.
        let after = |step: &StepId| self.levels[step.0] > self.levels[to.0];
        if !after(&from) {
            return false;
        }
        let mut seen = vec![false; self.steps.len()];
        let mut open = vec![from];
        while let Some(at) = open.pop().filter(after) {
            if self.step(at).deps.contains(&to) {
                return true;
            }
            if !std::mem::replace(&mut seen[at.0], true) {
                open.extend(self.step(at).deps.iter().filter(|dep| after(dep)));
            }
        }
        false
    }

    /// For each step, its place on the longest path that leads to it, counted from 1.
    pub(crate) fn levels(&self) -> &[usize] {
        &self.levels
    }

    /// The level at which the objects of a position are first known. Entity fetches don't count: they begin with objects
    /// that are known already.
    pub(crate) fn earliest(&self, pos: PosId) -> Option<usize> {
        let here = self.pos(pos);
        let brings = |node: &&Node| node.parent.is_some() || here.parent.is_none();
        let nodes = here.nodes.iter().map(|id| self.node(*id)).filter(brings);
        nodes.map(|node| self.levels[node.step.0]).min()
    }

    pub(crate) fn cost(&self) -> Cost {
        let depth = self.fetches.last_key_value().map_or(0, |((level, _), _)| *level);
        Cost { depth, fetches: self.fetches.len(), size: self.size }
    }
}
