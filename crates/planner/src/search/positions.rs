//! Lays out the places of the merged data for an operation, gives every value its slot, and lists what is demanded.
//!
//! A selection on an abstract type stays whole where every subgraph that the object can come from answers it alike,
//! and is taken apart by object type where they differ.

use std::ops::Range;
use std::rc::Rc;

use apollo_compiler::Name;

use super::serve::Serve;
use super::state::{Consumer, Demand, Need, PosId, Position, Slot, State};
use crate::condition::When;
use crate::error::PlanError;
use crate::model::{FieldSet, SubgraphId, TypeId};
use crate::normalize::{Arguments, SetId, Tree, What, arguments_text};
use crate::plan::DeferId;
use crate::planning::Options;
use crate::type_set::TypeSet;

/// What the client gets at one place.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    pub(crate) key: Name,
    pub(crate) types: TypeSet,
    pub(crate) when: When,
    pub(crate) defer: Vec<DeferId>,
    pub(crate) what: Showing,
}

/// Where it comes from.
#[derive(Debug, Clone)]
pub(crate) enum Showing {
    Typename,
    Introspection,
    Field { field: Name, slot: Name, child: Option<PosId> },
}

/// The beginning of a search.
#[derive(Debug)]
pub(crate) struct Layout {
    pub(crate) state: State,
    /// By position, for those that the client sees.
    pub(crate) shown: Vec<Vec<Shown>>,
}

pub(crate) struct LayoutBuilder<'a> {
    serve: Serve<'a>,
    tree: &'a Tree,
    options: &'a Options,
    state: State,
    shown: Vec<Vec<Shown>>,
    demands: Vec<(usize, Demand)>,
}

/// Lays out some of the root's selections.
pub(crate) fn layout(serve: Serve<'_>, tree: &Tree, only: &Range<usize>) -> Result<Layout, PlanError> {
    let mut builder = LayoutBuilder {
        serve,
        tree,
        options: serve.options,
        state: State::default(),
        shown: Vec::new(),
        demands: Vec::new(),
    };
    let root_types = tree.sets[0].types.clone();
    let root = builder.add(Position {
        parent: None,
        parent_types: TypeSet::empty(),
        slot: Name::new_unchecked("data"),
        field: Name::new_unchecked("data"),
        arguments: Vec::new().into(),
        types: root_types.clone(),
        slots: Vec::new(),
        children: Vec::new(),
        nodes: Vec::new(),
        opaque: false,
    })?;
    let sources = root_types.single().map_or_else(Vec::new, |t| {
        let known = serve.model.subgraph_ids().filter(|s| serve.model.presence(t, *s).is_some());
        known.map(|s| (s, t)).collect()
    });
    builder.fill(root, SetId(0), &sources, &Rc::new(When::always()), Some(only))?;
    // What only one subgraph can answer comes first, objects before what is in them: the rest then often finds what
    // it needs there, and the search has few real choices left.
    builder.demands.sort_by_key(|(choices, demand)| {
        let is_leaf = matches!(demand.need, Need::Field { .. });
        if *choices > 1 { if is_leaf { 2 } else { 3 } } else { usize::from(is_leaf) }
    });
    builder.state.demands = builder.demands.into_iter().rev().map(|(_, demand)| Rc::new(demand)).collect();
    Ok(Layout { state: builder.state, shown: builder.shown })
}

/// Where the parts of an abstract selection go.
pub(super) fn parts(
    serve: Serve<'_>,
    types: &TypeSet,
    field: &str,
    sources: &[(SubgraphId, TypeId)],
) -> Vec<TypeSet> {
    let possible = |(s, ty): &(SubgraphId, TypeId)| {
        serve.model.presence(*ty, *s).map_or_else(TypeSet::empty, |p| p.possible.clone())
    };
    let nothing = FieldSet::default();
    let can_come: TypeSet =
        sources.iter().flat_map(|source| possible(source).iter().collect::<Vec<_>>()).collect();
    if types.len() < 2 {
        // A type that no subgraph can send here needs nothing, and may be out of reach.
        let comes = sources.is_empty() || types.intersects(&can_come);
        return if comes { vec![types.clone()] } else { Vec::new() };
    }
    let types = types.and(&can_come);
    let uniform = |t: TypeId| {
        sources.iter().all(|source| {
            let s = source.0;
            !possible(source).contains(t)
                || serve.served(t, field, s, &nothing).is_some_and(|here| !here.has_needs())
        })
    };
    let whole: TypeSet = types.iter().filter(|t| uniform(*t)).collect();
    if whole.is_empty() && bridged(serve, &types, field, sources) {
        return vec![types];
    }
    let agree = sources.iter().all(|source| {
        let (s, ty) = *source;
        let mut targets = whole.iter().filter_map(|t| serve.declared(t, field, s)).map(|here| here.target);
        let first = targets.next();
        let by_interface = serve.model.field_presence(ty, field, s).is_some();
        // Asked for by type, the field must be of one shape; the interface, asked for all of them, has only one.
        (by_interface && possible(source).is_subset(&whole))
            || ((by_interface || targets.all(|t| Some(t) == first)) && same_shape(serve, &whole, field, s))
    });
    if !agree {
        return types.iter().map(TypeSet::one).collect();
    }
    let mut parts: Vec<TypeSet> = types.minus(&whole).iter().map(TypeSet::one).collect();
    if !whole.is_empty() {
        parts.insert(0, whole);
    }
    parts
}

