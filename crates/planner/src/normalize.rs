//! A valid operation to one tree of selections: fragments flattened, type conditions narrowed to object types, equal
//! response keys merged as in the GraphQL specification's CollectFields, `@skip` and `@include` kept as conditions.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::rc::Rc;

use apollo_compiler::ast::{Argument, Value};
use apollo_compiler::executable::{DirectiveList, Field, Operation, Selection, SelectionSet};
use apollo_compiler::{ExecutableDocument, Name, Node};
use indexmap::IndexMap;

use crate::condition::{Conjunction, Literal, When, and_literal};
use crate::defer::{self, Defers};
use crate::error::PlanError;
use crate::model::{Model, TypeId};
use crate::plan::{Defer, DeferId};
use crate::planning::Options;
use crate::type_set::TypeSet;

/// The place of a selection set in [`Tree::sets`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct SetId(pub(crate) usize);

/// The operation, normalised. Set 0 is the root.
#[derive(Debug)]
pub(crate) struct Tree {
    pub(crate) sets: Vec<Set>,
    pub(crate) defers: Vec<Defer>,
}

/// What is selected of one object.
#[derive(Debug)]
pub(crate) struct Set {
    /// The object types it may have.
    pub(crate) types: TypeSet,
    pub(crate) selections: Vec<Sel>,
}

/// One response key, for some of the object types.
#[derive(Debug)]
pub(crate) struct Sel {
    pub(crate) key: Name,
    pub(crate) types: TypeSet,
    /// Within the condition of the surrounding selections.
    pub(crate) when: When,
    /// The deferred fragments that it stands in, from the surrounding selections on.
    pub(crate) defer: Vec<DeferId>,
    pub(crate) what: What,
}

/// What a response key asks for.
#[derive(Debug)]
pub(crate) enum What {
    Typename,
    Introspection,
    Field { name: Name, arguments: Arguments, child: Option<SetId> },
}

/// A field's arguments, shared.
pub(crate) type Arguments = Rc<[Node<Argument>]>;

struct Occurrence<'a> {
    order: usize,
    types: TypeSet,
    all: Conjunction,
    defer: Vec<DeferId>,
    field: &'a Node<Field>,
}

/// A selection set that is flattened into another: what is known around it.
#[derive(Clone)]
struct Part<'a> {
    selections: &'a SelectionSet,
    types: TypeSet,
    all: Conjunction,
    defer: Vec<DeferId>,
}

struct Normalizer<'a> {
    model: &'a Model,
    document: &'a ExecutableDocument,
    options: &'a Options,
    tree: Tree,
    defers: Defers,
    /// Selections written and visited so far.
    written: usize,
    visited: usize,
}

/// Flattens an operation.
pub(crate) fn normalize(
    model: &Model,
    document: &ExecutableDocument,
    operation: &Operation,
    root: TypeId,
    options: &Options,
) -> Result<Tree, PlanError> {
    let tree = Tree { sets: Vec::new(), defers: Vec::new() };
    let defers = Defers::default();
    let mut normalizer = Normalizer { model, document, options, tree, defers, written: 0, visited: 0 };
    let types = TypeSet::one(root);
    let selections = &operation.selection_set;
    let part = Part { selections, types: types.clone(), all: Vec::new(), defer: Vec::new() };
    normalizer.set(&types, &[part], 0)?;
    normalizer.tree.defers = normalizer.defers.all;
    Ok(normalizer.tree)
}

impl<'a> Normalizer<'a> {
    fn charge(&mut self, visits: usize) -> Result<(), PlanError> {
        self.visited = self.visited.saturating_add(visits);
        let limit = self.options.max_selections;
        if self.written > limit || self.visited / 16 > limit {
            return Err(PlanError::TooComplex { what: "selections", limit });
        }
        Ok(())
    }

