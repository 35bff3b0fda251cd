//! From an operation to its plan, stage by stage.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::ops::Range;

use apollo_compiler::ExecutableDocument;
use apollo_compiler::executable::{Operation, OperationType};
use apollo_compiler::validation::Valid;

use crate::Supergraph;
use crate::error::PlanError;
use crate::model::{Model, SubgraphId};
use crate::normalize::{Tree, normalize};
use crate::plan::{EntityBatch, Fetch, FetchId, OperationKind, OutputSelection, Plan, Target};
use crate::program::{Client, Graph, Group, Typenames, Writer, entities, output};
use crate::search::{
    Entry, Labels, Layout, NodeId, PosId, RequiredField, Search, Serve, Shown, State, clash, layout,
};

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
    /// The labels of progressive `@override`s that are active for this request.
    pub active_labels: BTreeSet<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self { max_selections: 10_000, max_depth: 128, search_budget: 1_000, active_labels: BTreeSet::new() }
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
    let mut program =
        Program { planning: &planning, fetches: Vec::new(), output: OutputSelection::default() };
    for part in planning.parts()? {
        program.add(&part);
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
        Ok(Part { state: Search { serve, once }.run(state)?, shown })
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

struct Program<'a> {
    planning: &'a Planning<'a>,
    fetches: Vec<Fetch>,
    output: OutputSelection,
}

impl Program<'_> {
    /// Appends the fetches of one part, all of them after those that are there (in a mutation).
    fn add(&mut self, part: &Part) {
        let model = self.planning.model;
        let graph = Graph::new(&part.state);
        let typenames = Typenames::new(model, &part.state);
        let before = self.fetches.len();
        for group in &graph.groups {
            let mut fetch = self.fetch(part, &graph, &typenames, group);
            fetch.after = if group.after.is_empty() {
                (0..before).map(FetchId).collect()
            } else {
                group.after.iter().map(|at| FetchId(before + at)).collect()
            };
            self.fetches.push(fetch);
        }
        self.output.fields.extend(output(model, &part.state, &part.shown, PosId(0)).fields);
    }

    fn fetch(&self, part: &Part, graph: &Graph, typenames: &Typenames, group: &Group) -> Fetch {
        let (model, state) = (self.planning.model, &part.state);
        let client = Client { operation: self.planning.operation };
        let mut writer =
            Writer { model, state, graph, typenames, subgraph: group.subgraph, used: BTreeSet::new() };
        let mut definitions = Vec::new();
        let (body, target, keyword) = if group.steps.iter().any(|s| state.step(*s).entity.is_some()) {
            let batches = batches(model, state, group);
            let several = batches.len() > 1;
            let mut bodies = Vec::new();
            let mut written = Vec::new();
            for (at, (pos, nodes)) in batches.into_iter().enumerate() {
                let key = if several { format!("e{at}") } else { "_entities".to_owned() };
                let wish = if several { format!("r{at}") } else { "representations".to_owned() };
                let variable = client.fresh(&wish);
                let alias = if several { format!("{key}:") } else { String::new() };
                let body = entity_body(&mut writer, &nodes, group);
                bodies.push(format!("{alias}_entities(representations:${variable}){{{body}}}"));
                definitions.push(format!("${variable}:[_Any!]!"));
                let mut representations = Vec::new();
                for id in &nodes {
                    if let Some(entity) = &state.step(state.node(*id).step).entity {
                        let one = entities::representation(model, typenames, pos, entity);
                        entities::merge(&mut representations, one);
                    }
                }
                let path = entities::path(model, state, pos);
                written.push(EntityBatch { response_key: key, variable, path, representations });
            }
            (bodies.join(" "), Target::Entities { batches: written }, "query")
        } else {
            let nodes: Vec<NodeId> = group.steps.iter().map(|s| state.step(*s).node).collect();
            (
                writer.selections(&nodes, &group.when),
                Target::Root,
                self.planning.operation.operation_type.name(),
            )
        };
        let used = writer.used;
        definitions.extend(client.definitions(&used));
        let operation_name = self.planning.operation.name.as_ref().map(|name| {
            format!("{name}__{}__{}", as_name(&model.subgraphs[group.subgraph.0].name), self.fetches.len())
        });
        let mut operation = String::new();
        if keyword != "query" || operation_name.is_some() || !definitions.is_empty() {
            operation.push_str(keyword);
        }
        if let Some(name) = &operation_name {
            operation.push(' ');
            operation.push_str(name);
        }
        if !definitions.is_empty() {
            operation.push('(');
            operation.push_str(&definitions.join(","));
            operation.push(')');
        }
        let _ = write!(operation, "{{{body}}}");
        let order = self.planning.operation.variables.iter();
        Fetch {
            subgraph: model.subgraphs[group.subgraph.0].name.clone(),
            after: Vec::new(),
            condition: group.when.to_plan(),
            operation,
            operation_name,
            variables: order.filter(|v| used.contains(&v.name)).map(|v| v.name.to_string()).collect(),
            target,
        }
    }
}

