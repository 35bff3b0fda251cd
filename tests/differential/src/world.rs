//! The data behind a graph. No value is stored: each is derived from the seed, the object and the field, so that the one server and
//! every subgraph tell the same.

use std::collections::{BTreeMap, HashSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use apollo_compiler::Schema;
use apollo_compiler::executable::{Selection, SelectionSet};
use apollo_compiler::response::{JsonMap, JsonValue};
use apollo_compiler::schema::{ExtendedType, Type};
use apollo_compiler::validation::Valid;

use crate::argument::{canonical, selected_arguments};
use crate::case::Graph;
use crate::random::hash;
use crate::view::{Coordinate, View};

/// How many objects there are of a type that has keys, or of an interface that has them.
const ENTITIES: u64 = 6;

/// An object. Where the type has keys, there are [`ENTITIES`] of it; else as many as there are numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Object {
    pub(crate) ty: String,
    pub(crate) number: u64,
}

/// What a field is worth.
pub(crate) enum Worth {
    Leaf(JsonValue),
    Object(Object),
    List(Vec<Result<Worth, String>>),
}

/// A graph's data, and the subgraphs' views of it.
pub(crate) struct World {
    seed: u64,
    pub(crate) whole: Valid<Schema>,
    pub(crate) views: Vec<View>,
    /// Interfaces that some subgraph knows as an object, and their implementations.
    hierarchies: BTreeMap<String, Vec<String>>,
    /// Fields in keys: they tell objects apart, and are never null.
    solid: HashSet<Coordinate>,
    /// Fields in any field set. They never fail, and neither does what stands beside them in an object without a key: whether a failure
    /// in what nobody asked for is told, and what is computed from what a failure took along, the specifications leave open.
    needed: HashSet<Coordinate>,
    /// How many mutations were executed since the answer began.
    steps: AtomicU64,
    /// What the gateway must not have asked of a subgraph.
    pub(crate) violations: Mutex<Vec<String>>,
}

impl World {
    pub(crate) fn new(graph: &Graph) -> Result<Self, String> {
        let whole = Schema::parse_and_validate(&graph.monolith, "monolith.graphql")
            .map_err(|error| error.errors.to_string())?;
        let read = |(name, sdl): (&String, &String)| View::read(name, sdl, &whole);
        let mut views = graph.subgraphs.iter().map(read).collect::<Result<Vec<View>, String>>()?;
        let overrides: Vec<_> = views.iter().flat_map(|view| view.overrides.clone()).collect();
        for (at, from) in overrides {
            views.iter_mut().filter(|view| view.name == from).for_each(|view| {
                view.lost.insert(at.clone());
            });
        }
        let mut world = Self {
            seed: graph.seed,
            hierarchies: views
                .iter()
                .flat_map(|view| &view.interface_objects)
                .map(|name| (name.clone(), possible(&whole, name)))
                .collect(),
            whole,
            views,
            solid: HashSet::new(),
            needed: HashSet::new(),
            steps: AtomicU64::new(0),
            violations: Mutex::new(Vec::new()),
        };
        let (mut solid, mut needed) = (HashSet::new(), HashSet::new());
        for view in &world.views {
            view.keys.values().flatten().for_each(|set| world.note(set, &mut solid));
            view.requires.values().chain(view.provides.values()).for_each(|set| world.note(set, &mut needed));
        }
        needed.extend(solid.iter().cloned());
        (world.solid, world.needed) = (solid, needed);
        Ok(world)
    }

    /// Forgets what was executed.
    pub(crate) fn begin(&self) {
        self.steps.store(0, Ordering::Relaxed);
    }

