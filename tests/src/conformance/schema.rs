//! A subgraph's schema as an ordinary GraphQL schema, and what its federation directives said.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;

use apollo_compiler::ast::{
    Definition, Directive, DirectiveList, Document, FieldDefinition, Selection, Value,
};
use apollo_compiler::validation::Valid;
use apollo_compiler::{Node, Schema};

/// The selections of a `@key`, `@requires` or `@provides`.
pub(super) type FieldSet = Vec<Selection>;

/// One `@key`.
#[derive(Debug, Clone)]
pub(super) struct Key {
    /// Its fields.
    pub(super) fields: FieldSet,
    /// Whether entities can be asked for by it.
    pub(super) resolvable: bool,
}

/// One subgraph.
#[derive(Debug)]
pub(super) struct SubgraphSchema {
    /// Its name.
    pub(super) name: String,
    /// As its file has it.
    pub(super) sdl: String,
    /// Without federation's directives, with `_entities`.
    pub(super) schema: Valid<Schema>,
    /// Coordinates of `@external` fields.
    pub(super) external: BTreeSet<String>,
    /// By coordinate.
    pub(super) requires: HashMap<String, FieldSet>,
    /// By coordinate.
    pub(super) provides: HashMap<String, FieldSet>,
    /// By type.
    pub(super) keys: HashMap<String, Vec<Key>>,
    /// Object types that stand for an interface of other subgraphs.
    pub(super) interface_objects: BTreeSet<String>,
    /// Coordinates that this subgraph takes over for good, and from whom.
    pub(super) overrides: Vec<(String, String)>,
    /// Coordinates that another subgraph took over. Filled in once all subgraphs are known.
    pub(super) lost: BTreeSet<String>,
    /// What each object type implements here.
    pub(super) implements: BTreeMap<String, BTreeSet<String>>,
    names: HashMap<String, String>,
    namespace: String,
}

impl SubgraphSchema {
    /// Reads a subgraph's SDL.
    pub(super) fn parse(name: &str, sdl: &str) -> Self {
        let mut document =
            Document::parse(sdl, format!("{name}.graphql")).unwrap_or_else(|error| panic!("{error}"));
        let mut this = Self {
            name: name.to_owned(),
            sdl: sdl.to_owned(),
            schema: Valid::assume_valid(Schema::new()),
            external: BTreeSet::new(),
            requires: HashMap::new(),
            provides: HashMap::new(),
            keys: HashMap::new(),
            interface_objects: BTreeSet::new(),
            overrides: Vec::new(),
            lost: BTreeSet::new(),
            implements: BTreeMap::new(),
            names: HashMap::new(),
            namespace: "federation__".to_owned(),
        };
        this.read_links(&document);
        document.definitions.retain(|definition| !matches!(definition, Definition::DirectiveDefinition(_)));
        for definition in &mut document.definitions {
            this.take_in(definition);
        }
        // An extension of the schema that only links specifications is empty now.
        document.definitions.retain(
            |definition| !matches!(definition, Definition::SchemaExtension(e) if e.root_operations.is_empty()),
        );
        let text = this.with_entities(&document);
        this.schema = Schema::builder()
            .adopt_orphan_extensions()
            .parse(text.clone(), format!("{name}.graphql"))
            .build()
            .and_then(Schema::validate)
            .unwrap_or_else(|error| panic!("{name}: {error}\n{text}"));
        this
    }

    /// Names that `@link` gave to imported directives.
    fn read_links(&mut self, document: &Document) {
        let directives = document.definitions.iter().filter_map(|definition| match definition {
            Definition::SchemaDefinition(definition) => Some(&definition.directives),
            Definition::SchemaExtension(extension) => Some(&extension.directives),
            _ => None,
        });
        for link in directives.flat_map(|list| list.get_all("link")) {
            let text = |name: &str| link.specified_argument_by_name(name).and_then(|value| value.as_str());
            if let (Some(namespace), Some(url)) = (text("as"), text("url"))
                && url.contains("/federation/")
            {
                self.namespace = format!("{namespace}__");
            }
            let imports = link.specified_argument_by_name("import").and_then(|value| value.as_list());
            for import in imports.into_iter().flatten().filter_map(|import| import.as_object()) {
                let text = |name: &str| {
                    import.iter().find(|(key, _)| key == name).and_then(|(_, value)| value.as_str())
                };
                if let (Some(name), Some(alias)) = (text("name"), text("as")) {
                    let plain = |text: &str| text.trim_start_matches('@').to_owned();
                    self.names.insert(plain(alias), plain(name));
                }
            }
        }
    }

    fn canonical<'a>(&'a self, directive: &'a Directive) -> &'a str {
        let name = directive.name.as_str();
        let plain = || name.strip_prefix(&self.namespace).unwrap_or(name);
        self.names.get(name).map_or_else(plain, String::as_str)
    }

