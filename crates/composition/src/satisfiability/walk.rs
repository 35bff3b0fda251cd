//! The walk over all states, with the path that led to each.

use std::collections::{HashMap, HashSet, VecDeque};

use apollo_compiler::Name;

use super::closure::Closures;
use super::contexts::Known;
use super::explain;
use super::graph::Graph;
use super::position::Positions;
use super::runtime_types;
use crate::error::CompositionError;
use crate::hint::Hint;
use crate::supergraph::{MergedField, MergedKind, MergedType};

/// More errors of this kind help nobody.
const MAX_ERRORS: usize = 100;

/// How a state was reached.
pub(super) struct Step<'a> {
    pub(super) parent: Option<usize>,
    /// The field that led here; None at a root.
    pub(super) field: Option<&'a MergedField>,
    /// The object type of the state.
    pub(super) object: &'a Name,
    /// The field returns an abstract type: a query needs a type condition.
    pub(super) condition: bool,
}

/// What is known about an object on a path: the more, the more resolves.
#[derive(Clone)]
struct State {
    positions: Positions,
    contexts: Known,
}

impl State {
    fn is_subset(&self, other: &Self) -> bool {
        self.positions.is_subset(&other.positions) && self.contexts.is_subset(&other.contexts)
    }
}

pub(super) struct Walk<'g, 'a> {
    graph: &'g Graph<'a>,
    closures: Closures<'g, 'a>,
    steps: Vec<Step<'a>>,
    queue: VecDeque<(usize, State)>,
    visited: HashMap<&'a Name, Vec<State>>,
    reported: HashSet<(&'a Name, &'a Name)>,
    findings: Findings,
}

/// What the walk found.
#[derive(Default)]
pub(super) struct Findings {
    pub(super) errors: Vec<CompositionError>,
    pub(super) hints: Vec<Hint>,
}

impl<'g, 'a> Walk<'g, 'a> {
    pub(super) fn new(graph: &'g Graph<'a>, budget: usize) -> Self {
        graph.set_budget(budget);
        Self {
            graph,
            closures: Closures::new(graph),
            steps: Vec::new(),
            queue: VecDeque::new(),
            visited: HashMap::new(),
            reported: HashSet::new(),
            findings: Findings::default(),
        }
    }

    pub(super) fn into_findings(self) -> Findings {
        self.findings
    }

    pub(super) fn run(&mut self) {
        for root in ["Query", "Mutation", "Subscription"] {
            if let Some(ty) = self.graph.supergraph.types.get(root).filter(|ty| !ty.annotations.inaccessible)
            {
                let positions = self.graph.root_positions(&ty.name);
                self.closures.contexts = Known::new();
                self.enter(Step { parent: None, field: None, object: &ty.name, condition: false }, positions);
            }
        }
        while let Some((step, state)) = self.queue.pop_front() {
            if self.findings.errors.len() >= MAX_ERRORS || !self.graph.step() {
                return;
            }
            self.closures.contexts = state.contexts;
            self.visit(step, &state.positions);
        }
    }

    fn enter(&mut self, step: Step<'a>, positions: Positions) {
        let contexts = self.closures.contexts.clone();
        let closed = State { positions: self.closures.close(step.object, positions), contexts };
        let visited = self.visited.entry(step.object).or_default();
        if visited.iter().any(|known| known.is_subset(&closed)) {
            return;
        }
        visited.retain(|known| !closed.is_subset(known));
        visited.push(closed.clone());
        self.queue.push_back((self.steps.len(), closed));
        self.steps.push(step);
    }

    fn visit(&mut self, step: usize, positions: &Positions) {
        let Some(object) = self.steps.get(step).map(|step| step.object) else { return };
        let Some(composite) = self.graph.supergraph.types.get(object).and_then(|ty| ty.kind.composite())
        else {
            return;
        };
        let here = self.closures.contexts.clone();
        let below = self.closures.contexts_below(object, positions);
        for field in composite.fields.values().filter(|field| !field.annotations.inaccessible) {
            let values = self.closures.resolve(object, positions, &field.name);
            if values.is_empty() && !self.graph.is_exhausted() {
                if self.reported.insert((object, &field.name)) {
                    let error =
                        explain::error(self.graph, &mut self.closures, &self.steps, step, (field, positions));
                    self.findings.errors.push(error);
                }
                continue;
            }
            let path = (self.steps.as_slice(), step);
            if let Some(found) = runtime_types::differ(self.graph, object, field, &values)
                && self.reported.insert((object, &field.name))
            {
                found.report(self.graph, path, field, &mut self.findings);
            }
            if let Some(target) = self.graph.supergraph.types.get(field.ty.inner_named_type()) {
                self.closures.contexts.clone_from(&below);
                self.enter_value(step, field, target, &values);
                self.closures.contexts.clone_from(&here);
            }
        }
    }

    fn enter_value(
        &mut self,
        parent: usize,
        field: &'a MergedField,
        target: &'a MergedType,
        values: &Positions,
    ) {
        let supergraph = self.graph.supergraph;
        let condition = !matches!(target.kind, MergedKind::Object(_));
        for &object in self.graph.objects(&target.name) {
            let is_hidden = supergraph.types.get(object).is_some_and(|ty| ty.annotations.inaccessible);
            let narrowed = self.graph.narrow(values, object);
            if !is_hidden && !narrowed.is_empty() {
                self.enter(Step { parent: Some(parent), field: Some(field), object, condition }, narrowed);
            }
        }
    }
}
