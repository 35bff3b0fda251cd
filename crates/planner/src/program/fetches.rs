//! Groups of steps to fetches.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

use apollo_compiler::executable::Operation;

use super::batches::batches;
use super::contexts;
use super::entities::{self, Typenames};
use super::graph::{Graph, Group};
use super::operation::{Client, Writer};
use super::output::output;
use crate::model::{Model, TypeId};
use crate::plan::{self, CopiedBatch, Copies, EntityBatch, Fetch, FetchId, OutputSelection, Target};
use crate::search::{NodeId, PosId, Shown, State};

/// A plan in the making.
pub(crate) struct Program<'a> {
    model: &'a Model,
    operation: &'a Operation,
    pub(crate) fetches: Vec<Fetch>,
    pub(crate) output: OutputSelection,
}

/// Stands behind names that each copy of an `_entities` field has for itself. No operation text has it.
pub(super) const COPY: char = '\u{1}';

impl<'a> Program<'a> {
    pub(crate) fn new(model: &'a Model, operation: &'a Operation) -> Self {
        Self { model, operation, fetches: Vec::new(), output: OutputSelection::default() }
    }

    /// Appends the fetches of one part of the operation, all of them after those that are there (in a mutation).
    pub(crate) fn add(&mut self, state: &State, shown: &[Vec<Shown>]) {
        let graph = Graph::new(state);
        let typenames = Typenames::new(self.model, state);
        let before = self.fetches.len();
        for group in &graph.groups {
            let mut fetch = self.fetch(state, &graph, &typenames, group);
            fetch.after = if group.after.is_empty() {
                (0..before).map(FetchId).collect()
            } else {
                group.after.iter().map(|at| FetchId(before + at)).collect()
            };
            self.fetches.push(fetch);
        }
        self.output.fields.extend(output(self.model, state, shown, PosId(0)).fields);
    }

    fn fetch(&self, state: &State, graph: &Graph, typenames: &Typenames, group: &Group) -> Fetch {
        let subgraph = &self.model.subgraphs[group.subgraph.0].name;
        let name = self.operation.name.as_ref();
        let name = name.map(|name| format!("{name}__{}__{}", as_name(subgraph), self.fetches.len()));
        let mut writer = Writer {
            model: self.model,
            state,
            graph,
            typenames,
            subgraph: group.subgraph,
            contexts: Vec::new(),
            used: BTreeSet::new(),
        };
        let head =
            |keyword: &str| name.as_ref().map_or(keyword.to_owned(), |name| format!("{keyword} {name}"));
        let (operation, target, copies) = if group.steps.iter().any(|s| state.step(*s).entity.is_some()) {
            let (batches, copies) = self.entities(&mut writer, group, head("query"));
            let text = copies.operation(&vec![1; batches.len()]);
            let is_copied = batches.iter().any(|batch| !batch.contexts.is_empty());
            (text, Target::Entities { batches }, is_copied.then_some(copies))
        } else {
            let nodes: Vec<NodeId> = group.steps.iter().map(|s| state.step(*s).node).collect();
            let selections = writer.selections(&nodes, &group.when);
            let definitions = Client { operation: self.operation }.definitions(&writer.used);
            let definitions: Vec<String> = definitions.into_iter().map(|(_, text)| text).collect();
            let head = head(self.operation.operation_type.name());
            (plan::operation(&head, &definitions, &selections), Target::Root, None)
        };
        let order = self.operation.variables.iter();
        let variables = order.filter(|v| writer.used.contains(&v.name)).map(|v| v.name.to_string()).collect();
        Fetch {
            subgraph: subgraph.clone(),
            after: Vec::new(),
            condition: group.when.to_plan(),
            operation,
            operation_name: name,
            variables,
            target,
            copies,
        }
    }

    /// The `_entities` fields of a request, and how they are written.
    fn entities(&self, writer: &mut Writer<'_>, group: &Group, head: String) -> (Vec<EntityBatch>, Copies) {
        let (model, state, typenames) = (self.model, writer.state, writer.typenames);
        let client = Client { operation: self.operation };
        let steps = batches(model, state, group);
        let several = steps.len() > 1;
        let mut all = Vec::new();
        let mut texts = Vec::new();
        let mut used = BTreeSet::new();
        let mut number = 0;
        for (at, (pos, nodes)) in steps.into_iter().enumerate() {
            let entity_of = |id: &NodeId| state.step(state.node(*id).step).entity.as_ref();
            // All of these take the same.
            let contextual = nodes.first().and_then(entity_of).map_or(&[][..], |entity| &entity.contexts);
            let alone = !several && contextual.is_empty();
            let response_key = if alone { "_entities".to_owned() } else { format!("e{at}") };
            let variable =
                client.fresh(&if several { format!("r{at}") } else { "representations".to_owned() });
            let mut definitions = vec![format!("${variable}{COPY}:[_Any!]!")];
            let mut contexts = Vec::new();
            writer.contexts.clear();
            for context in contextual {
                let name = client.fresh(&format!("context{number}"));
                number += 1;
                definitions.push(format!("${name}{COPY}:{}", context.value.ty));
                writer.contexts.push((Arc::clone(&context.value), name.clone()));
                contexts.push(contexts::variable(model, state, typenames, name, context));
            }
            let alias = if alone { String::new() } else { format!("{response_key}{COPY}:") };
            let before = std::mem::take(&mut writer.used);
            let body = entity_body(writer, &nodes, group);
            used.extend(before);
            let field = format!("{alias}_entities(representations:${variable}{COPY}){{{body}}}");
            let pieces = |text: &str| text.split(COPY).map(str::to_owned).collect();
            texts.push(CopiedBatch {
                variables: writer.used.iter().map(ToString::to_string).collect(),
                definitions: pieces(&definitions.join(",")),
                field: pieces(&field),
            });
            let mut representations = Vec::new();
            for entity in nodes.iter().filter_map(entity_of) {
                let one = entities::representation(model, typenames, pos, entity);
                entities::merge(&mut representations, one);
            }
            let wanted = writer.graph.when_any(nodes.iter().map(|id| state.node(*id).step));
            all.push(EntityBatch {
                response_key,
                variable,
                path: entities::path(model, state, pos),
                condition: wanted.within(&group.when).to_plan(),
                representations,
                contexts,
            });
        }
        writer.used.append(&mut used);
        let variables = client.definitions(&writer.used);
        (all, Copies { head, variables, batches: texts })
    }
}

/// `... on User{…}... on Organization{…}`
fn entity_body(writer: &mut Writer<'_>, nodes: &[NodeId], group: &Group) -> String {
    let mut by_type: Vec<(TypeId, Vec<NodeId>)> = Vec::new();
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
