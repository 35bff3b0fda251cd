//! Who answers for which field.

use std::collections::{BTreeMap, BTreeSet};

use super::schema::{Field, Interface, Model, Object};
use crate::random::Random;

/// How a subgraph has a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// It answers.
    Owner,
    /// `@external`
    External,
    /// Another one took it over by `@override`.
    Lost,
}

type At = (String, String);

/// A model, split over subgraphs.
pub(super) struct Split {
    pub(super) count: usize,
    /// By type and field, then by subgraph.
    pub(super) roles: BTreeMap<At, BTreeMap<usize, Role>>,
    /// By subgraph: the types that it has.
    pub(super) types: Vec<BTreeSet<String>>,
    pub(super) keys: BTreeMap<(usize, String), Vec<String>>,
    /// `@requires`, `@provides` and `@override`, by subgraph, type and field.
    pub(super) directives: BTreeMap<(usize, String, String), String>,
    /// The subgraphs that know a hierarchy by its implementations, and as an object.
    pub(super) hierarchy: (usize, usize),
    /// By entity: the subgraph that knows all of its keys, so that every key leads everywhere.
    homes: BTreeMap<String, usize>,
}

pub(super) fn split(model: &Model, random: &mut Random) -> Split {
    let count = 2 + random.below(4);
    let home = random.below(count);
    let mut split = Split {
        count,
        roles: BTreeMap::new(),
        types: vec![BTreeSet::new(); count],
        keys: BTreeMap::new(),
        directives: BTreeMap::new(),
        hierarchy: (home, (home + 1 + random.below(count - 1)) % count),
        homes: BTreeMap::new(),
    };
    split.deal(model, random);
    split.require(model, random);
    split.provide(model, random);
    split.take_over(model, random);
    split.complete(model, random);
    split
}

pub(super) fn is_hierarchy(model: &Model, name: &str) -> bool {
    model.interface(name).is_some_and(Interface::is_hierarchy)
}

fn is_member(model: &Model, object: &Object) -> bool {
    object.interfaces.iter().any(|name| is_hierarchy(model, name))
}

fn in_interface(model: &Model, object: &Object, field: &str) -> bool {
    let mut interfaces = object.interfaces.iter().filter_map(|name| model.interface(name));
    interfaces.any(|interface| interface.fields.iter().any(|one| one.name == field))
}

impl Split {
    pub(super) fn role(&self, subgraph: usize, ty: &str, field: &str) -> Option<Role> {
        self.roles.get(&(ty.to_owned(), field.to_owned()))?.get(&subgraph).copied()
    }

    pub(super) fn owners(&self, ty: &str, field: &str) -> Vec<usize> {
        let roles = self.roles.get(&(ty.to_owned(), field.to_owned()));
        let owners = roles.into_iter().flatten().filter(|(_, role)| **role == Role::Owner);
        owners.map(|(subgraph, _)| *subgraph).collect()
    }

    fn place(&mut self, subgraph: usize, ty: &str, field: &str, role: Role) -> bool {
        self.types[subgraph].insert(ty.to_owned());
        let roles = self.roles.entry((ty.to_owned(), field.to_owned())).or_default();
        if roles.get(&subgraph).is_some_and(|known| *known == role || *known == Role::Owner) {
            return false;
        }
        roles.insert(subgraph, role);
        true
    }

    /// A subgraph for each field that is not told by everybody who tells its type.
    fn deal(&mut self, model: &Model, random: &mut Random) {
        for object in model.objects.iter().filter(|object| !object.is_value()) {
            let member = is_member(model, object);
            let home = if member { self.hierarchy.0 } else { random.below(self.count) };
            if !object.is_root() {
                self.homes.insert(object.name.clone(), home);
                self.types[home].insert(object.name.clone());
            }
            for field in object.fields.iter().filter(|field| !object.is_in_key(&field.name)) {
                let owners = if is_hierarchy(model, &field.base) {
                    vec![if random.chance(50) { self.hierarchy.0 } else { self.hierarchy.1 }]
                } else if member && in_interface(model, object, &field.name) {
                    vec![self.hierarchy.0]
                } else {
                    let count = if object.name == "Mutation" || random.chance(80) { 1 } else { 2 };
                    (0..count).map(|_| random.below(self.count)).collect()
                };
                for owner in owners {
                    // Who knows the interface as an object must not know its implementations.
                    let owner = if member && owner == self.hierarchy.1 { self.hierarchy.0 } else { owner };
                    self.place(owner, &object.name, &field.name, Role::Owner);
                }
            }
        }
        for interface in model.interfaces.iter().filter(|interface| interface.is_hierarchy()) {
            self.types[self.hierarchy.0].insert(interface.name.clone());
            for field in interface.added.iter().chain(interface.fields.first()) {
                self.place(self.hierarchy.1, &interface.name, &field.name, Role::Owner);
            }
        }
    }

