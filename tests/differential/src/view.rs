//! A subgraph's schema as its server has it, and what federation's directives say about it.

use std::collections::{HashMap, HashSet};

use apollo_compiler::ast::DirectiveList;
use apollo_compiler::executable::{FieldSet, SelectionSet};
use apollo_compiler::schema::{ExtendedType, FieldDefinition};
use apollo_compiler::validation::Valid;
use apollo_compiler::{Name, Schema};

/// What composition reads before a subgraph's SDL.
const LINK: &str = r#"extend schema @link(url: "https://specs.apollo.dev/federation/v2.5", import: ["@key", "@shareable", "@external", "@requires", "@provides", "@override", "@interfaceObject"])
"#;

/// What the subgraph's server has beside its SDL.
const DEFINITIONS: &str = "
directive @key(fields: String!, resolvable: Boolean = true) repeatable on OBJECT | INTERFACE
directive @shareable on FIELD_DEFINITION | OBJECT
directive @external on FIELD_DEFINITION
directive @requires(fields: String!) on FIELD_DEFINITION
directive @provides(fields: String!) on FIELD_DEFINITION
directive @override(from: String!) on FIELD_DEFINITION
directive @interfaceObject on OBJECT
";

/// A field of a type.
pub(crate) type Coordinate = (String, String);

/// One subgraph.
pub(crate) struct View {
    pub(crate) name: String,
    pub(crate) schema: Valid<Schema>,
    /// By type. The field sets are over the whole graph's schema.
    pub(crate) keys: HashMap<String, Vec<SelectionSet>>,
    pub(crate) external: HashSet<Coordinate>,
    pub(crate) requires: HashMap<Coordinate, SelectionSet>,
    pub(crate) provides: HashMap<Coordinate, SelectionSet>,
    /// Which fields are taken over, and from whom.
    pub(crate) overrides: Vec<(Coordinate, String)>,
    /// What another subgraph took over.
    pub(crate) lost: HashSet<Coordinate>,
    pub(crate) interface_objects: HashSet<String>,
}

/// A subgraph as composition takes it.
pub(crate) fn linked(name: &str, sdl: &str) -> composition::Subgraph {
    composition::Subgraph {
        name: name.to_owned(),
        url: format!("http://{name}.test/graphql"),
        sdl: format!("{LINK}{sdl}"),
    }
}

impl View {
    pub(crate) fn read(name: &str, sdl: &str, whole: &Valid<Schema>) -> Result<Self, String> {
        let schema = executable(sdl).map_err(|error| format!("{name}: {error}"))?;
        let mut view = Self {
            name: name.to_owned(),
            schema,
            keys: HashMap::new(),
            external: HashSet::new(),
            requires: HashMap::new(),
            provides: HashMap::new(),
            overrides: Vec::new(),
            lost: HashSet::new(),
            interface_objects: HashSet::new(),
        };
        for (ty, definition) in view.schema.types.clone() {
            let directives: DirectiveList =
                definition.directives().iter().map(|directive| directive.node.clone()).collect();
            if directives.has("interfaceObject") {
                view.interface_objects.insert(ty.to_string());
            }
            for text in directives.get_all("key").filter_map(|key| argument(key, "fields")) {
                view.keys.entry(ty.to_string()).or_default().push(field_set(whole, &ty, text)?);
            }
            for field in fields(&definition) {
                view.read_field(&ty, field, whole)?;
            }
        }
        Ok(view)
    }

    fn read_field(
        &mut self,
        ty: &Name,
        field: &FieldDefinition,
        whole: &Valid<Schema>,
    ) -> Result<(), String> {
        let at = (ty.to_string(), field.name.to_string());
        let text = |directive: &str, name: &str| {
            field.directives.get(directive).and_then(|found| argument(found, name)).map(str::to_owned)
        };
        if field.directives.has("external") {
            self.external.insert(at.clone());
        }
        if let Some(text) = text("requires", "fields") {
            self.requires.insert(at.clone(), field_set(whole, ty, &text)?);
        }
        if let Some(text) = text("provides", "fields") {
            self.provides.insert(at.clone(), field_set(whole, field.ty.inner_named_type(), &text)?);
        }
        if let Some(from) = text("override", "from") {
            self.overrides.push((at, from));
        }
        Ok(())
    }

    /// Whether this subgraph answers for a field that its schema has.
    pub(crate) fn resolves(&self, at: &Coordinate) -> bool {
        !self.external.contains(at) && !self.lost.contains(at)
    }
}

/// The schema that the subgraph's server validates operations against.
fn executable(sdl: &str) -> Result<Valid<Schema>, String> {
    let parse = |text: &str| {
        let builder = Schema::builder().adopt_orphan_extensions();
        builder.parse(text, "subgraph.graphql").build().map_err(|error| error.to_string())
    };
    let text = format!("{sdl}{DEFINITIONS}");
    let plain = parse(&text)?;
    let entities: Vec<&str> = plain
        .types
        .values()
        .filter(|ty| ty.is_object() && ty.directives().has("key"))
        .map(|ty| ty.name().as_str())
        .collect();
    let whole = if entities.is_empty() {
        text
    } else {
        format!(
            "{text}scalar _Any\nunion _Entity = {}\nextend type Query {{ _entities(representations: [_Any!]!): [_Entity]! }}\n",
            entities.join(" | ")
        )
    };
    let whole =
        if whole.contains("type Query") { whole } else { format!("{whole}type Query {{ _none: Int }}\n") };
    parse(&whole)?.validate().map_err(|error| error.to_string())
}

pub(crate) fn fields(definition: &ExtendedType) -> impl Iterator<Item = &FieldDefinition> {
    let fields = match definition {
        ExtendedType::Object(object) => Some(&object.fields),
        ExtendedType::Interface(interface) => Some(&interface.fields),
        _ => None,
    };
    fields.into_iter().flat_map(|fields| fields.values().map(|field| &***field))
}

fn argument<'a>(directive: &'a apollo_compiler::ast::Directive, name: &str) -> Option<&'a str> {
    directive.specified_argument_by_name(name)?.as_str()
}

fn field_set(whole: &Valid<Schema>, ty: &Name, text: &str) -> Result<SelectionSet, String> {
    FieldSet::parse_and_validate(whole, ty.clone(), text, "field set")
        .map(|set| set.selection_set.clone())
        .map_err(|error| format!("{ty} {text}: {}", error.errors))
}
