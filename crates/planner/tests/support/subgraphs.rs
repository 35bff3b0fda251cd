//! The subgraphs' own schemas, taken back out of a supergraph.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;

use apollo_compiler::Schema;
use apollo_compiler::ast::{Directive, InputValueDefinition};
use apollo_compiler::schema::{DirectiveList, ExtendedType};
use apollo_compiler::validation::Valid;

/// The monolith and its parts.
pub struct World {
    pub api: Valid<Schema>,
    /// The whole supergraph as an ordinary schema: also what clients may not see.
    pub whole: Schema,
    pub subgraphs: BTreeMap<String, Subgraph>,
    /// Interfaces that are object types in some subgraph.
    pub interface_objects: BTreeSet<String>,
    /// By `Type.field`: the arguments that take values from contexts.
    pub contextual: HashMap<String, Vec<Contextual>>,
}

/// An argument that takes a value from a context.
pub struct Contextual {
    pub name: String,
    /// The object types that set the context.
    pub setters: BTreeSet<String>,
    /// Without outer braces.
    pub selection: String,
}

/// One subgraph.
pub struct Subgraph {
    pub name: String,
    pub schema: Valid<Schema>,
    /// By `Type.field`.
    pub external: BTreeSet<String>,
    pub requires: HashMap<String, String>,
    pub provides: HashMap<String, String>,
    pub keys: HashMap<String, Vec<String>>,
    pub interface_objects: BTreeSet<String>,
    pub extensions: BTreeSet<String>,
    /// Fields that another subgraph took over.
    pub overridden: BTreeSet<String>,
}

fn text(directive: &Directive, name: &str) -> Option<String> {
    directive.specified_argument_by_name(name)?.as_str().map(str::to_owned)
}

fn flag(directive: &Directive, name: &str) -> bool {
    directive.specified_argument_by_name(name).and_then(|v| v.to_bool()).unwrap_or(false)
}

fn default(input: &InputValueDefinition) -> String {
    let value = input.default_value.as_ref();
    value.map(|value| format!(" = {}", value.serialize().no_indent())).unwrap_or_default()
}

fn graph(directive: &Directive) -> Option<String> {
    directive.specified_argument_by_name("graph")?.as_enum().map(ToString::to_string)
}

fn of<'a>(directives: &'a DirectiveList, name: &'a str, id: &'a str) -> impl Iterator<Item = &'a Directive> {
    directives.get_all(name).map(|d| &***d).filter(move |d| graph(d).as_deref() == Some(id))
}

impl World {
    pub fn new(sdl: &str, api: Valid<Schema>) -> Self {
        let whole = Schema::parse(sdl, "supergraph.graphql").unwrap();
        let mut subgraphs = BTreeMap::new();
        for value in whole.get_enum("join__Graph").unwrap().values.values() {
            let name = text(value.directives.get("join__graph").unwrap(), "name").unwrap();
            subgraphs.insert(name.clone(), Subgraph::new(&whole, value.value.as_str(), name));
        }
        let interface_objects =
            subgraphs.values().flat_map(|s: &Subgraph| s.interface_objects.iter().cloned()).collect();
        let contextual = contextual(&whole);
        Self { api, whole, subgraphs, interface_objects, contextual }
    }
}

fn contextual(whole: &Schema) -> HashMap<String, Vec<Contextual>> {
    let sets = |definition: &ExtendedType, context: &str| {
        definition.directives().get_all("context").any(|d| text(d, "name").as_deref() == Some(context))
    };
    let mut all: HashMap<String, Vec<Contextual>> = HashMap::new();
    for (ty, definition) in &whole.types {
        let fields = match definition {
            ExtendedType::Object(object) => &object.fields,
            ExtendedType::Interface(interface) => &interface.fields,
            _ => continue,
        };
        for field in fields.values() {
            for (name, entry) in field.directives.get_all("join__field").flat_map(|d| context_arguments(d)) {
                let setting = whole.types.iter().filter(|(_, t)| sets(t, &entry["context"]));
                let setters: BTreeSet<String> =
                    setting.flat_map(|(name, _)| super::universe::possible(whole, name)).collect();
                let selection = entry["selection"].trim();
                let inner = selection.strip_prefix('{').and_then(|text| text.strip_suffix('}'));
                let selection = inner.unwrap_or(selection).to_owned();
                // One of an interface object is one of all that the interface stands for.
                for ty in super::universe::possible(whole, ty) {
                    let of_field = all.entry(format!("{ty}.{}", field.name)).or_default();
                    of_field.push(Contextual {
                        name: name.clone(),
                        setters: setters.clone(),
                        selection: selection.clone(),
                    });
                }
            }
        }
    }
    all
}