    /// The object that a mutation is executed on: its number is how many were before.
    pub(crate) fn step(&self) -> u64 {
        self.steps.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn violation(&self, message: String) -> String {
        if let Ok(mut violations) = self.violations.lock() {
            violations.push(message.clone());
        }
        message
    }

    fn note(&self, set: &SelectionSet, into: &mut HashSet<Coordinate>) {
        for field in set.selections.iter().filter_map(Selection::as_field) {
            let types = possible(&self.whole, &set.ty).into_iter().chain([set.ty.to_string()]);
            into.extend(types.map(|ty| (ty, field.name.to_string())));
            self.note(&field.selection_set, into);
        }
    }

    /// The name under which objects of a type are counted.
    pub(crate) fn counted_as<'a>(&'a self, ty: &'a str) -> &'a str {
        let hierarchy = self.hierarchies.iter().find(|(_, types)| types.iter().any(|one| one == ty));
        hierarchy.map_or(ty, |(name, _)| name)
    }

    /// The type that a field's value belongs to: an interface, where its subgraph does not know the object's type.
    fn told_of<'a>(&'a self, ty: &'a str, field: &str) -> &'a str {
        let interface = self.counted_as(ty);
        let at = (interface.to_owned(), field.to_owned());
        let by_interface = |view: &View| {
            view.interface_objects.contains(interface)
                && view.schema.type_field(interface, field).is_ok()
                && view.resolves(&at)
        };
        if self.solid.contains(&at) || self.views.iter().any(by_interface) { interface } else { ty }
    }

    fn is_entity(&self, ty: &str) -> bool {
        let interface = self.counted_as(ty);
        self.views.iter().any(|view| view.keys.contains_key(ty) || view.keys.contains_key(interface))
    }

    /// Whether nothing but an object's key is known. Only of types with one key, the same in all subgraphs: with two, whoever looks
    /// the object up by one of them in vain does not learn the other, which the one server has. And only where nothing else is needed
    /// of it, which could not be told.
    pub(crate) fn is_missing(&self, object: &Object) -> bool {
        let more_is_needed = || self.needed.iter().any(|at| at.0 == object.ty && !self.solid.contains(at));
        if self.counted_as(&object.ty) != object.ty || more_is_needed() {
            return false;
        }
        let mut keys = self.views.iter().filter_map(|view| view.keys.get(&object.ty)).flatten();
        let Some(first) = keys.next() else { return false };
        keys.all(|key| key == first)
            && hash(self.seed, &["missing", &object.ty, &object.number.to_string()]).is_multiple_of(7)
    }

    pub(crate) fn is_solid(&self, ty: &str, field: &str) -> bool {
        self.solid.contains(&(ty.to_owned(), field.to_owned()))
    }

    /// The value of an object's field, `required` being what it is computed from.
    pub(crate) fn resolve(
        &self,
        object: &Object,
        field: &str,
        arguments: &str,
        required: &str,
    ) -> Result<Worth, String> {
        let definition = self
            .whole
            .type_field(&object.ty, field)
            .map_err(|_| format!("no field {}.{field}", object.ty))?;
        let solid = self.is_solid(&object.ty, field);
        if !solid && self.is_missing(object) {
            // apollo-compiler looks at the type that the selection has, which may be an interface's and allow null.
            if definition.ty.is_non_null() {
                return Err(format!("there is no {} {}", object.ty, object.number));
            }
            return Ok(Worth::Leaf(JsonValue::Null));
        }
        let of = self.told_of(&object.ty, field);
        let number = object.number.to_string();
        let draw = hash(self.seed, &[of, &number, field, arguments, required]);
        let at = (object.ty.clone(), field.to_owned());
        // The gateway may ask an interface object for what the client wants of some of its types only (see README.md).
        let may_fail = of == object.ty
            && !self.needed.contains(&at)
            && (self.is_entity(of) || !self.needed.iter().any(|(ty, _)| ty == of))
            && hash(self.seed, &["fails", of, field]).is_multiple_of(5);
        if may_fail && hash(draw, &["fails"]).is_multiple_of(5) {
            return Err(format!("{of}.{field} of {number} fails"));
        }
        let place = Place { object, field, of, solid, may_fail };
        Ok(self.value(&place, &definition.ty, draw))
    }

    fn value(&self, place: &Place<'_>, ty: &Type, draw: u64) -> Worth {
        if !ty.is_non_null() && !place.solid && hash(draw, &["null"]).is_multiple_of(7) {
            return Worth::Leaf(JsonValue::Null);
        }
        match ty {
            Type::List(item) | Type::NonNullList(item) => {
                let items = (0..hash(draw, &["length"]) % 4).map(|at| {
                    let draw = hash(draw, &["item", &at.to_string()]);
                    if place.may_fail && hash(draw, &["fails"]).is_multiple_of(9) {
                        return Err("an item fails".to_owned());
                    }
                    Ok(self.value(place, item, draw))
                });
                Worth::List(items.collect())
            }
            Type::Named(name) | Type::NonNullNamed(name) => match &self.whole.types[name] {
                ExtendedType::Enum(definition) => {
                    let at = usize::try_from(draw % definition.values.len() as u64).unwrap_or(0);
                    Worth::Leaf(
                        definition.values.keys().nth(at).map_or(JsonValue::Null, |v| v.as_str().into()),
                    )
                }
                ExtendedType::Scalar(_) => Worth::Leaf(leaf(place, name, draw)),
                _ => Worth::Object(self.object(place, name, draw)),
            },
        }
    }

    /// The object that a field refers to.
    fn object(&self, place: &Place<'_>, declared: &str, draw: u64) -> Object {
        let types = self.possible_at(place.of, place.field, declared);
        let Some(ty) = types.get(usize::try_from(draw % types.len().max(1) as u64).unwrap_or(0)) else {
            return Object { ty: declared.to_owned(), number: 0 };
        };
        if !self.is_entity(ty) {
            let number = if place.solid { place.object.number } else { draw };
            return Object {
                ty: ty.clone(),
                number: hash(self.seed, &[place.of, place.field, &number.to_string()]),
            };
        }
        let number = if place.solid { place.object.number } else { draw >> 8 };
        let numbers = (0..ENTITIES).map(|more| self.entity(ty, (number.wrapping_add(more)) % ENTITIES));
        // Of a hierarchy, the number says the type.
        numbers
            .into_iter()
            .find(|object| types.contains(&object.ty))
            .unwrap_or(Object { ty: ty.clone(), number: 0 })
    }

    /// The object of that number, of a type or of the interface it is counted as.
    fn entity(&self, ty: &str, number: u64) -> Object {
        let types = self.hierarchies.get(self.counted_as(ty));
        let own = types.and_then(|types| types.get(usize::try_from(number % types.len() as u64).ok()?));
        Object { ty: own.map_or(ty, String::as_str).to_owned(), number }
    }

    /// The object types that a field gives: those that every subgraph knows which answers for it.
    fn possible_at(&self, ty: &str, field: &str, declared: &str) -> Vec<String> {
        let mut types = possible(&self.whole, declared);
        let at = (ty.to_owned(), field.to_owned());
        for view in self.views.iter().filter(|view| view.resolves(&at)) {
            if view.schema.type_field(ty, field).is_ok() && !view.interface_objects.contains(declared) {
                let known = possible(&view.schema, declared);
                types.retain(|ty| known.contains(ty));
            }
        }
        types
    }

    /// The entity that a representation means.
    pub(crate) fn find(&self, view: &View, ty: &str, representation: &JsonMap) -> Option<Object> {
        let keys = view.keys.get(ty)?;
        let candidates = (0..ENTITIES).map(|number| self.entity(ty, number));
        candidates.filter(|object| object.ty == ty || self.counted_as(&object.ty) == ty).find(|object| {
            keys.iter()
                .any(|key| told(representation, key).is_some_and(|told| told == self.selected(object, key)))
        })
    }

    /// What an object has in a field set.
    pub(crate) fn selected(&self, object: &Object, set: &SelectionSet) -> JsonValue {
        let fields = set.selections.iter().filter_map(Selection::as_field).map(|field| {
            let required = self.required(object, &field.name);
            let arguments = selected_arguments(&self.whole, field);
            let value = match self.resolve(object, &field.name, &arguments, &required) {
                Ok(worth) => self.selected_of(worth, &field.selection_set),
                Err(_) => JsonValue::Null,
            };
            (field.name.as_str().into(), value)
        });
        JsonValue::Object(fields.collect())
    }

    fn selected_of(&self, worth: Worth, set: &SelectionSet) -> JsonValue {
        match worth {
            Worth::Leaf(leaf) => leaf,
            Worth::Object(object) => self.selected(&object, set),
            Worth::List(items) => items
                .into_iter()
                .map(|item| item.map_or(JsonValue::Null, |item| self.selected_of(item, set)))
                .collect::<Vec<_>>()
                .into(),
        }
    }

    /// What the one server computes a field from.
    pub(crate) fn required(&self, object: &Object, field: &str) -> String {
        let at = (self.told_of(&object.ty, field).to_owned(), field.to_owned());
        let set = self.views.iter().find_map(|view| view.requires.get(&at));
        set.map_or_else(String::new, |set| canonical(&self.selected(object, set)))
    }
}

/// Where a value stands.
struct Place<'a> {
    object: &'a Object,
    field: &'a str,
    of: &'a str,
    solid: bool,
    may_fail: bool,
}

