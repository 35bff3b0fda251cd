//! A naive GraphQL executor over the universe, for the monolith and, strictly, for a subgraph.

use apollo_compiler::ast::Value as Ast;
use apollo_compiler::executable::{Field, FieldSet, Operation, Selection, SelectionSet};
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Name, Node, Schema};
use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::subgraphs::{Subgraph, World};
use super::universe::{Object, Resolved, possible};

/// Runs operations. With a subgraph: as that subgraph, refusing what it cannot answer.
pub struct Executor<'a> {
    pub world: &'a World,
    pub subgraph: Option<&'a Subgraph>,
    pub document: &'a ExecutableDocument,
    pub variables: &'a Map<String, Value>,
}

/// An object on the way, with what `@provides` made visible and the representation it came by.
#[derive(Clone)]
struct At {
    object: Object,
    /// The type that the subgraph takes it for.
    known_as: String,
    visible: Vec<SelectionSet>,
    representation: Option<Value>,
    /// The objects above it, the nearest last.
    above: Vec<Object>,
}

impl<'a> Executor<'a> {
    fn schema(&self) -> &'a Valid<Schema> {
        self.subgraph.map_or(&self.world.api, |s| &s.schema)
    }

    pub fn run(&self, operation: &Operation) -> Value {
        let ty = operation.object_type().to_string();
        let root = At {
            object: Object { ty: ty.clone(), number: 0 },
            known_as: ty,
            visible: Vec::new(),
            representation: None,
            above: Vec::new(),
        };
        self.selections(&root, &[&operation.selection_set])
    }

    fn holds(&self, value: &Ast) -> bool {
        match value {
            Ast::Boolean(b) => *b,
            Ast::Variable(name) => self
                .variables
                .get(name.as_str())
                .and_then(Value::as_bool)
                .unwrap_or_else(|| panic!("variable {name} is not there: {:?}", self.variables)),
            _ => panic!("not a condition"),
        }
    }

    fn collect<'d>(&self, at: &At, set: &'d SelectionSet, into: &mut IndexMap<Name, Vec<&'d Node<Field>>>)
    where
        'a: 'd,
    {
        for selection in &set.selections {
            let directive = |name: &str| {
                selection.directives().get(name).and_then(|d| d.specified_argument_by_name("if"))
            };
            if directive("skip").is_some_and(|v| self.holds(v))
                || directive("include").is_some_and(|v| !self.holds(v))
            {
                continue;
            }
            match selection {
                Selection::Field(field) => into.entry(field.response_key().clone()).or_default().push(field),
                Selection::InlineFragment(fragment) => {
                    if fragment.type_condition.as_ref().is_none_or(|t| self.is(at, t)) {
                        self.collect(at, &fragment.selection_set, into);
                    }
                }
                Selection::FragmentSpread(spread) => {
                    let fragment = self.document.fragments.get(&spread.fragment_name).unwrap();
                    if self.is(at, fragment.type_condition()) {
                        self.collect(at, &fragment.selection_set, into);
                    }
                }
            }
        }
    }

    fn is(&self, at: &At, ty: &str) -> bool {
        ty == at.known_as || possible(self.schema(), ty).contains(&at.known_as)
    }

    fn selections<'d>(&self, at: &At, sets: &[&'d SelectionSet]) -> Value
    where
        'a: 'd,
    {
        let mut collected = IndexMap::new();
        for set in sets {
            self.collect(at, set, &mut collected);
        }
        let mut answer = Map::new();
        for (key, fields) in collected {
            let value = self.field(at, &fields);
            answer.insert(key.to_string(), value);
        }
        Value::Object(answer)
    }

    fn field(&self, at: &At, fields: &[&Node<Field>]) -> Value {
        let field = fields[0];
        let name = field.name.as_str();
        if name == "__typename" {
            return json!(at.known_as);
        }
        if name.starts_with("__") {
            return json!("introspection");
        }
        let sets: Vec<&SelectionSet> = fields.iter().map(|f| &f.selection_set).collect();
        if name == "_entities" && self.subgraph.is_some() {
            return self.entities(field, &sets);
        }
        let mut arguments = self.arguments(field);
        if self.subgraph.is_none() {
            arguments.extend(self.contextual(at, name));
        }
        let arguments = in_order(arguments);
        let extra = self.extra(at, name);
        let mut visible = Vec::new();
        if let Some(subgraph) = self.subgraph {
            check_external(subgraph, at, name);
            for set in &at.visible {
                visible.extend(inner(set, name, &at.known_as));
            }
            if let Some(text) = subgraph.provides.get(&format!("{}.{name}", at.known_as)) {
                let target = field.definition.ty.inner_named_type().clone();
                visible
                    .push(FieldSet::parse(&subgraph.schema, target, text, "provides").unwrap().selection_set);
            }
        }
        let resolved = self.world.resolve(&at.object, name, &arguments, &extra);
        let above = [&at.above[..], std::slice::from_ref(&at.object)].concat();
        self.complete(&resolved, field.definition.ty.inner_named_type(), &sets, &visible, &above)
    }

    /// What a field takes from the objects above its object.
    fn contextual(&self, at: &At, field: &str) -> Vec<String> {
        let arguments = self.world.contextual.get(&format!("{}.{field}", at.object.ty));
        let taken = arguments.into_iter().flatten().filter_map(|argument| {
            let nearest = at.above.iter().rev().find(|object| argument.setters.contains(&object.ty))?;
            let set = parse(&self.world.whole, &nearest.ty, &argument.selection);
            let value = self.taken(nearest, &set);
            (!value.is_null()).then(|| format!("{}={value}", argument.name))
        });
        taken.collect()
    }

    /// The one value that is selected of an object.
    fn taken(&self, object: &Object, set: &SelectionSet) -> Value {
        if set.fields().any(|field| field.name == "__typename") {
            return json!(object.ty);
        }
        let whole = self.whole(object, set);
        innermost(whole.as_object().unwrap().values().next().unwrap_or(&Value::Null))
    }

    /// What the field's value is computed from.
    fn extra(&self, at: &At, name: &str) -> String {
        match self.subgraph {
            None => {
                // Of all subgraphs that declare the field, the one with requirements computes it.
                let coordinate = format!("{}.{name}", at.object.ty);
                let interfaces = self.world.interface_objects.iter().map(|i| format!("{i}.{name}"));
                let owner = std::iter::once(coordinate).chain(interfaces).find_map(|c| {
                    self.world.subgraphs.values().find(|s| s.requires.contains_key(&c)).map(|s| (s, c))
                });
                let Some((owner, coordinate)) = owner else { return String::new() };
                let fields = &owner.requires[&coordinate];
                let declared = coordinate.split('.').next().unwrap();
                let declaring = if possible(&self.world.whole, declared).contains(&at.object.ty) {
                    declared
                } else {
                    return String::new();
                };
                let set = parse(&self.world.whole, declaring, fields);
                format!("<{}>", self.whole(&at.object, &set))
            }
            Some(subgraph) => {
                let Some(fields) = subgraph.requires.get(&format!("{}.{name}", at.known_as)) else {
                    return String::new();
                };
                let Some(representation) = &at.representation else {
                    panic!("{}: {}.{name} has requirements and no representation", subgraph.name, at.known_as)
                };
                let set = parse(&self.world.whole, &at.known_as, fields);
                format!("<{}>", self.pick(representation, &at.object.ty, &set))
            }
        }
    }

    /// The selected values of an object, as the whole universe has them.
    fn whole(&self, object: &Object, set: &SelectionSet) -> Value {
        let mut answer = Map::new();
        for field in flat(set, &object.ty, &self.world.whole) {
            let arguments = in_order(self.arguments(field));
            let root = At {
                object: object.clone(),
                known_as: object.ty.clone(),
                visible: Vec::new(),
                representation: None,
                above: Vec::new(),
            };
            let monolith = Executor {
                world: self.world,
                subgraph: None,
                document: self.document,
                variables: self.variables,
            };
            let extra = monolith.extra(&root, &field.name);
            let value = self.world.resolve(object, &field.name, &arguments, &extra);
            answer.insert(field.name.to_string(), self.whole_value(&value, &field.selection_set));
        }
        Value::Object(answer)
    }

    fn whole_value(&self, value: &Resolved, set: &SelectionSet) -> Value {
        match value {
            Resolved::Null => Value::Null,
            Resolved::Leaf(leaf) => leaf.clone(),
            Resolved::Object(object) => self.whole(object, set),
            Resolved::List(items) => items.iter().map(|item| self.whole_value(item, set)).collect(),
        }
    }

    /// The same, out of a representation.
    fn pick(&self, from: &Value, ty: &str, set: &SelectionSet) -> Value {
        match from {
            Value::Array(items) => items.iter().map(|item| self.pick(item, ty, set)).collect(),
            Value::Object(map) => {
                let ty = map.get("__typename").and_then(Value::as_str).unwrap_or(ty);
                let mut answer = Map::new();
                let ty = if possible(&self.world.whole, ty).len() > 1 {
                    possible(&self.world.whole, ty)[0].clone()
                } else {
                    ty.to_owned()
                };
                for field in flat(set, &ty, &self.world.whole) {
                    let value = map
                        .get(field.name.as_str())
                        .unwrap_or_else(|| panic!("{} is not sent in {from}", field.name));
                    let target = field.definition.ty.inner_named_type().to_string();
                    let value = if field.selection_set.is_empty() {
                        value.clone()
                    } else {
                        self.pick(value, &target, &field.selection_set)
                    };
                    answer.insert(field.name.to_string(), value);
                }
                Value::Object(answer)
            }
            other => other.clone(),
        }
    }

    fn entities(&self, field: &Field, sets: &[&SelectionSet]) -> Value {
        let subgraph = self.subgraph.unwrap();
        let variable = field.arguments[0].value.as_variable().unwrap();
        let representations = self.variables[variable.as_str()].as_array().unwrap();
        representations
            .iter()
            .map(|representation| {
                let known_as = representation["__typename"].as_str().unwrap().to_owned();
                let keys = &subgraph.keys[&known_as];
                let fits = |object: &Object| {
                    keys.iter().any(|key| {
                        let set = parse(&self.world.whole, &known_as, key);
                        has(representation, &set)
                            && self.pick(representation, &object.ty, &set) == self.whole(object, &set)
                    })
                };
                let object = self.world.candidates(&known_as).into_iter().find(fits);
                let object =
                    object.unwrap_or_else(|| panic!("{} does not know {representation}", subgraph.name));
                // A subgraph that knows the implementations finds the object's own type.
                let known_as =
                    if subgraph.interface_objects.contains(&known_as) { known_as } else { object.ty.clone() };
                let at = At {
                    object,
                    known_as,
                    visible: Vec::new(),
                    representation: Some(representation.clone()),
                    above: Vec::new(),
                };
                self.selections(&at, sets)
            })
            .collect()
    }

    fn complete(
        &self,
        value: &Resolved,
        declared: &str,
        sets: &[&SelectionSet],
        visible: &[SelectionSet],
        above: &[Object],
    ) -> Value {
        match value {
            Resolved::Null => Value::Null,
            Resolved::Leaf(leaf) => leaf.clone(),
            Resolved::List(items) => {
                items.iter().map(|i| self.complete(i, declared, sets, visible, above)).collect()
            }
            Resolved::Object(object) => {
                let as_interface = self.subgraph.is_some_and(|s| s.interface_objects.contains(declared));
                let known_as = if as_interface { declared.to_owned() } else { object.ty.clone() };
                if let Some(s) = self.subgraph {
                    assert!(
                        s.schema.types.contains_key(known_as.as_str()),
                        "{} does not know {known_as}",
                        s.name
                    );
                }
                let at = At {
                    object: object.clone(),
                    known_as,
                    visible: visible.to_vec(),
                    representation: None,
                    above: above.to_vec(),
                };
                self.selections(&at, sets)
            }
        }
    }

    fn arguments(&self, field: &Field) -> Vec<String> {
        let arguments = field.arguments.iter();
        let given = arguments.filter_map(|a| {
            let value = self.json(&a.value)?;
            (!value.is_null()).then(|| format!("{}={value}", a.name))
        });
        given.collect()
    }

    fn json(&self, value: &Ast) -> Option<Value> {
        Some(match value {
            Ast::Null => Value::Null,
            Ast::Enum(name) => json!(name.as_str()),
            Ast::Variable(name) => self.variables.get(name.as_str())?.clone(),
            Ast::String(text) => json!(text),
            Ast::Float(f) => json!(f.as_str()),
            Ast::Int(i) => json!(i.try_to_i32().unwrap()),
            Ast::Boolean(b) => json!(b),
            Ast::List(items) => items.iter().filter_map(|i| self.json(i)).collect(),
            Ast::Object(fields) => Value::Object(
                fields.iter().filter_map(|(k, v)| Some((k.to_string(), self.json(v)?))).collect(),
            ),
        })
    }
}