/// The `contextArguments` of a `@join__field`: each argument's name, and the whole entry.
fn context_arguments(directive: &Directive) -> Vec<(String, HashMap<String, String>)> {
    let entries = directive.specified_argument_by_name("contextArguments").and_then(|v| v.as_list());
    let entry = |value: &apollo_compiler::Node<apollo_compiler::ast::Value>| {
        let fields = value.as_object().unwrap().iter();
        let fields: HashMap<String, String> =
            fields.map(|(key, value)| (key.to_string(), value.as_str().unwrap().to_owned())).collect();
        (fields["name"].clone(), fields)
    };
    entries.into_iter().flatten().map(entry).collect()
}

impl Subgraph {
    #[allow(clippy::too_many_lines, reason = "one pass over the types, kind by kind")]
    fn new(whole: &Schema, id: &str, name: String) -> Self {
        let mut subgraph = Self {
            name,
            schema: Valid::assume_valid(Schema::new()),
            external: BTreeSet::new(),
            requires: HashMap::new(),
            provides: HashMap::new(),
            keys: HashMap::new(),
            interface_objects: BTreeSet::new(),
            extensions: BTreeSet::new(),
            overridden: BTreeSet::new(),
        };
        let mut sdl = String::from("scalar _Any\n");
        let mut entities = Vec::new();
        let mut query = String::new();
        for (name, definition) in &whole.types {
            let here: Vec<&Directive> = of(definition.directives(), "join__type", id).collect();
            if here.is_empty() {
                continue;
            }
            let name = name.as_str();
            let is_interface_object = here.iter().any(|d| flag(d, "isInterfaceObject"));
            if here.iter().any(|d| flag(d, "extension")) {
                subgraph.extensions.insert(name.to_owned());
            }
            if is_interface_object {
                subgraph.interface_objects.insert(name.to_owned());
            }
            for d in &here {
                if let Some(key) = text(d, "key") {
                    subgraph.keys.entry(name.to_owned()).or_default().push(key);
                }
            }
            let implements: Vec<String> = of(definition.directives(), "join__implements", id)
                .filter_map(|d| text(d, "interface"))
                .collect();
            let implements = if implements.is_empty() {
                String::new()
            } else {
                format!(" implements {}", implements.join(" & "))
            };
            match definition {
                ExtendedType::Scalar(_) => sdl.push_str(&["scalar ", name, "\n"].concat()),
                ExtendedType::Enum(e) => {
                    let values: Vec<&str> = e
                        .values
                        .values()
                        .filter(|v| {
                            let mut all = v.directives.get_all("join__enumValue").peekable();
                            all.peek().is_none() || all.any(|d| graph(d).as_deref() == Some(id))
                        })
                        .map(|v| v.value.as_str())
                        .collect();
                    let _ = writeln!(sdl, "enum {name} {{ {} }}", values.join(" "));
                }
                ExtendedType::Union(_) => {
                    let members: Vec<String> = of(definition.directives(), "join__unionMember", id)
                        .filter_map(|d| text(d, "member"))
                        .collect();
                    let _ = writeln!(sdl, "union {name} = {}", members.join(" | "));
                }
                ExtendedType::InputObject(input) => {
                    let fields: Vec<String> = input
                        .fields
                        .values()
                        .map(|f| format!("{}: {}{}", f.name, f.ty, default(f)))
                        .collect();
                    let _ = writeln!(sdl, "input {name} {{ {} }}", fields.join(" "));
                }
                ExtendedType::Object(_) | ExtendedType::Interface(_) => {
                    let fields = match definition {
                        ExtendedType::Object(o) => &o.fields,
                        ExtendedType::Interface(i) => &i.fields,
                        _ => continue,
                    };
                    let is_object = definition.is_object() || is_interface_object;
                    if is_object && subgraph.keys.contains_key(name) {
                        entities.push(name.to_owned());
                    }
                    let body = subgraph.fields(fields.values().map(|f| &***f), name, id);
                    let root = [&whole.schema_definition.query, &whole.schema_definition.mutation];
                    if root[0].as_ref().is_some_and(|q| q.name == name) {
                        query = body;
                        continue;
                    }
                    let kind = if is_object { "type" } else { "interface" };
                    if !body.is_empty() {
                        let _ = writeln!(sdl, "{kind} {name}{implements} {{ {body} }}");
                    }
                }
            }
        }
        if !entities.is_empty() {
            let _ = writeln!(sdl, "union _Entity = {}", entities.join(" | "));
            query.push_str(" _entities(representations: [_Any!]!): [_Entity]!");
        }
        if query.is_empty() {
            query.push_str("_nothing: Int");
        }
        let root = whole.schema_definition.query.as_ref().map_or("Query", |q| q.name.as_str());
        let _ = writeln!(sdl, "type {root} {{ {query} }}");
        let mut roots = format!("query: {root}");
        if let Some(m) = &whole.schema_definition.mutation
            && sdl.contains(&format!("type {} ", m.name))
        {
            let _ = write!(roots, " mutation: {}", m.name);
        }
        let _ = writeln!(sdl, "schema {{ {roots} }}");
        subgraph.schema = Schema::parse_and_validate(&sdl, "subgraph.graphql")
            .unwrap_or_else(|error| panic!("subgraph {}: {}\n{sdl}", subgraph.name, error.errors));
        subgraph
    }