fn leaf(place: &Place<'_>, ty: &str, draw: u64) -> JsonValue {
    let small = i32::try_from(draw % 1000).unwrap_or(0);
    if place.solid {
        let number = place.object.number;
        return match ty {
            "Int" => i32::try_from(number % 1_000_000).unwrap_or(0).into(),
            _ => format!("{}-{}-{number}", place.of, place.field).into(),
        };
    }
    match ty {
        "Int" => (small - 100).into(),
        "Float" => (f64::from(small) / 8.0 - 10.0).into(),
        "Boolean" => draw.is_multiple_of(2).into(),
        "ID" => format!("{}:{small}", place.of).into(),
        "String" if draw.is_multiple_of(11) => "\"\\\u{e9}\u{1f600}\n".into(),
        "String" => format!("{} {small}", place.field).into(),
        // Scalars of the graph's own are whatever JSON there is.
        _ => match draw % 5 {
            0 => small.into(),
            1 => serde_json::json!([small, null, "x", { "b": 1, "a": [] }]).into(),
            2 => serde_json::json!({ "z": { "y": small }, "__typename": "none", "id": 1 }).into(),
            3 => draw.is_multiple_of(2).into(),
            _ => format!("{ty} {small}").into(),
        },
    }
}

/// What a representation says in a field set; `None` where it leaves something out.
pub(crate) fn told(from: &JsonMap, set: &SelectionSet) -> Option<JsonValue> {
    let fields = set.selections.iter().filter_map(Selection::as_field).map(|field| {
        let value = told_of(from.get(field.name.as_str())?, &field.selection_set)?;
        Some((field.name.as_str().into(), value))
    });
    Some(JsonValue::Object(fields.collect::<Option<_>>()?))
}

fn told_of(value: &JsonValue, set: &SelectionSet) -> Option<JsonValue> {
    match value {
        _ if set.selections.is_empty() => Some(value.clone()),
        JsonValue::Array(items) => {
            Some(items.iter().map(|item| told_of(item, set)).collect::<Option<Vec<_>>>()?.into())
        }
        JsonValue::Object(fields) => told(fields, set),
        other => Some(other.clone()),
    }
}

/// The object types behind a type.
pub(crate) fn possible(schema: &Schema, name: &str) -> Vec<String> {
    match schema.types.get(name) {
        Some(ExtendedType::Object(_)) => vec![name.to_owned()],
        Some(ExtendedType::Union(union)) => union.members.iter().map(ToString::to_string).collect(),
        Some(ExtendedType::Interface(_)) => schema
            .types
            .values()
            .filter_map(|ty| ty.as_object())
            .filter(|object| object.implements_interfaces.iter().any(|one| *one == *name))
            .map(|object| object.name.to_string())
            .collect(),
        _ => Vec::new(),
    }
}