    /// `@requires` of what other subgraphs know, which may be required to be computed as well.
    fn require(&mut self, model: &Model, random: &mut Random) {
        for object in model.objects.iter().filter(|object| !object.keys.is_empty()) {
            for at in 1..object.fields.len() {
                let field = &object.fields[at];
                let &[owner] = self.owners(&object.name, &field.name).as_slice() else { continue };
                if in_interface(model, object, &field.name) || !random.chance(30) {
                    continue;
                }
                let mut sets = Vec::new();
                for other in object.fields[..at].iter().filter(|other| !object.is_in_key(&other.name)) {
                    let unfit = self.role(owner, &object.name, &other.name).is_some()
                        || in_interface(model, object, &other.name);
                    if sets.len() < 2
                        && !unfit
                        && let Some(set) = selected(model, other, random)
                    {
                        self.place(owner, &object.name, &other.name, Role::External);
                        sets.push(set);
                    }
                }
                if !sets.is_empty() {
                    let directive = format!("@requires(fields: \"{}\")", sets.join(" "));
                    self.directives.insert((owner, object.name.clone(), field.name.clone()), directive);
                }
            }
        }
        for interface in model.interfaces.iter().filter(|interface| interface.is_hierarchy()) {
            let known =
                interface.fields.iter().find(|field| field.name != "id" && field.arguments.is_empty());
            if let (Some(known), Some(field)) = (known, interface.added.first())
                && random.chance(40)
            {
                self.place(self.hierarchy.1, &interface.name, &known.name, Role::External);
                let directive = format!("@requires(fields: \"{}\")", known.name);
                self.directives
                    .insert((self.hierarchy.1, interface.name.clone(), field.name.clone()), directive);
            }
        }
    }

    /// `@provides` of a leaf that others answer for.
    fn provide(&mut self, model: &Model, random: &mut Random) {
        for object in model.objects.iter().filter(|object| !object.is_value()) {
            for field in &object.fields {
                let &[owner] = self.owners(&object.name, &field.name).as_slice() else { continue };
                let Some(target) = model.object(&field.base).filter(|target| !target.keys.is_empty()) else {
                    continue;
                };
                let key = (owner, object.name.clone(), field.name.clone());
                if is_member(model, target) || self.directives.contains_key(&key) || !random.chance(40) {
                    continue;
                }
                let fit = target.fields.iter().find(|leaf| {
                    let unfit = target.is_in_key(&leaf.name)
                        || in_interface(model, target, &leaf.name)
                        || self.role(owner, &target.name, &leaf.name).is_some()
                        || self.is_computed(&target.name, &leaf.name)
                        || !leaf.arguments.is_empty()
                        || !is_leaf(model, &leaf.base);
                    !unfit
                });
                if let Some(leaf) = fit {
                    self.place(owner, &target.name, &leaf.name, Role::External);
                    self.directives.insert(key, format!("@provides(fields: \"{}\")", leaf.name));
                }
            }
        }
    }

    /// Whether a field has `@requires` anywhere.
    fn is_computed(&self, ty: &str, field: &str) -> bool {
        (0..self.count).any(|at| self.directives.contains_key(&(at, ty.to_owned(), field.to_owned())))
    }

    /// `@override` of fields that another subgraph still has.
    fn take_over(&mut self, model: &Model, random: &mut Random) {
        for object in model.objects.iter().filter(|object| !object.is_value()) {
            for field in object.fields.iter().filter(|field| !object.is_in_key(&field.name)) {
                let &[owner] = self.owners(&object.name, &field.name).as_slice() else { continue };
                let roles = &self.roles[&(object.name.clone(), field.name.clone())];
                let unfit = roles.len() > 1
                    || in_interface(model, object, &field.name)
                    || is_member(model, object)
                    || is_hierarchy(model, &field.base)
                    || self.is_computed(&object.name, &field.name)
                    || self.directives.contains_key(&(owner, object.name.clone(), field.name.clone()));
                let from = random.below(self.count);
                if unfit || from == owner || !random.chance(12) {
                    continue;
                }
                self.place(from, &object.name, &field.name, Role::Lost);
                let directive = format!("@override(from: \"s{from}\")");
                self.directives.insert((owner, object.name.clone(), field.name.clone()), directive);
            }
        }
    }