    fn fields<'a>(
        &mut self,
        fields: impl Iterator<Item = &'a apollo_compiler::schema::FieldDefinition>,
        parent: &str,
        id: &str,
    ) -> String {
        let mut body = Vec::new();
        for field in fields {
            let joins: Vec<&Directive> = field.directives.get_all("join__field").map(|d| &**d).collect();
            let mine = joins.iter().find(|d| graph(d).as_deref() == Some(id));
            if !joins.is_empty() && mine.is_none() {
                continue;
            }
            let coordinate = format!("{parent}.{}", field.name);
            let mut ty = field.ty.to_string();
            if let Some(d) = mine {
                if flag(d, "external") {
                    self.external.insert(coordinate.clone());
                }
                let lost = joins.iter().any(|other| {
                    // No label is active in these tests.
                    text(other, "overrideLabel").is_none()
                        && text(other, "override").is_some_and(|from| from.eq_ignore_ascii_case(&self.name))
                });
                if flag(d, "usedOverridden") || lost {
                    self.overridden.insert(coordinate.clone());
                }
                if let Some(fields) = text(d, "requires") {
                    self.requires.insert(coordinate.clone(), fields);
                }
                if let Some(fields) = text(d, "provides") {
                    self.provides.insert(coordinate.clone(), fields);
                }
                if let Some(own) = text(d, "type") {
                    ty = own;
                }
            }
            let contextual = mine.map(|d| context_arguments(d)).unwrap_or_default();
            let contextual = contextual.iter().map(|(name, entry)| format!("{name}: {}", entry["type"]));
            let arguments: Vec<String> = field
                .arguments
                .iter()
                .map(|a| format!("{}: {}{}", a.name, a.ty, default(a)))
                .chain(contextual)
                .collect();
            let arguments =
                if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(", ")) };
            body.push(format!("{}{arguments}: {ty}", field.name));
        }
        body.join(" ")
    }
}
