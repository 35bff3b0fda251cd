//! Writes the operation text of one request.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;
use std::sync::Arc;

use apollo_compiler::ast::Value;
use apollo_compiler::executable::Operation;
use apollo_compiler::{Name, Node as Shared};
use indexmap::IndexMap;

use super::entities::Typenames;
use super::fetches::COPY;
use super::graph::Graph;
use crate::condition::{Conjunction, When};
use crate::model::{ContextValue, Model, SubgraphId, TypeId};
use crate::normalize::arguments_text;
use crate::search::{Entry, NodeId, PosId, State};
use crate::type_set::TypeSet;

/// What is taken over from the client's operation.
pub(crate) struct Client<'a> {
    pub(crate) operation: &'a Operation,
}

impl Client<'_> {
    /// A variable name of ours that is none of the client's, also with something behind it.
    pub(crate) fn fresh(&self, wish: &str) -> String {
        let taken = |name: &str| self.operation.variables.iter().any(|v| v.name.starts_with(name));
        let mut name = wish.to_owned();
        while taken(&name) {
            name.push('_');
        }
        name
    }

    /// Name and definition, such as `$b:[ID!]=[]`, of those that are used, in the client's order.
    pub(crate) fn definitions(&self, used: &BTreeSet<Name>) -> Vec<(String, String)> {
        let variables = self.operation.variables.iter().filter(|v| used.contains(&v.name));
        variables
            .map(|v| {
                let mut text = format!("${}:{}", v.name, v.ty);
                if let Some(default) = &v.default_value {
                    let _ = write!(text, "={}", default.serialize().no_indent());
                }
                (v.name.to_string(), text)
            })
            .collect()
    }
}

/// Writes selections of one subgraph.
pub(crate) struct Writer<'a> {
    pub(crate) model: &'a Model,
    pub(crate) state: &'a State,
    pub(crate) graph: &'a Graph,
    pub(crate) typenames: &'a Typenames,
    pub(crate) subgraph: SubgraphId,
    /// Values from contexts, and our variables for them.
    pub(crate) contexts: Vec<(Arc<ContextValue>, String)>,
    /// Variables of the client that were written.
    pub(crate) used: BTreeSet<Name>,
}