    /// Adds what a subgraph must have since it has something else, until nothing is missing.
    fn complete(&mut self, model: &Model, random: &mut Random) {
        let mut chosen = BTreeSet::new();
        let mut grows = true;
        while grows {
            grows = false;
            for subgraph in 0..self.count {
                for ty in self.types[subgraph].clone() {
                    let first = chosen.insert((subgraph, ty.clone()));
                    grows |= first;
                    if let Some(object) = model.object(&ty) {
                        grows |= self.complete_object(object, subgraph, first, random);
                    } else if let Some(interface) = model.interface(&ty) {
                        grows |= self.complete_interface(interface, subgraph, first, random);
                    } else if let Some((_, members)) = model.unions.iter().find(|(name, _)| *name == ty) {
                        grows |= self.add_members(members, subgraph, first, random);
                    }
                }
            }
        }
    }

    fn complete_object(
        &mut self,
        object: &Object,
        subgraph: usize,
        first: bool,
        random: &mut Random,
    ) -> bool {
        let mut grew = false;
        if first && !object.keys.is_empty() {
            let mut keys = random.some(&object.keys, 60);
            if keys.is_empty() {
                keys.push(random.pick(&object.keys).clone());
            }
            if self.homes.get(&object.name) == Some(&subgraph) {
                keys = object.keys.clone();
            }
            for field in &object.fields {
                if keys.iter().any(|key| key.split(' ').any(|word| word == field.name)) {
                    grew |= self.place(subgraph, &object.name, &field.name, Role::Owner);
                }
            }
            self.keys.insert((subgraph, object.name.clone()), keys);
        }
        for field in &object.fields {
            if object.is_value() {
                grew |= self.place(subgraph, &object.name, &field.name, Role::Owner);
            }
            if self.role(subgraph, &object.name, &field.name).is_some() {
                grew |= self.need(field, subgraph);
            }
        }
        grew
    }

    fn complete_interface(
        &mut self,
        interface: &Interface,
        subgraph: usize,
        first: bool,
        random: &mut Random,
    ) -> bool {
        let mut grew = false;
        if interface.is_hierarchy() {
            if subgraph == self.hierarchy.0 {
                for member in &interface.members {
                    grew |= self.types[subgraph].insert(member.clone());
                }
                for field in &interface.fields {
                    grew |= self.need(field, subgraph);
                }
            } else {
                for field in interface.added.iter().chain(&interface.fields) {
                    if self.role(subgraph, &interface.name, &field.name).is_some() {
                        grew |= self.need(field, subgraph);
                    }
                }
            }
            return grew;
        }
        grew |= self.add_members(&interface.members, subgraph, first, random);
        // An interface has a field, which all of its implementations have.
        for member in interface
            .members
            .iter()
            .filter(|member| self.types[subgraph].contains(*member))
            .cloned()
            .collect::<Vec<_>>()
        {
            if let Some(field) = interface.fields.first() {
                grew |= self.place(subgraph, &member, &field.name, Role::Owner);
            }
        }
        grew
    }

    /// The first member is known wherever the abstract type is, so that subgraphs which answer for the same field can agree.
    fn add_members(&mut self, members: &[String], subgraph: usize, first: bool, random: &mut Random) -> bool {
        let mut grew = false;
        for (at, member) in members.iter().enumerate() {
            if at == 0 || (first && random.chance(60)) {
                grew |= self.types[subgraph].insert(member.clone());
            }
        }
        grew
    }

    /// The types that a field names.
    fn need(&mut self, field: &Field, subgraph: usize) -> bool {
        let mut grew = false;
        let types = field.arguments.iter().map(|(_, ty)| ty).chain([&field.base]);
        for ty in types {
            if !["Int", "Float", "String", "Boolean", "ID"].contains(&ty.as_str()) {
                grew |= self.types[subgraph].insert(ty.clone());
            }
            if ty == "Filter" {
                for more in ["Mood", "Range"] {
                    grew |= self.types[subgraph].insert(more.to_owned());
                }
            }
        }
        grew
    }
}

fn is_leaf(model: &Model, base: &str) -> bool {
    model.object(base).is_none()
        && model.interface(base).is_none()
        && !model.unions.iter().any(|(n, _)| n == base)
}

/// A field in a field set: a leaf, or an object without keys and a leaf of it.
fn selected(model: &Model, field: &Field, random: &mut Random) -> Option<String> {
    let number = field.arguments.iter().find(|(text, _)| text.starts_with("a: Int"));
    let given = number.is_some_and(|(text, _)| text == "a: Int!" || random.chance(50));
    let arguments = if given { format!("(a: {})", 1 + random.below(3)) } else { String::new() };
    let name = format!("{}{arguments}", field.name);
    if is_leaf(model, &field.base) {
        return Some(name);
    }
    let object = model.object(&field.base).filter(|object| object.is_value())?;
    // What fails below would take what is needed with it.
    if !object.fields.iter().all(|leaf| is_leaf(model, &leaf.base)) {
        return None;
    }
    let leaf = object.fields.iter().find(|leaf| is_leaf(model, &leaf.base) && leaf.arguments.is_empty())?;
    Some(format!("{name} {{ {} }}", leaf.name))
}