/// Whether objects that are known as an interface object alone are known by the same name in another subgraph, which has the
/// field: then nobody needs their types to ask for it.
fn bridged(serve: Serve<'_>, types: &TypeSet, field: &str, sources: &[(SubgraphId, TypeId)]) -> bool {
    let model = serve.model;
    let Some((_, interface)) = sources.first() else { return false };
    let opaque = |(s, ty): &(SubgraphId, TypeId)| ty == interface && model.is_interface_object(*ty, *s);
    let nothing = FieldSet::default();
    sources.iter().all(opaque)
        && model.subgraph_ids().any(|s| {
            model
                .presence(*interface, s)
                .is_some_and(|here| here.interface_object && here.keys.iter().any(|key| key.resolvable))
                && types.iter().all(|t| {
                    model.known_as(t, s) == Some(*interface)
                        && serve.served(t, field, s, &nothing).is_some_and(|here| !here.has_needs())
                })
        })
}

impl LayoutBuilder<'_> {
    fn add(&mut self, position: Position) -> Result<PosId, PlanError> {
        let id = PosId(self.state.positions.len());
        if id.0 > self.options.max_selections {
            return Err(PlanError::TooComplex { what: "selections", limit: self.options.max_selections });
        }
        self.shown.push(Vec::new());
        Ok(self.state.add_position(position))
    }

    fn demand(
        &mut self,
        choices: usize,
        pos: PosId,
        types: TypeSet,
        need: Need,
        when: &Rc<When>,
    ) -> Result<(), PlanError> {
        if self.demands.len() > self.options.max_selections {
            return Err(PlanError::TooComplex { what: "selections", limit: self.options.max_selections });
        }
        let consumer = Consumer::Client(Rc::clone(when));
        self.demands.push((choices, Demand { pos, types, need, consumer, chain: None }));
        Ok(())
    }

    fn fill(
        &mut self,
        pos: PosId,
        set: SetId,
        sources: &[(SubgraphId, TypeId)],
        around: &Rc<When>,
        only: Option<&Range<usize>>,
    ) -> Result<(), PlanError> {
        let tree = self.tree;
        let mut children = Vec::new();
        for (at, sel) in tree.sets[set.0].selections.iter().enumerate() {
            if only.is_some_and(|only| !only.contains(&at)) {
                continue;
            }
            let shown = |types: TypeSet, what| Shown {
                key: sel.key.clone(),
                types,
                when: sel.when.clone(),
                defer: sel.defer.clone(),
                what,
            };
            match &sel.what {
                What::Typename => self.shown[pos.0].push(shown(sel.types.clone(), Showing::Typename)),
                What::Introspection => {
                    self.shown[pos.0].push(shown(sel.types.clone(), Showing::Introspection));
                }
                What::Field { name, arguments, child } => {
                    let when = Rc::new(around.and(&sel.when));
                    for types in parts(self.serve, &sel.types, name, sources) {
                        let slot =
                            claim_slot(self.serve, &mut self.state, pos, &sel.key, name, arguments, &types);
                        let mut from = self.serve.sources(&types, name);
                        // A subgraph that neither had a part in the object nor can be asked about it by a key is out of reach.
                        from.retain(|(s, _)| {
                            sources.iter().any(|(known, _)| known == s) || self.serve.has_key(&types, *s)
                        });
                        let child_pos = match child {
                            None => {
                                let need = Need::Field {
                                    slot: slot.clone(),
                                    field: name.clone(),
                                    arguments: arguments.clone(),
                                };
                                self.demand(count(&from), pos, types.clone(), need, &when)?;
                                None
                            }
                            Some(child) => {
                                let child_types = tree.sets[child.0].types.clone();
                                let child_pos = self.add(Position {
                                    parent: Some(pos),
                                    parent_types: types.clone(),
                                    slot: slot.clone(),
                                    field: name.clone(),
                                    arguments: arguments.clone(),
                                    types: self.narrowed(&types, name, &child_types),
                                    slots: Vec::new(),
                                    children: Vec::new(),
                                    nodes: Vec::new(),
                                    opaque: false,
                                })?;
                                children.push((child_pos, *child, from, Rc::clone(&when)));
                                Some(child_pos)
                            }
                        };
                        let what = Showing::Field { field: name.clone(), slot, child: child_pos };
                        self.shown[pos.0].push(shown(types, what));
                    }
                }
            }
        }
        for (child_pos, child, from, when) in children {
            let types = self.state.pos(child_pos).types.clone();
            let need = if types.len() > 1 { Need::Typename } else { Need::Exists };
            let place = self.demands.len();
            self.demand(count(&from), child_pos, types, need, &when)?;
            self.fill(child_pos, child, &from, &when, None)?;
            if self.is_opaque(child_pos, &from) {
                self.state.pos_mut(child_pos).opaque = true;
                if let Some((_, demand)) = self.demands.get_mut(place) {
                    demand.need = Need::Exists;
                }
            }
        }
        Ok(())
    }

    /// Whether nobody asks which type an object has, and an interface object is among what it can come from: to find the
    /// type would take a fetch of its own. A type that clients must not see has to be found.
    fn is_opaque(&self, pos: PosId, sources: &[(SubgraphId, TypeId)]) -> bool {
        let model = self.serve.model;
        let here = self.state.pos(pos);
        let visible = |(_, ty): &(SubgraphId, TypeId)| {
            model.ty(*ty).possible.is_subset(&here.types) && model.is_abstract(*ty)
        };
        let alike = |shown: &Shown| match &shown.what {
            Showing::Typename | Showing::Introspection => false,
            Showing::Field { field, .. } => {
                let mut shapes = here.types.iter().map(|t| model.field(t, field).map(|f| &f.ty));
                let first = shapes.next();
                here.types.is_subset(&shown.types) && shapes.all(|shape| Some(shape) == first)
            }
        };
        here.types.len() > 1
            && sources.iter().any(|(s, ty)| model.is_interface_object(*ty, *s))
            && sources.iter().all(visible)
            && self.shown[pos.0].iter().all(alike)
    }

    /// The object types behind a field of only some of the types that a selection is for.
    fn narrowed(&self, parents: &TypeSet, field: &str, all: &TypeSet) -> TypeSet {
        let model = self.serve.model;
        let behind: TypeSet = parents
            .iter()
            .filter_map(|t| model.field(t, field))
            .filter_map(|f| model.by_name.get(f.ty.inner_named_type()))
            .flat_map(|t| model.ty(*t).possible.iter())
            .collect();
        all.and(&behind)
    }
}