fn in_order(mut arguments: Vec<String>) -> String {
    arguments.sort();
    arguments.join(",")
}

/// What is left where each object has one field.
fn innermost(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(innermost).collect(),
        Value::Object(fields) => fields.values().next().map_or(Value::Null, innermost),
        leaf => leaf.clone(),
    }
}

/// A field set over the whole supergraph.
fn parse(schema: &Schema, ty: &str, text: &str) -> SelectionSet {
    let schema = Valid::assume_valid_ref(schema);
    FieldSet::parse(schema, Name::new_unchecked(ty), text, "field set").unwrap().selection_set.clone()
}

/// The fields of a field set that are for objects of a type.
fn flat<'d>(set: &'d SelectionSet, ty: &str, schema: &Schema) -> Vec<&'d Node<Field>> {
    let mut all = Vec::new();
    for selection in &set.selections {
        match selection {
            Selection::Field(field) if field.name != "__typename" => all.push(field),
            Selection::InlineFragment(fragment) => {
                let condition = fragment.type_condition.as_ref();
                if condition.is_none_or(|c| possible(schema, c).contains(&ty.to_owned())) {
                    all.extend(flat(&fragment.selection_set, ty, schema));
                }
            }
            _ => {}
        }
    }
    all
}

fn has(representation: &Value, set: &SelectionSet) -> bool {
    set.fields().all(|f| f.name == "__typename" || representation.get(f.name.as_str()).is_some())
}