    fn with_entities(&self, document: &Document) -> String {
        let mut text = document.to_string();
        let keyed = self.keys.iter().filter(|(_, keys)| keys.iter().any(|key| key.resolvable));
        let objects: BTreeSet<&String> =
            keyed.map(|(ty, _)| ty).filter(|ty| self.implements.contains_key(*ty)).collect();
        let root = document.definitions.iter().find_map(|definition| {
            let operations = match definition {
                Definition::SchemaDefinition(definition) => &definition.root_operations,
                Definition::SchemaExtension(extension) => &extension.root_operations,
                _ => return None,
            };
            operations.iter().find(|root| root.0.to_string() == "query").map(|root| root.1.to_string())
        });
        let root = root.unwrap_or_else(|| "Query".to_owned());
        let defined = self.implements.contains_key(&root);
        let extend = if defined { "extend " } else { "" };
        let _ = write!(
            text,
            "\n{extend}type {root} {{ _service: _Service! }}\ntype _Service {{ sdl: String }}\n"
        );
        if !objects.is_empty() {
            let members: Vec<&str> = objects.into_iter().map(String::as_str).collect();
            let _ = write!(
                text,
                "extend type {root} {{ _entities(representations: [_Any!]!): [_Entity]! }}\nscalar _Any\nunion _Entity = {}\n",
                members.join(" | ")
            );
        }
        text
    }

    fn take_in(&mut self, definition: &mut Definition) {
        macro_rules! with_fields {
            ($node:expr, $object:expr) => {{
                let node = $node.make_mut();
                let name = node.name.to_string();
                if $object {
                    let all = self.implements.entry(name.clone()).or_default();
                    all.extend(node.implements_interfaces.iter().map(ToString::to_string));
                }
                let whole = self.take_type(&name, &mut node.directives);
                for field in &mut node.fields {
                    self.take_field(&name, field.make_mut(), whole);
                }
            }};
        }
        macro_rules! inputs {
            ($node:expr) => {{
                let node = $node.make_mut();
                strip(&mut node.directives);
                node.fields.iter_mut().for_each(|field| strip(&mut field.make_mut().directives));
            }};
        }
        macro_rules! values {
            ($node:expr) => {{
                let node = $node.make_mut();
                strip(&mut node.directives);
                node.values.iter_mut().for_each(|value| strip(&mut value.make_mut().directives));
            }};
        }
        match definition {
            Definition::ObjectTypeDefinition(node) => with_fields!(node, true),
            Definition::ObjectTypeExtension(node) => with_fields!(node, true),
            Definition::InterfaceTypeDefinition(node) => with_fields!(node, false),
            Definition::InterfaceTypeExtension(node) => with_fields!(node, false),
            Definition::InputObjectTypeDefinition(node) => inputs!(node),
            Definition::InputObjectTypeExtension(node) => inputs!(node),
            Definition::EnumTypeDefinition(node) => values!(node),
            Definition::EnumTypeExtension(node) => values!(node),
            Definition::ScalarTypeDefinition(node) => strip(&mut node.make_mut().directives),
            Definition::UnionTypeDefinition(node) => strip(&mut node.make_mut().directives),
            Definition::UnionTypeExtension(node) => strip(&mut node.make_mut().directives),
            Definition::SchemaDefinition(node) => node.make_mut().directives.clear(),
            Definition::SchemaExtension(node) => node.make_mut().directives.clear(),
            _ => {}
        }
    }

    /// Whether the whole type is external.
    fn take_type(&mut self, name: &str, directives: &mut DirectiveList) -> bool {
        let mut external = false;
        for directive in directives.iter() {
            match self.canonical(directive) {
                "key" => {
                    let resolvable = directive.specified_argument_by_name("resolvable");
                    let resolvable = resolvable.and_then(|value| value.to_bool()).unwrap_or(true);
                    let key = Key { fields: field_set(directive), resolvable };
                    self.keys.entry(name.to_owned()).or_default().push(key);
                }
                "interfaceObject" => {
                    self.interface_objects.insert(name.to_owned());
                }
                "external" => external = true,
                _ => {}
            }
        }
        strip(directives);
        external
    }

    fn take_field(&mut self, ty: &str, field: &mut FieldDefinition, external: bool) {
        let coordinate = format!("{ty}.{}", field.name);
        if external {
            self.external.insert(coordinate.clone());
        }
        for directive in &field.directives.0 {
            match self.canonical(directive) {
                "external" => {
                    self.external.insert(coordinate.clone());
                }
                "requires" => {
                    self.requires.insert(coordinate.clone(), field_set(directive));
                }
                "provides" => {
                    self.provides.insert(coordinate.clone(), field_set(directive));
                }
                "override" => {
                    let text =
                        |name: &str| directive.specified_argument_by_name(name).and_then(|v| v.as_str());
                    if let (Some(from), None) = (text("from"), text("label")) {
                        self.overrides.push((coordinate.clone(), from.to_owned()));
                    }
                }
                _ => {}
            }
        }
        strip(&mut field.directives);
        field.arguments.iter_mut().for_each(|argument| strip(&mut argument.make_mut().directives));
    }
}

fn strip(directives: &mut DirectiveList) {
    directives.retain(|directive| matches!(directive.name.as_str(), "deprecated" | "specifiedBy" | "oneOf"));
}

fn field_set(directive: &Node<Directive>) -> FieldSet {
    let fields = directive.specified_argument_by_name("fields").map(|value| &**value);
    let text = match fields {
        Some(Value::String(text)) => text.clone(),
        // Federation 1 also takes lists of names.
        Some(Value::List(items)) => {
            items.iter().filter_map(|item| item.as_str()).collect::<Vec<_>>().join(" ")
        }
        _ => panic!("@{} without fields", directive.name),
    };
    selections(&text)
}

/// The selections of a text without braces.
pub(super) fn selections(text: &str) -> FieldSet {
    let document =
        Document::parse(format!("{{ {text} }}"), "fields").unwrap_or_else(|e| panic!("{text}: {e}"));
    let operation = document.definitions.first().and_then(Definition::as_operation_definition);
    operation.map(|operation| operation.selection_set.clone()).unwrap_or_default()
}