fn count(sources: &[(SubgraphId, TypeId)]) -> usize {
    let mut ids: Vec<SubgraphId> = sources.iter().map(|(s, _)| *s).collect();
    ids.dedup();
    ids.len()
}

/// The slot for a field, under the wished name where no other value has it already.
pub(super) fn claim_slot(
    serve: Serve<'_>,
    state: &mut State,
    pos: PosId,
    wish: &Name,
    field: &Name,
    arguments: &Arguments,
    types: &TypeSet,
) -> Name {
    let fits = |slot: &Slot| {
        slot.field == *field
            && slot.arguments == *arguments
            && !shapes_conflict(serve, &slot.types, types, field)
    };
    let mut name = wish.clone();
    let mut number = 0;
    let mut places = state.on_path(pos).to_vec();
    if places.is_empty() {
        places.push(pos);
    }
    loop {
        let mut same = places.iter().flat_map(|p| &state.pos(*p).slots).filter(|slot| slot.name == name);
        if same.all(fits) {
            break;
        }
        number += 1;
        name = Name::new_unchecked(&format!("{wish}__{number}"));
    }
    let slot =
        Slot { name: name.clone(), field: field.clone(), arguments: arguments.clone(), types: types.clone() };
    let slots = &mut state.pos_mut(pos).slots;
    let known = slots.iter().any(|old| old.name == name && types.is_subset(&old.types));
    if !known {
        slots.push(slot);
    }
    name
}

/// A slot that already holds this field of these types.
pub(super) fn find_slot(
    state: &State,
    pos: PosId,
    field: &Name,
    arguments: &Arguments,
    types: &TypeSet,
) -> Option<Name> {
    let holds = |slot: &&Slot| {
        slot.field == *field
            && types.is_subset(&slot.types)
            && (slot.arguments == *arguments || arguments_text(&slot.arguments) == arguments_text(arguments))
    };
    state.pos(pos).slots.iter().find(holds).map(|slot| slot.name.clone())
}

/// Whether some subgraph would refuse both fields under one response key, because their types differ.
fn shapes_conflict(serve: Serve<'_>, a: &TypeSet, b: &TypeSet, field: &str) -> bool {
    let both = a.or(b);
    serve.model.subgraph_ids().any(|s| !same_shape(serve, &both, field, s))
}

/// Whether a subgraph has a field of one shape for all types that have it there.
fn same_shape(serve: Serve<'_>, types: &TypeSet, field: &str, s: SubgraphId) -> bool {
    let model = serve.model;
    let mut shapes = types.iter().filter_map(|t| serve.declared(t, field, s)).map(|here| {
        let shape = here.ty.to_string();
        if model.is_composite(here.target) {
            shape.replace(model.name(here.target).as_str(), "")
        } else {
            shape
        }
    });
    let first = shapes.next();
    shapes.all(|shape| Some(shape) == first)
}
