//! Which entries of an answer are sent later, and what each waits for.

use planner::{Content, DeferId, OutputField, OutputSelection, PathStep, Plan, Shape, Source, Target};

use super::condition::Variables;
use super::request::PreparedFetch;
use super::slots::Slots;

const TYPENAME: &str = "__typename";

/// The answer to one request with deferred fragments.
#[derive(Debug)]
pub(crate) struct Deferred {
    /// The plan's, but each entry names the one group in which it is sent later than what is around it, or none.
    pub(crate) output: OutputSelection,
    /// The first one is what is sent at once. A group stands after the one that it waits for.
    pub(crate) groups: Vec<Group>,
}

/// What is sent together.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    pub(crate) label: Option<String>,
    /// The group that is sent before: of the fragment, or of the object, that this one is in.
    pub(super) after: Option<usize>,
    /// For each fetch, whether it must have ended.
    pub(super) needs: Vec<bool>,
}

impl Deferred {
    /// `None` where nothing would be gained: nothing is deferred, or all of it is there at the same time.
    pub(crate) fn of(plan: &Plan, fetches: &[PreparedFetch], variables: &Variables) -> Option<Self> {
        if plan.defers.is_empty() {
            return None;
        }
        let count = plan.fetches.len();
        let first = Group { label: None, after: None, needs: vec![false; count] };
        let mut resolving = Resolving { plan, fetches, variables, groups: vec![first], path: Vec::new() };
        let mut output = plan.output.clone();
        resolving.selection(&plan.output, &mut output, 0);
        let mut groups = resolving.groups;
        groups.iter_mut().for_each(|group| add_earlier(plan, &mut group.needs));
        let places = merge_gainless(&mut groups);
        if groups.len() < 2 {
            return None;
        }
        place(&mut output, &places, 0);
        Some(Self { output, groups })
    }
}

struct Resolving<'a> {
    plan: &'a Plan,
    fetches: &'a [PreparedFetch],
    variables: &'a Variables,
    groups: Vec<Group>,
    /// The slots from the root to where we are.
    path: Vec<&'a str>,
}

impl<'a> Resolving<'a> {
    /// Puts each entry of a selection into its group: into `output` goes the group's number. `around`: that of the object.
    fn selection(&mut self, planned: &'a OutputSelection, output: &mut OutputSelection, around: usize) {
        let mut here: Vec<(Vec<DeferId>, usize)> = vec![(Vec::new(), around)];
        for (field, into) in planned.fields.iter().zip(&mut output.fields) {
            let group = self.group(field, &mut here);
            into.defer = vec![DeferId(group)];
            let reads_type = matches!(field.source, Source::Typename(None)) || !field.types.is_empty();
            if reads_type {
                self.need(TYPENAME, group);
            }
            if let (Source::Slot { slot, shape }, Source::Slot { shape: into, .. }) =
                (&field.source, &mut into.source)
                && self.variables.satisfy(&field.condition)
            {
                self.need(slot, group);
                self.path.push(slot);
                self.shape(shape, into, group);
                self.path.pop();
            }
        }
    }

    fn shape(&mut self, planned: &'a Shape, into: &mut Shape, group: usize) {
        match (&planned.content, &mut into.content) {
            (Content::List(item), Content::List(into)) => self.shape(item, into, group),
            (Content::Object { types, selection }, Content::Object { selection: into, .. }) => {
                if types.len() > 1 {
                    self.need(TYPENAME, group);
                }
                self.selection(selection, into, group);
            }
            _ => {}
        }
    }

    /// The group of an entry, among those of its selection by the fragments that they stand for.
    fn group(&mut self, field: &OutputField, here: &mut Vec<(Vec<DeferId>, usize)>) -> usize {
        let defers = &self.plan.defers;
        let mut chain: Vec<DeferId> = Vec::new();
        let mut group = here.first().map_or(0, |(_, around)| *around);
        for id in &field.defer {
            let Some(defer) = defers.get(id.0).filter(|defer| self.variables.satisfy(&defer.condition))
            else {
                continue;
            };
            chain.push(*id);
            group = match here.iter().find(|(known, _)| *known == chain) {
                Some((_, known)) => *known,
                None => {
                    let needs = vec![false; self.plan.fetches.len()];
                    self.groups.push(Group { label: defer.label.clone(), after: Some(group), needs });
                    here.push((chain.clone(), self.groups.len() - 1));
                    self.groups.len() - 1
                }
            };
        }
        group
    }

    /// Notes the fetches that may fill a slot of the object where we are.
    fn need(&mut self, slot: &'a str, group: usize) {
        self.path.push(slot);
        let Some(group) = self.groups.get_mut(group) else { return };
        let fetches = self.plan.fetches.iter().zip(self.fetches);
        for ((fetch, prepared), needed) in fetches.zip(&mut group.needs) {
            let fills = || match &fetch.target {
                Target::Root => prepared.slots.has(&self.path),
                Target::Entities { batches } => batches.iter().any(|batch| {
                    let slots = prepared.slots.below(&batch.response_key);
                    slots.is_some_and(|slots| is_filled(&batch.path, slots, &self.path))
                }),
            };
            *needed = *needed || fills();
        }
        self.path.pop();
    }
}

/// Whether entities at a place of the plan bring that slot.
fn is_filled(place: &[PathStep], slots: &Slots, path: &[&str]) -> bool {
    let mut rest = path;
    for step in place {
        let PathStep::Slot(slot) = step else { continue };
        match rest.split_first() {
            Some((first, below)) if first == slot => rest = below,
            _ => return false,
        }
    }
    !rest.is_empty() && slots.has(rest)
}

/// Adds the fetches that those needed wait for. A fetch stands after all of these.
fn add_earlier(plan: &Plan, needs: &mut [bool]) {
    for (id, fetch) in plan.fetches.iter().enumerate().rev() {
        if needs.get(id) == Some(&true) {
            for after in &fetch.after {
                if let Some(need) = needs.get_mut(after.0) {
                    *need = true;
                }
            }
        }
    }
}

/// Takes out the groups that would be complete with the one before them, and adds to each what is needed before. For each old
/// group its new place.
fn merge_gainless(groups: &mut Vec<Group>) -> Vec<usize> {
    let mut kept: Vec<Group> = Vec::new();
    let mut places: Vec<usize> = Vec::new();
    for mut group in groups.drain(..) {
        group.after = group.after.and_then(|after| places.get(after).copied());
        let before = group.after.and_then(|after| kept.get(after).map(|before| (after, &before.needs)));
        if let Some((after, before)) = before {
            if group.needs.iter().zip(before).all(|(needed, there)| !*needed || *there) {
                places.push(after);
                continue;
            }
            group.needs.iter_mut().zip(before).for_each(|(needed, there)| *needed |= there);
        }
        places.push(kept.len());
        kept.push(group);
    }
    *groups = kept;
    places
}

/// Leaves each entry the group that it is in, where that is another than `around`.
fn place(output: &mut OutputSelection, places: &[usize], around: usize) {
    for field in &mut output.fields {
        let group = field.defer.first().and_then(|old| places.get(old.0)).copied().unwrap_or(around);
        field.defer = if group == around { Vec::new() } else { vec![DeferId(group)] };
        if let Source::Slot { shape, .. } = &mut field.source {
            place_below(shape, places, group);
        }
    }
}

fn place_below(shape: &mut Shape, places: &[usize], around: usize) {
    match &mut shape.content {
        Content::List(item) => place_below(item, places, around),
        Content::Object { selection, .. } => place(selection, places, around),
        Content::Scalar { .. } | Content::Enum { .. } => {}
    }
}