    fn set(&mut self, types: &TypeSet, parts: &[Part<'a>], depth: usize) -> Result<SetId, PlanError> {
        if depth > self.options.max_depth {
            return Err(PlanError::TooComplex { what: "levels", limit: self.options.max_depth });
        }
        let id = SetId(self.tree.sets.len());
        self.tree.sets.push(Set { types: types.clone(), selections: Vec::new() });
        let mut collected = Collected::default();
        for part in parts {
            self.collect(part, 0, &mut collected)?;
        }
        let mut selections = Vec::new();
        for (key, occurrences) in collected.by_key {
            let mut groups: IndexMap<Vec<usize>, Vec<TypeId>> = IndexMap::new();
            self.charge(occurrences.len() * types.len())?;
            for t in types.iter() {
                let applicable: Vec<usize> =
                    (0..occurrences.len()).filter(|at| occurrences[*at].types.contains(t)).collect();
                if !applicable.is_empty() {
                    groups.entry(applicable).or_default().push(t);
                }
            }
            for (applicable, types) in groups {
                let occurrences: Vec<&Occurrence<'a>> =
                    applicable.iter().map(|at| &occurrences[*at]).collect();
                let Some(first) = occurrences.first() else { continue };
                let order = first.order;
                let sel = self.selection(&key, TypeSet::new(types), &occurrences, depth)?;
                selections.push((order, sel));
            }
        }
        selections.sort_by_key(|(order, _)| *order);
        self.tree.sets[id.0].selections = selections.into_iter().map(|(_, sel)| sel).collect();
        Ok(id)
    }

    fn selection(
        &mut self,
        key: &Name,
        types: TypeSet,
        occurrences: &[&Occurrence<'a>],
        depth: usize,
    ) -> Result<Sel, PlanError> {
        self.written += 1;
        self.charge(0)?;
        let mut when = When::never();
        for occurrence in occurrences {
            when.or_conjunction(&occurrence.all);
        }
        let defer = defer::shared(occurrences.iter().map(|occurrence| occurrence.defer.as_slice()));
        let field = &occurrences[0].field;
        let what = if field.name == "__typename" {
            What::Typename
        } else if field.name.starts_with("__") {
            What::Introspection
        } else {
            let child = if field.selection_set.is_empty() {
                None
            } else {
                let same = occurrences.iter().all(|o| o.all == occurrences[0].all);
                let child_types = self.child_types(&types, &field.name);
                let parts: Vec<_> = occurrences
                    .iter()
                    .map(|o| {
                        let all = if same { Vec::new() } else { o.all.clone() };
                        // What is deferred here is deferred as a whole; the rest of the chain goes on.
                        let rest = o.defer.get(defer.len()..).unwrap_or_default().to_vec();
                        Part {
                            selections: &o.field.selection_set,
                            types: child_types.clone(),
                            all,
                            defer: rest,
                        }
                    })
                    .collect();
                Some(self.set(&child_types, &parts, depth + 1)?)
            };
            What::Field { name: field.name.clone(), arguments: field.arguments.as_slice().into(), child }
        };
        Ok(Sel { key: key.clone(), types, when, defer, what })
    }

    /// The object types that clients may see behind a field of any of these types.
    fn child_types(&self, parents: &TypeSet, field: &str) -> TypeSet {
        let targets: HashSet<TypeId> = parents
            .iter()
            .filter_map(|t| self.model.field(t, field))
            .filter_map(|f| self.model.by_name.get(f.ty.inner_named_type()).copied())
            .collect();
        targets.into_iter().flat_map(|t| self.visible(t).iter().collect::<Vec<_>>()).collect()
    }

    fn visible(&self, t: TypeId) -> TypeSet {
        self.model.ty(t).possible.iter().filter(|t| self.model.ty(*t).accessible).collect()
    }

    fn collect(&mut self, part: &Part<'a>, depth: usize, into: &mut Collected<'a>) -> Result<(), PlanError> {
        let Part { selections: set, types, .. } = part;
        if depth > self.options.max_depth {
            return Err(PlanError::TooComplex { what: "levels", limit: self.options.max_depth });
        }
        self.charge(set.selections.len())?;
        for selection in &set.selections {
            let Some(all) = conditions(selection.directives(), &part.all) else { continue };
            let defer = self.defers.within(selection.directives(), &part.defer);
            match selection {
                Selection::Field(field) => {
                    into.order += 1;
                    let occurrence =
                        Occurrence { order: into.order, types: types.clone(), all, defer, field };
                    into.by_key.entry(field.response_key().clone()).or_default().push(occurrence);
                }
                Selection::InlineFragment(fragment) => {
                    let types = self.narrow(types, fragment.type_condition.as_ref());
                    if !types.is_empty() {
                        let part = Part { selections: &fragment.selection_set, types, all, defer };
                        self.collect(&part, depth + 1, into)?;
                    }
                }
                Selection::FragmentSpread(spread) => {
                    let Some(fragment) = self.document.fragments.get(&spread.fragment_name) else { continue };
                    let types = self.narrow(types, Some(fragment.type_condition()));
                    let visit = (spread.fragment_name.clone(), types.clone(), all.clone(), defer.clone());
                    if !types.is_empty() && into.spread.insert(visit) {
                        let part = Part { selections: &fragment.selection_set, types, all, defer };
                        self.collect(&part, depth + 1, into)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn narrow(&self, types: &TypeSet, condition: Option<&Name>) -> TypeSet {
        let condition = condition.and_then(|name| self.model.by_name.get(name));
        condition.map_or_else(|| types.clone(), |t| types.and(&self.model.ty(*t).possible))
    }
}

#[derive(Default)]
struct Collected<'a> {
    by_key: IndexMap<Name, Vec<Occurrence<'a>>>,
    /// A fragment adds nothing when it is spread again under the same types and conditions.
    spread: HashSet<(Name, TypeSet, Conjunction, Vec<DeferId>)>,
    order: usize,
}

/// The conditions of a selection together with those around it. `None`: it is never there.
fn conditions(directives: &DirectiveList, around: &Conjunction) -> Option<Conjunction> {
    let mut all = around.clone();
    for (name, negated) in [("skip", true), ("include", false)] {
        let Some(value) = directives.get(name).and_then(|d| d.specified_argument_by_name("if")) else {
            continue;
        };
        match &**value {
            Value::Boolean(holds) if *holds == negated => return None,
            Value::Variable(variable) => {
                all = and_literal(&all, Literal { variable: variable.clone(), negated })?;
            }
            _ => {}
        }
    }
    Some(all)
}

impl Tree {
    /// The text form: one line for each response key.
    pub(crate) fn to_text(&self, model: &Model) -> String {
        let mut text = String::new();
        self.set_text(model, SetId(0), 0, &mut text);
        text
    }

    fn set_text(&self, model: &Model, id: SetId, depth: usize, text: &mut String) {
        let set = &self.sets[id.0];
        for sel in &set.selections {
            let _ = write!(text, "{}{}", "  ".repeat(depth), sel.key);
            let child = match &sel.what {
                What::Typename => None,
                What::Introspection => {
                    text.push_str(" (introspection)");
                    None
                }
                What::Field { name, arguments, child } => {
                    if *name != sel.key {
                        let _ = write!(text, ": {name}");
                    }
                    text.push_str(&arguments_text(arguments));
                    *child
                }
            };
            if sel.types != set.types {
                let names: Vec<&str> = sel.types.iter().map(|t| model.name(t).as_str()).collect();
                let _ = write!(text, " on {}", names.join("|"));
            }
            if !sel.when.is_always() {
                let _ = write!(text, " when {}", sel.when.to_plan());
            }
            text.push('\n');
            if let Some(child) = child {
                self.set_text(model, child, depth + 1, text);
            }
        }
    }
}

/// `(a:1,b:$x)`, or nothing.
pub(crate) fn arguments_text(arguments: &[Node<Argument>]) -> String {
    if arguments.is_empty() {
        return String::new();
    }
    let mut text = String::from("(");
    for (at, argument) in arguments.iter().enumerate() {
        let comma = if at > 0 { "," } else { "" };
        let _ = write!(text, "{comma}{}:{}", argument.name, argument.value.serialize().no_indent());
    }
    text.push(')');
    text
}
