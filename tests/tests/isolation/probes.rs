//! Random operations made out of a schema, with a hole wherever an id or a cursor can stand. Everything follows from a seed.

use apollo_compiler::ast::{Directive, Type};
use apollo_compiler::collections::IndexMap;
use apollo_compiler::schema::{Component, ExtendedType, FieldDefinition, InputValueDefinition};
use apollo_compiler::{Name, Node, Schema};
use fastrand::Rng;
use serde_json::{Map, Value, json};

/// How deep selections go.
const DEPTH: usize = 5;

/// The most fields that are selected of an object.
const WIDTH: usize = 6;

/// What can be put into a hole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hole {
    Id,
    Cursor,
    Sku,
}

impl Hole {
    const ALL: [(Self, &'static str); 3] =
        [(Self::Id, "\u{0}id"), (Self::Cursor, "\u{0}cursor"), (Self::Sku, "\u{0}sku")];

    fn template(self) -> Value {
        Self::ALL.into_iter().find(|(hole, _)| *hole == self).map_or(Value::Null, |(_, text)| json!(text))
    }

    fn of(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, template)| *template == text).map(|(hole, _)| hole)
    }
}

/// An operation whose variables have holes.
pub(crate) struct Probe {
    text: String,
    variables: Map<String, Value>,
}

impl Probe {
    /// The body of a request, each hole filled.
    pub(crate) fn body(&self, fill: &mut dyn FnMut(Hole) -> String) -> Value {
        let mut variables = Value::Object(self.variables.clone());
        fill_holes(&mut variables, fill);
        json!({ "query": self.text, "variables": variables })
    }
}

fn fill_holes(value: &mut Value, fill: &mut dyn FnMut(Hole) -> String) {
    match value {
        Value::String(text) => {
            if let Some(hole) = Hole::of(text) {
                *text = fill(hole);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| fill_holes(item, fill)),
        Value::Object(object) => object.values_mut().for_each(|value| fill_holes(value, fill)),
        _ => {}
    }
}

/// Makes probes of one schema.
pub(crate) struct Prober<'a> {
    schema: &'a Schema,
    random: Rng,
    declared: Vec<String>,
    variables: Map<String, Value>,
}

impl<'a> Prober<'a> {
    pub(crate) fn new(schema: &'a Schema, seed: u64) -> Self {
        Self { schema, random: Rng::with_seed(seed), declared: Vec::new(), variables: Map::new() }
    }

