//! From an operation to its plan, stage by stage.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::ops::Range;

use apollo_compiler::ExecutableDocument;
use apollo_compiler::executable::{Operation, OperationType};
use apollo_compiler::validation::Valid;

use crate::Supergraph;
use crate::error::PlanError;
use crate::model::{Model, SubgraphId};
use crate::normalize::{Tree, normalize};
use crate::plan::{OperationKind, Plan};
use crate::program::{Graph, Program};
use crate::search::{Labels, Layout, Search, Serve, Shown, State, layout};

/// The bounds of planning, and what is decided from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// How many response keys an operation may have in all, after its fragments are flattened and its selections on
    /// abstract types are taken apart.
    pub max_selections: usize,
    /// How deeply selections may be nested.
    pub max_depth: usize,
    /// How many partial plans the search looks at before it takes the best plan found.
    pub search_budget: usize,
    /// How many copies of partial plans the whole search may make, looks ahead among them; large ones count for more. It is there for
    /// operations that nobody writes in earnest, whose number of ways grows without end: the default is a few seconds.
    pub max_effort: usize,
    /// The labels of progressive `@override`s that are active for this request.
    pub active_labels: BTreeSet<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            max_selections: 10_000,
            max_depth: 128,
            search_budget: 1_000,
            max_effort: 2_000_000,
            active_labels: BTreeSet::new(),
        }
    }
}

/// Plans one operation of a valid document.
pub fn plan(
    supergraph: &Supergraph,
    document: &Valid<ExecutableDocument>,
    operation_name: Option<&str>,
    options: &Options,
) -> Result<Plan, PlanError> {
    let planning = Planning::new(supergraph, document, operation_name, options)?;
    let mut program = Program::new(planning.model, planning.operation);
    for part in planning.parts()? {
        program.add(&part.state, &part.shown);
    }
    Ok(Plan {
        kind: kind(planning.operation.operation_type),
        name: planning.operation.name.as_ref().map(ToString::to_string),
        fetches: program.fetches,
        output: program.output,
        defers: planning.tree.defers,
        labels: planning.labels.into_asked(),
    })
}

/// The text form of the normalised operation.
pub fn tree_text(
    supergraph: &Supergraph,
    document: &Valid<ExecutableDocument>,
    operation_name: Option<&str>,
    options: &Options,
) -> Result<String, PlanError> {
    let planning = Planning::new(supergraph, document, operation_name, options)?;
    Ok(planning.tree.to_text(planning.model))
}

/// The text form of the fetch graph.
pub fn fetches_text(
    supergraph: &Supergraph,
    document: &Valid<ExecutableDocument>,
    operation_name: Option<&str>,
    options: &Options,
) -> Result<String, PlanError> {
    let planning = Planning::new(supergraph, document, operation_name, options)?;
    let parts = planning.parts()?;
    let texts = parts.iter().map(|part| Graph::new(&part.state).to_text(planning.model, &part.state));
    Ok(texts.collect::<Vec<_>>().join("then\n"))
}

struct Planning<'a> {
    model: &'a Model,
    options: &'a Options,
    labels: Labels<'a>,
    operation: &'a Operation,
    tree: Tree,
}

/// What is planned by itself: a whole query, or one root field of a mutation (several, where one request does them).
struct Part {
    state: State,
    shown: Vec<Vec<Shown>>,
}

impl<'a> Planning<'a> {
    fn new(
        supergraph: &'a Supergraph,
        document: &'a Valid<ExecutableDocument>,
        operation_name: Option<&str>,
        options: &'a Options,
    ) -> Result<Self, PlanError> {
        let unknown = |why: String| PlanError::UnknownOperation(why);
        let operation = document.operations.get(operation_name).map_err(|_| match operation_name {
            Some(name) => unknown(format!("the document has no operation named {name:?}")),
            None => unknown("the document has several operations: name the one to run".to_owned()),
        })?;
        let model = &supergraph.model;
        let root = model.root(operation.operation_type).ok_or_else(|| {
            unknown(format!("the schema has no root type for a {}", operation.operation_type))
        })?;
        let tree = normalize(model, document, operation, root, options)?;
        Ok(Self { model, options, labels: Labels::new(&options.active_labels), operation, tree })
    }

    fn parts(&self) -> Result<Vec<Part>, PlanError> {
        let count = self.tree.sets.first().map_or(0, |root| root.selections.len());
        if self.operation.operation_type == OperationType::Query {
            return Ok(vec![self.part(0..count)?]);
        }
        let mut single: Vec<Option<Part>> =
            (0..count).map(|at| self.part(at..at + 1).map(Some)).collect::<Result<_, _>>()?;
        let mut parts = Vec::new();
        let mut start = 0;
        while start < count {
            let end = together(&single, start);
            let joined = if end - start > 1 { self.part(start..end)?.one_root() } else { None };
            match joined {
                Some(part) => parts.push(part),
                None => parts.extend(single.iter_mut().take(end).skip(start).filter_map(Option::take)),
            }
            start = end;
        }
        Ok(parts)
    }

    /// Plans some of the root's selections.
    fn part(&self, of: Range<usize>) -> Result<Part, PlanError> {
        let serve = Serve { model: self.model, options: self.options, labels: &self.labels };
        let once = self.operation.operation_type != OperationType::Query;
        let Layout { state, shown } = layout(serve, &self.tree, &of)?;
        Ok(Part { state: Search { serve, once, effort: Cell::new(0) }.run(state)?, shown })
    }
}

impl Part {
    /// The subgraph of the root fetch, if there is one such fetch.
    fn root(&self) -> Option<SubgraphId> {
        let mut roots = self.state.steps.iter().filter(|step| step.entity.is_none());
        roots.next().filter(|_| roots.next().is_none()).map(|step| step.subgraph)
    }

    fn one_root(self) -> Option<Self> {
        self.root().is_some().then_some(self)
    }
}

/// Where the run of mutations ends that begins at `start` and goes to one subgraph in one request, which runs them in
/// series too. Only the last of them may have more to fetch: that must be done before the next mutation.
fn together(parts: &[Option<Part>], start: usize) -> usize {
    let at = |place: usize| parts.get(place).and_then(Option::as_ref);
    let mut end = start + 1;
    while let (Some(last), Some(next)) = (at(end - 1), at(end))
        && last.state.steps.len() == 1
        && last.root().is_some()
        && last.root() == next.root()
    {
        end += 1;
    }
    end
}

fn kind(of: OperationType) -> OperationKind {
    match of {
        OperationType::Query => OperationKind::Query,
        OperationType::Mutation => OperationKind::Mutation,
        OperationType::Subscription => OperationKind::Subscription,
    }
}