fn names(set: &SelectionSet, ty: &str) -> Vec<String> {
    let mut all = Vec::new();
    for selection in &set.selections {
        match selection {
            Selection::Field(field) => all.push(field.name.to_string()),
            Selection::InlineFragment(f) if f.type_condition.as_ref().is_none_or(|c| *c == ty) => {
                all.extend(names(&f.selection_set, ty));
            }
            _ => {}
        }
    }
    all
}

fn inner(set: &SelectionSet, name: &str, ty: &str) -> Vec<SelectionSet> {
    let mut all = Vec::new();
    for selection in &set.selections {
        match selection {
            Selection::Field(field) if field.name == name => all.push(field.selection_set.clone()),
            Selection::InlineFragment(f) if f.type_condition.as_ref().is_none_or(|c| *c == ty) => {
                all.extend(inner(&f.selection_set, name, ty));
            }
            _ => {}
        }
    }
    all
}

fn check_external(subgraph: &Subgraph, at: &At, name: &str) {
    let coordinate = format!("{}.{name}", at.known_as);
    assert!(!subgraph.overridden.contains(&coordinate), "{} lost {coordinate}", subgraph.name);
    if !subgraph.external.contains(&coordinate) {
        return;
    }
    let provided = at.visible.iter().any(|set| names(set, &at.known_as).contains(&name.to_owned()));
    let keys = subgraph.keys.get(&at.known_as);
    let extension_key = subgraph.extensions.contains(&at.known_as)
        && keys.is_some_and(|keys| keys.iter().any(|k| k.split(' ').any(|w| w == name)));
    assert!(provided || extension_key, "{} does not resolve external {coordinate}", subgraph.name);
}