    /// An operation from these roots with at least one hole, if the schema has a place for one.
    pub(crate) fn operation(&mut self, roots: &[&'static str]) -> Option<Probe> {
        let schema = self.schema;
        let of_root =
            |root| fields_of(schema, root).into_iter().map(move |(name, field)| (root, name, field));
        let roots: Vec<(&str, &Name, &Component<FieldDefinition>)> =
            roots.iter().copied().flat_map(of_root).collect();
        (0..100).find_map(|_| {
            let (root, name, field) = roots[self.random.usize(..roots.len())];
            self.start();
            let selection = self.field(name, field, None, DEPTH)?;
            // A change that can name no other tenant's row is none of this test's.
            self.finish(if root == "Query" { "query" } else { "mutation" }, &selection)
        })
    }

    /// A question for entities, as a gateway puts it to a subgraph.
    pub(crate) fn entities(&mut self) -> Option<Probe> {
        let entities: Vec<(&Name, &str)> = self.schema.types.iter().flat_map(keys).collect();
        (0..100).find_map(|_| {
            let (name, key) = *entities.get(self.random.usize(..entities.len().max(1)))?;
            self.start();
            let representation = self.representation(name, key);
            self.declared.push("$representations: [_Any!]!".to_owned());
            self.variables.insert("representations".to_owned(), json!([representation]));
            let fields = self.selection(fields_of(self.schema, name), None, DEPTH - 1);
            let fields = if fields.is_empty() { "__typename".to_owned() } else { fields.join(" ") };
            let selection =
                format!("_entities(representations: $representations) {{ ... on {name} {{ {fields} }} }}");
            self.finish("query", &selection)
        })
    }

    fn start(&mut self) {
        self.declared.clear();
        self.variables = Map::new();
    }

    fn finish(&mut self, kind: &str, selection: &str) -> Option<Probe> {
        let variables = std::mem::take(&mut self.variables);
        let holes = serde_json::to_string(&variables).ok()?.contains("\\u0000");
        let declared =
            if self.declared.is_empty() { String::new() } else { format!("({})", self.declared.join(", ")) };
        holes.then(|| Probe { text: format!("{kind} Probe{declared} {{ {selection} }}"), variables })
    }

    /// The key of an entity, and now and then what its fields require of other subgraphs.
    fn representation(&mut self, name: &Name, key: &str) -> Value {
        let mut representation = Map::from_iter([("__typename".to_owned(), json!(name))]);
        for (field, definition) in fields_of(self.schema, name) {
            let in_key = key.split_whitespace().any(|part| part == field.as_str());
            let external = is_external(&definition.directives) && self.random.bool();
            if in_key || external {
                representation.insert(field.to_string(), self.external(field, &definition.ty, 2));
            }
        }
        Value::Object(representation)
    }

    /// What another subgraph could have said.
    fn external(&mut self, name: &str, ty: &Type, depth: usize) -> Value {
        match ty.inner_named_type().as_str() {
            "ID" => Hole::Id.template(),
            "String" if name == "sku" => Hole::Sku.template(),
            "Currency" => json!("EUR"),
            "Int" | "MinorUnits" => json!(self.random.i64(0..100_000)),
            named if depth > 0 && self.schema.get_object(named).is_some() => {
                let fields = fields_of(self.schema, named).into_iter();
                Value::Object(
                    fields
                        .map(|(name, field)| (name.to_string(), self.external(name, &field.ty, depth - 1)))
                        .collect(),
                )
            }
            _ => json!("A-000001"),
        }
    }

    fn field(
        &mut self,
        name: &Name,
        field: &FieldDefinition,
        member: Option<&Name>,
        depth: usize,
    ) -> Option<String> {
        let below = match self.schema.types.get(field.ty.inner_named_type())? {
            ExtendedType::Scalar(_) | ExtendedType::Enum(_) => String::new(),
            ExtendedType::InputObject(_) => return None,
            _ if depth == 0 => return None,
            ExtendedType::Object(object) => {
                braces(&self.selection(object.fields.iter().collect(), None, depth - 1))?
            }
            ExtendedType::Interface(interface) => {
                let mut own = self.selection(interface.fields.iter().collect(), None, depth - 1);
                let members = self.schema.implementers_map();
                let members =
                    members.get(&interface.name).into_iter().flat_map(|members| members.objects.iter());
                own.extend(self.members(members, depth));
                braces(&own)?
            }
            ExtendedType::Union(union) => {
                braces(&self.members(union.members.iter().map(|member| &member.name), depth))?
            }
        };
        let arguments = self.arguments(field)?;
        let alias = match member {
            Some(member) => format!("{member}_{name}: "),
            None if self.random.u8(..) < 32 => format!("also_{name}: "),
            None => String::new(),
        };
        Some(format!("{alias}{name}{arguments}{below}"))
    }

    /// Fragments on some of the members. Fields of one name may have another type in each: they answer under keys of their own.
    fn members<'m>(&mut self, members: impl Iterator<Item = &'m Name>, depth: usize) -> Vec<String> {
        let members: Vec<&Name> = members.filter(|_| self.random.bool()).collect();
        let fragments = members.into_iter().filter_map(|member| {
            let fields = self.selection(fields_of(self.schema, member), Some(member), depth - 1);
            Some(format!("... on {member}{}", braces(&fields)?))
        });
        fragments.collect()
    }

