//! What a subgraph can answer about an object.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use apollo_compiler::Name;

use crate::model::{
    ContextArgument, FieldPresence, FieldSet, FieldSetItem, Model, Overridden, SubgraphId, TypeId,
};
use crate::planning::Options;
use crate::type_set::TypeSet;

/// An object as a subgraph sees it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Seen {
    pub(crate) ty: TypeId,
    pub(crate) types: TypeSet,
    pub(crate) view: FieldSet,
}

/// The labels of progressive `@override`s. It keeps in mind which were asked for: on no others does a plan depend.
#[derive(Debug)]
pub(crate) struct Labels<'a> {
    active: &'a BTreeSet<String>,
    asked: RefCell<BTreeMap<String, bool>>,
}

impl<'a> Labels<'a> {
    pub(crate) fn new(active: &'a BTreeSet<String>) -> Self {
        Self { active, asked: RefCell::default() }
    }

    fn is_active(&self, label: &str) -> bool {
        let mut asked = self.asked.borrow_mut();
        if let Some(known) = asked.get(label) {
            return *known;
        }
        let active = self.active.contains(label);
        asked.insert(label.to_owned(), active);
        active
    }

    /// Those that were asked for, and whether they are active.
    pub(crate) fn into_asked(self) -> BTreeMap<String, bool> {
        self.asked.into_inner()
    }
}

/// Answers "can this subgraph resolve that?".
#[derive(Debug, Clone, Copy)]
pub(crate) struct Serve<'a> {
    pub(crate) model: &'a Model,
    pub(crate) options: &'a Options,
    pub(crate) labels: &'a Labels<'a>,
}

impl<'a> Serve<'a> {
    /// How a subgraph declares a field of objects of type `object`, if it counts at all.
    pub(crate) fn declared(&self, object: TypeId, field: &str, s: SubgraphId) -> Option<&'a FieldPresence> {
        let known = self.model.known_as(object, s)?;
        let here = self.model.field_presence(known, field, s)?;
        let lost = match &here.overridden {
            Overridden::No => false,
            Overridden::Always => true,
            Overridden::WhileActive(label) => self.labels.is_active(label),
        };
        let waits = here.needs_label.as_deref().is_some_and(|label| !self.labels.is_active(label));
        (!lost && !waits).then_some(here)
    }

    /// The same, where the subgraph also resolves it, given what `@provides` made visible.
    pub(crate) fn served(
        &self,
        object: TypeId,
        field: &str,
        s: SubgraphId,
        view: &FieldSet,
    ) -> Option<&'a FieldPresence> {
        let here = self.declared(object, field, s)?;
        let visible = !here.external
            || self.is_extension_key(object, field, s)
            || self.provided(object, field, view).next().is_some();
        visible.then_some(here)
    }

    /// Federation 1 marks key fields of an `extend type` as external although the subgraph has them.
    fn is_extension_key(&self, object: TypeId, field: &str, s: SubgraphId) -> bool {
        self.model.presence(object, s).is_some_and(|p| p.extension)
            && self.model.is_key_field(object, field, s)
    }

    fn provided<'v>(
        &self,
        object: TypeId,
        field: &'v str,
        view: &'v FieldSet,
    ) -> impl Iterator<Item = &'v FieldSetItem> + use<'v, 'a> {
        let model = self.model;
        view.iter().filter(move |item| {
            item.name == field && item.on.iter().all(|t| model.ty(*t).possible.contains(object))
        })
    }

    /// Whether `seen` has `field` for all of `types` that can stand there (and for at least one).
    pub(crate) fn can_select(&self, seen: &Seen, types: &TypeSet, field: &str, s: SubgraphId) -> bool {
        let mut some = false;
        for object in types.and(&seen.types).iter() {
            if self.served(object, field, s, &seen.view).is_none() {
                return false;
            }
            some = true;
        }
        some
    }

    /// The object behind a composite field.
    pub(crate) fn follow(
        &self,
        seen: &Seen,
        types: &TypeSet,
        field: &Name,
        s: SubgraphId,
        child_types: &TypeSet,
    ) -> Option<Seen> {
        if !self.can_select(seen, types, field, s) {
            return None;
        }
        let covered = types.and(&seen.types);
        let mut targets: Vec<TypeId> = Vec::new();
        let mut view: Vec<FieldSetItem> = Vec::new();
        for object in covered.iter() {
            let here = self.served(object, field, s, &seen.view)?;
            if !targets.contains(&here.target) {
                targets.push(here.target);
            }
            let through = self.provided(object, field, &seen.view).flat_map(|item| item.sub.iter());
            for item in through.chain(here.provides.iter().flat_map(|p| p.iter())) {
                if !view.contains(item) {
                    view.push(item.clone());
                }
            }
        }
        let ty = match targets.as_slice() {
            [only] => *only,
            _ => self.model.field_presence(seen.ty, field, s)?.target,
        };
        let possible = &self.model.presence(ty, s)?.possible;
        Some(Seen { ty, types: possible.and(child_types), view: view.into() })
    }

    /// Whether any of `types` has a `field` in this subgraph that needs something of other fields, by `@requires` or from a
    /// context.
    pub(crate) fn any_needs(&self, types: &TypeSet, field: &str, s: SubgraphId) -> bool {
        types.iter().any(|object| self.declared(object, field, s).is_some_and(FieldPresence::has_needs))
    }

    /// The arguments of `field` that take values from contexts. Types that differ in them are never asked together.
    pub(crate) fn contextual(&self, types: &TypeSet, field: &str, s: SubgraphId) -> &'a [ContextArgument] {
        let declared = types.iter().filter_map(|object| self.declared(object, field, s));
        let mut contextual = declared.map(|here| here.contextual.as_slice());
        contextual.find(|arguments| !arguments.is_empty()).unwrap_or_default()
    }

    /// Whether any of `types` can be asked for by a key there.
    pub(crate) fn has_key(&self, types: &TypeSet, s: SubgraphId) -> bool {
        let known = types.iter().filter_map(|object| self.model.known_as(object, s));
        let mut known = known.filter_map(|ty| self.model.presence(ty, s));
        known.any(|here| here.keys.iter().any(|key| key.resolvable))
    }

    /// The subgraphs, with the type's name there, that can resolve `field` of one of `types`.
    pub(crate) fn sources(&self, types: &TypeSet, field: &str) -> Vec<(SubgraphId, TypeId)> {
        let mut sources = Vec::new();
        for s in self.model.subgraph_ids() {
            for object in types.iter() {
                if let Some(here) = self.served(object, field, s, &FieldSet::default())
                    && !sources.contains(&(s, here.target))
                {
                    sources.push((s, here.target));
                }
            }
        }
        sources
    }
}
