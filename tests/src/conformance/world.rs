//! The objects behind a group, of which every subgraph shows a part.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::schema::SubgraphSchema;

/// Fields of an object.
pub(super) type Fields = Map<String, Value>;

/// What `data.yaml` holds.
///
/// A field's value is JSON; where the schema has an object, text such as `Product/p1` refers to an entity, and a map is an
/// object without a name of its own (with `__typename` where the schema leaves it open). Maps with a `$` compute:
///
/// - `{$by: {…}, $else: …}`: the entry named by the arguments' values, joined by commas in the order of their names;
/// - `{$echo: true}`: the arguments as JSON text;
/// - `{$error: text}`: fails;
/// - `{$log: text}`: adds an entry to a log that all subgraphs share, and tells all of it; `{$log: null}` only tells.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct World {
    /// Fields of the root types.
    #[serde(default)]
    roots: BTreeMap<String, Fields>,
    /// By type, then by a name that references use.
    #[serde(default)]
    entities: BTreeMap<String, BTreeMap<String, Fields>>,
    /// How fields with `@requires` come out of what they require, by coordinate: text with paths in braces, and `{$name}` for
    /// arguments.
    #[serde(default)]
    pub(super) compute: BTreeMap<String, String>,
    /// What is different in one subgraph: by subgraph, then by reference. Null: it does not know the object.
    #[serde(default)]
    only: BTreeMap<String, BTreeMap<String, Option<Fields>>>,
    /// What each object type implements, in any subgraph.
    #[serde(skip)]
    pub(super) implements: BTreeMap<String, BTreeSet<String>>,
    #[serde(skip)]
    log: Mutex<Vec<String>>,
}

/// An object of the world, seen from one place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found<'a> {
    /// Its object type.
    pub(super) ty: &'a str,
    /// What everybody sees.
    pub(super) fields: &'a Fields,
    /// What one subgraph sees instead.
    pub(super) own: Option<&'a Fields>,
}

/// What one subgraph has of an object, beside what everybody has.
enum Own<'a> {
    Nothing,
    /// It does not know the object.
    Missing,
    Fields(&'a Fields),
}

impl<'a> Own<'a> {
    fn fields(self) -> Option<&'a Fields> {
        if let Self::Fields(fields) = self { Some(fields) } else { None }
    }
}

impl World {
    /// Learns which types implement what.
    pub(super) fn learn(&mut self, subgraphs: &[SubgraphSchema]) {
        for (ty, interfaces) in subgraphs.iter().flat_map(|subgraph| &subgraph.implements) {
            self.implements.entry(ty.clone()).or_default().extend(interfaces.iter().cloned());
        }
    }

    /// A root object; `kind` is `query` or `mutation`.
    pub(super) fn root<'a>(&'a self, kind: &'a str, subgraph: Option<&str>) -> Option<Found<'a>> {
        let fields = self.roots.get(kind)?;
        Some(Found { ty: kind, fields, own: self.own(kind, subgraph).fields() })
    }

    /// The entity that a reference means; `None` where there is none, or none in that subgraph.
    pub(super) fn entity(&self, reference: &str, subgraph: Option<&str>) -> Option<Found<'_>> {
        let (ty, name) = reference.split_once('/')?;
        let (ty, all) = self.entities.get_key_value(ty)?;
        let fields = all.get(name).unwrap_or_else(|| panic!("data.yaml: there is no {reference}"));
        match self.own(reference, subgraph) {
            Own::Missing => None,
            own => Some(Found { ty, fields, own: own.fields() }),
        }
    }

    /// All entities of a type, or of one that implements it.
    pub(super) fn entities<'a>(
        &'a self,
        ty: &'a str,
        subgraph: Option<&'a str>,
    ) -> impl Iterator<Item = Found<'a>> {
        let fits = move |one: &str| {
            one == ty || self.implements.get(one).is_some_and(|interfaces| interfaces.contains(ty))
        };
        let all = self.entities.iter().filter(move |(one, _)| fits(one));
        all.flat_map(move |(one, all)| {
            all.keys().filter_map(move |name| self.entity(&format!("{one}/{name}"), subgraph))
        })
    }

    /// How a field comes out of what it requires: of the type, or of an interface that an interface object stands for.
    pub(super) fn rule(&self, ty: &str, field: &str) -> Option<&str> {
        let interfaces = self.implements.get(ty).into_iter().flatten().map(String::as_str);
        let mut types = std::iter::once(ty).chain(interfaces);
        types.find_map(|ty| self.compute.get(&format!("{ty}.{field}"))).map(String::as_str)
    }

    fn own(&self, reference: &str, subgraph: Option<&str>) -> Own<'_> {
        let only = subgraph.and_then(|subgraph| self.only.get(subgraph)?.get(reference));
        match only {
            None => Own::Nothing,
            Some(None) => Own::Missing,
            Some(Some(fields)) => Own::Fields(fields),
        }
    }

    /// Forgets what was logged.
    pub(super) fn forget(&self) {
        self.log.lock().expect("a log").clear();
    }

    /// Adds an entry, if there is one, and tells all.
    pub(super) fn log(&self, entry: Option<&str>) -> String {
        let mut log = self.log.lock().expect("a log");
        log.extend(entry.map(str::to_owned));
        log.join(" ")
    }
}

impl<'a> Found<'a> {
    /// A field's value, as it stands in the file.
    pub(super) fn get(&self, field: &str) -> Option<&'a Value> {
        self.own.and_then(|own| own.get(field)).or_else(|| self.fields.get(field))
    }
}