    /// Some of the fields, in any order.
    fn selection(
        &mut self,
        fields: Vec<(&Name, &Component<FieldDefinition>)>,
        member: Option<&Name>,
        depth: usize,
    ) -> Vec<String> {
        let mut fields: Vec<_> =
            fields.into_iter().filter(|(_, field)| !is_external(&field.directives)).collect();
        self.random.shuffle(&mut fields);
        fields.truncate(1 + self.random.usize(..WIDTH));
        fields.into_iter().filter_map(|(name, field)| self.field(name, field, member, depth)).collect()
    }

    fn arguments(&mut self, field: &FieldDefinition) -> Option<String> {
        let mut arguments = Vec::new();
        for argument in &field.arguments {
            let required = argument.is_required();
            let backwards = matches!(argument.name.as_str(), "last" | "before");
            let given = required || (!backwards && self.random.u8(..) < 160);
            if given {
                let value = self.input(&argument.name, &argument.ty, 4)?;
                let variable = format!("v{}", self.variables.len());
                self.declared.push(format!("${variable}: {}", argument.ty));
                arguments.push(format!("{}: ${variable}", argument.name));
                self.variables.insert(variable, value);
            }
        }
        Some(if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(", ")) })
    }

    fn input(&mut self, name: &str, ty: &Type, depth: usize) -> Option<Value> {
        if ty.is_list() {
            return Some(json!([self.input(name, ty.item_type(), depth)?]));
        }
        let named = ty.inner_named_type();
        Some(match (named.as_str(), name) {
            ("ID", _) => Hole::Id.template(),
            (_, "after" | "before") => Hole::Cursor.template(),
            ("Int" | "MinorUnits", _) => json!(self.random.i64(1..5)),
            ("Currency", _) => json!("EUR"),
            ("DateTime", _) => json!("2026-01-01T00:00:00Z"),
            ("String", _) => json!("probe"),
            ("Boolean", _) => json!(self.random.bool()),
            _ => match self.schema.types.get(named)? {
                ExtendedType::Enum(values) => {
                    let values: Vec<&Name> = values.values.keys().collect();
                    json!(values.get(self.random.usize(..values.len().max(1)))?)
                }
                ExtendedType::InputObject(object) if depth > 0 => self.input_object(&object.fields, depth)?,
                _ => return None,
            },
        })
    }

    fn input_object(
        &mut self,
        fields: &IndexMap<Name, Component<InputValueDefinition>>,
        depth: usize,
    ) -> Option<Value> {
        let mut object = Map::new();
        for (name, field) in fields {
            if field.is_required() || self.random.bool() {
                object.insert(name.to_string(), self.input(name, &field.ty, depth - 1)?);
            }
        }
        Some(Value::Object(object))
    }
}

fn fields_of<'s>(schema: &'s Schema, name: &str) -> Vec<(&'s Name, &'s Component<FieldDefinition>)> {
    schema.get_object(name).map(|object| object.fields.iter().collect()).unwrap_or_default()
}

/// The keys that an object type can be asked for by.
fn keys<'s>((name, definition): (&'s Name, &'s ExtendedType)) -> Vec<(&'s Name, &'s str)> {
    if !definition.is_object() {
        return Vec::new();
    }
    let keys = definition.directives().iter().filter(|directive| directive.name == "key");
    keys.filter(|key| argument(key, "resolvable").and_then(|value| value.to_bool()) != Some(false))
        .filter_map(|key| Some((name, argument(key, "fields")?.as_str()?)))
        .collect()
}

fn argument<'d>(directive: &'d Directive, name: &str) -> Option<&'d Node<apollo_compiler::ast::Value>> {
    directive.specified_argument_by_name(name)
}

fn is_external(directives: &apollo_compiler::ast::DirectiveList) -> bool {
    directives.has("external")
}

fn braces(fields: &[String]) -> Option<String> {
    (!fields.is_empty()).then(|| format!(" {{ {} }}", fields.join(" ")))
}