impl Writer<'_> {
    /// The selections, without braces, of several nodes that stand for the same objects.
    pub(crate) fn selections(&mut self, nodes: &[NodeId], around: &When) -> String {
        let Some(first) = nodes.first().map(|id| self.state.node(*id)) else { return String::new() };
        let (ty, s) = (first.ty, self.subgraph);
        let whole = nodes.iter().fold(TypeSet::empty(), |all, id| all.or(&self.state.node(*id).types));
        let fragments = self.model.is_abstract(ty) && !self.model.is_interface_object(ty, s);
        // Equal texts for several types become one selection.
        let mut lines: IndexMap<String, (Name, Option<TypeId>, TypeSet)> = IndexMap::new();
        let mut always = false;
        for (id, at) in self.in_order(nodes) {
            let entry = &self.state.node(id).entries[at];
            let when = self.graph.when.get(&(id, at)).cloned().unwrap_or_else(When::never);
            let own = when.within(around);
            // Conditions that contradict those around: what can't be asked for uses no variables either.
            if own.is_never() {
                continue;
            }
            let text = self.entry(entry, &when);
            always |= own.is_always();
            for text in self.conditional(&text, &own) {
                let types = entry.types.and(&whole);
                let behind = entry.child.map(|child| self.state.node(child).ty);
                let line =
                    lines.entry(text).or_insert_with(|| (entry.field.clone(), behind, TypeSet::empty()));
                line.2 = line.2.or(&types);
            }
        }
        let mut direct = Vec::new();
        let mut by_types: IndexMap<TypeId, Vec<String>> = IndexMap::new();
        for (text, (field, behind, types)) in lines {
            let on_all = whole.is_subset(&types);
            // An implementation may narrow a field's type: then what is selected behind it may not be there for all.
            let fits = |target: TypeId| behind.is_none_or(|behind| behind == target);
            let has = |field: &Name| {
                field == "__typename"
                    || self.model.field_presence(ty, field, s).is_some_and(|here| fits(here.target))
            };
            if !fragments || (on_all && has(&field)) {
                direct.push(text);
            } else {
                types.iter().for_each(|t| by_types.entry(t).or_default().push(text.clone()));
            }
        }
        let starts_here = first.parent.is_none();
        let opaque = self.model.is_interface_object(ty, s);
        if (!starts_here && self.typenames.needed(first.pos) && !opaque)
            || (!starts_here && !always)
            || (direct.is_empty() && by_types.is_empty())
        {
            direct.insert(0, if opaque { self.placeholder(first.pos) } else { "__typename".to_owned() });
        }
        for (t, texts) in by_types {
            direct.push(format!("... on {}{{{}}}", self.model.name(t), texts.join(" ")));
        }
        direct.join(" ")
    }

    /// Something to select of an interface object, whose `__typename` is not the one that clients are to see.
    fn placeholder(&self, pos: PosId) -> String {
        let mut places = self.state.on_path(pos).to_vec();
        places.push(pos);
        let taken = |name: &str| {
            places.iter().any(|pos| self.state.pos(*pos).slots.iter().any(|slot| slot.name == name))
        };
        let mut name = "__object".to_owned();
        while taken(&name) {
            name.push('_');
        }
        format!("{name}:__typename")
    }

    /// The entries in the order of the position's slots.
    fn in_order(&self, nodes: &[NodeId]) -> Vec<(NodeId, usize)> {
        let mut all: Vec<(NodeId, usize)> = Vec::new();
        for id in nodes {
            all.extend((0..self.state.node(*id).entries.len()).map(|at| (*id, at)));
        }
        let places: HashMap<&Name, usize> = nodes
            .first()
            .map(|id| &self.state.pos(self.state.node(*id).pos).slots)
            .into_iter()
            .flatten()
            .enumerate()
            .map(|(at, slot)| (&slot.name, at))
            .collect();
        all.sort_by_key(|(id, at)| places.get(&self.state.node(*id).entries[*at].slot).copied());
        all
    }

    fn entry(&mut self, entry: &Entry, when: &When) -> String {
        for argument in entry.arguments.iter() {
            self.use_variables(&argument.value);
        }
        let mut text = String::new();
        if entry.slot != entry.field {
            let _ = write!(text, "{}:", entry.slot);
        }
        text.push_str(&entry.field);
        let contextual = self.contextual(entry);
        if contextual.is_empty() {
            text.push_str(&arguments_text(&entry.arguments));
        } else {
            let own = arguments_text(&entry.arguments);
            let own = own.strip_suffix(')').map_or_else(|| "(".to_owned(), |own| format!("{own},"));
            let _ = write!(text, "{own}{})", contextual.join(","));
        }
        // The place of the directives.
        text.push('\u{0}');
        if let Some(child) = entry.child {
            let inner = self.selections(&[child], when);
            let _ = write!(text, "{{{inner}}}");
        }
        text
    }

    /// `unit:$context0`
    fn contextual(&self, entry: &Entry) -> Vec<String> {
        let (model, s) = (self.model, self.subgraph);
        let declared = |t| model.field_presence(model.known_as(t, s)?, &entry.field, s);
        let mut arguments = entry.types.iter().filter_map(declared).map(|here| &here.contextual);
        let arguments = arguments.find(|arguments| !arguments.is_empty());
        let texts = arguments.into_iter().flatten().filter_map(|argument| {
            let (_, variable) = self.contexts.iter().find(|(value, _)| *value == argument.value)?;
            Some(format!("{}:${variable}{COPY}", argument.name))
        });
        texts.collect()
    }

    fn use_variables(&mut self, value: &Shared<Value>) {
        match &**value {
            Value::Variable(name) => {
                self.used.insert(name.clone());
            }
            Value::List(items) => items.iter().for_each(|item| self.use_variables(item)),
            Value::Object(fields) => fields.iter().for_each(|(_, item)| self.use_variables(item)),
            _ => {}
        }
    }

    /// A field's text under a condition: one text for each alternative.
    fn conditional(&mut self, text: &str, when: &When) -> Vec<String> {
        if when.is_always() {
            return vec![text.replacen('\u{0}', "", 1)];
        }
        let conjunctions = when.conjunctions();
        conjunctions.iter().map(|all| self.under(text, all)).collect()
    }

    fn under(&mut self, text: &str, all: &Conjunction) -> String {
        let mut directives = String::new();
        let mut outer: Vec<String> = Vec::new();
        let (mut skip, mut include) = (false, false);
        for literal in all {
            self.used.insert(literal.variable.clone());
            let name = if literal.negated { "skip" } else { "include" };
            let directive = format!("@{name}(if:${})", literal.variable);
            let taken = if literal.negated { &mut skip } else { &mut include };
            if std::mem::replace(taken, true) {
                outer.push(directive);
            } else {
                directives.push_str(&directive);
            }
        }
        let mut text = text.replacen('\u{0}', &directives, 1);
        for directive in outer {
            text = format!("... {directive}{{{text}}}");
        }
        text
    }
}