/// The entity steps of a request, by position, in the order of their first step.
fn batches(model: &Model, state: &State, group: &Group) -> Vec<(PosId, Vec<NodeId>)> {
    let mut batches: Vec<(PosId, Vec<NodeId>)> = Vec::new();
    for step in &group.steps {
        let node = state.step(*step).node;
        let pos = state.node(node).pos;
        let fits = |batch: &&mut (PosId, Vec<NodeId>)| {
            batch.0 == pos && batch.1.iter().all(|other| can_share(model, state, node, *other))
        };
        match batches.iter_mut().find(fits) {
            Some((_, nodes)) => nodes.push(node),
            None => batches.push((pos, vec![node])),
        }
    }
    batches
}

/// Whether one representation can serve both entity steps at one place.
fn can_share(model: &Model, state: &State, a: NodeId, b: NodeId) -> bool {
    let entity = |id: NodeId| state.step(state.node(id).step).entity.as_ref();
    let nodes = (a, b);
    let (Some(a), Some(b)) = (entity(a), entity(b)) else { return false };
    if a.object == b.object {
        return a.ty == b.ty && a.key == b.key && !clash(&a.fields, &b.fields);
    }
    // One representation for each object: those of an interface would take the place of those of its implementations.
    if model.is_abstract(a.object) != model.is_abstract(b.object) {
        return false;
    }
    // Under one type name everything selected is asked of all the objects.
    a.ty != b.ty || (names(&a.fields) == names(&b.fields) && same_selections(state, nodes.0, nodes.1))
}

fn names(fields: &[RequiredField]) -> BTreeSet<&str> {
    fields.iter().map(|f| f.name.as_str()).collect()
}

fn same_selections(state: &State, a: NodeId, b: NodeId) -> bool {
    let (a, b) = (&state.node(a).entries, &state.node(b).entries);
    let covers = |x: &[Entry], y: &[Entry]| {
        x.iter().all(|e| {
            y.iter().any(|f| {
                e.slot == f.slot
                    && match (e.child, f.child) {
                        (None, None) => true,
                        (Some(e), Some(f)) => same_selections(state, e, f),
                        _ => false,
                    }
            })
        })
    };
    covers(a, b) && covers(b, a)
}

/// `... on User{…}... on Organization{…}`
fn entity_body(writer: &mut Writer<'_>, nodes: &[NodeId], group: &Group) -> String {
    let mut by_type: Vec<(crate::model::TypeId, Vec<NodeId>)> = Vec::new();
    for id in nodes {
        let ty = writer.state.node(*id).ty;
        match by_type.iter_mut().find(|(known, _)| *known == ty) {
            Some((_, nodes)) => nodes.push(*id),
            None => by_type.push((ty, vec![*id])),
        }
    }
    let mut body = String::new();
    for (ty, nodes) in by_type {
        let inner = writer.selections(&nodes, &group.when);
        let _ = write!(body, "... on {}{{{inner}}}", writer.model.name(ty));
    }
    body
}

/// A subgraph's name as a part of a GraphQL name.
fn as_name(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}
