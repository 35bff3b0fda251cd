//! The validated GraphQL schema of a subgraph to the normalised model.

mod composed;
mod context;
mod field_sets;
mod shown;

use std::collections::{BTreeMap, HashMap, HashSet};

use apollo_compiler::ast::{self, Definition, Document, Type};
use apollo_compiler::collections::IndexMap;
use apollo_compiler::parser::SourceSpan;
use apollo_compiler::schema::{
    Component, ComponentName, ComponentOrigin, ExtendedType, FieldDefinition, InputValueDefinition,
};
use apollo_compiler::{Name, Node, Schema};

use field_sets::{PROVIDES_CODES, REQUIRES_CODES};

use super::link::Links;
use super::{annotations, location, schema_directives};
use crate::compose::Subgraph;
use crate::error::{CompositionError, ErrorCode, Location};
use crate::hint::Hint;
use crate::model::{
    Annotations, Composite, EXECUTABLE_LOCATIONS, EnumValue, FieldDef, InputDef, Override, SubgraphSchema,
    TypeDef, TypeKind, Uses,
};

/// One conversion. Root types get their default names on the way.
pub(super) struct Converter<'a> {
    source: &'a Subgraph,
    graph: String,
    schema: &'a Schema,
    links: &'a Links,
    document: &'a Document,
    /// Types with at least one definition that is no extension.
    defined: HashSet<&'a Name>,
    renames: HashMap<Name, Name>,
    /// What `@composeDirective` names.
    composed: HashSet<String>,
    hints: Vec<Hint>,
    errors: Vec<CompositionError>,
}

/// Where directives of a type stand: `@shareable` and `@external` on a type reach only the fields of the same definition.
type Origins = Vec<ComponentOrigin>;

impl<'a> Converter<'a> {
    pub(super) fn new(
        source: &'a Subgraph,
        graph: String,
        schema: &'a Schema,
        document: &'a Document,
        links: &'a Links,
    ) -> Self {
        let defined = document
            .definitions
            .iter()
            .filter(|definition| !definition.is_extension_definition())
            .filter_map(Definition::name)
            .collect();
        let composed = schema_directives(document)
            .filter(|directive| links.canonical(&directive.name) == Some("composeDirective"))
            .filter_map(|directive| directive.specified_argument_by_name("name")?.as_str()?.strip_prefix('@'))
            .map(str::to_owned)
            .collect();
        Self {
            source,
            graph,
            schema,
            links,
            document,
            defined,
            renames: HashMap::new(),
            composed,
            hints: Vec::new(),
            errors: Vec::new(),
        }
    }

    pub(super) fn convert(mut self) -> Result<SubgraphSchema, Vec<CompositionError>> {
        self.find_roots();
        let mut types = IndexMap::default();
        for (name, ty) in &self.schema.types {
            if ty.is_built_in() || is_federation_type(name, self.links) {
                continue;
            }
            let def = self.type_def(ty);
            types.insert(def.name.clone(), def);
        }
        self.refuse_contexts_in_directives();
        let composed_directives = self.composed_directives();
        let executable_directives = self
            .schema
            .directive_definitions
            .iter()
            .filter(|(name, def)| !def.is_built_in() && !is_built_in_directive(name))
            .filter(|(_, def)| def.locations.iter().any(|location| EXECUTABLE_LOCATIONS.contains(location)))
            .map(|(name, def)| (name.clone(), def.clone()))
            .collect();
        let directive_locations = self.directive_locations();
        if !self.errors.is_empty() {
            return Err(self.errors);
        }
        Ok(SubgraphSchema {
            name: self.source.name.clone(),
            url: self.source.url.clone(),
            graph: self.graph,
            is_v1: self.links.is_v1,
            minor: self.links.minor,
            types,
            executable_directives,
            composed_directives,
            shown_names: shown::names(self.document, self.links),
            foreign: self.links.foreign.clone(),
            directive_locations,
            hints: self.hints,
        })
    }

    fn directive_locations(&self) -> BTreeMap<Name, Location> {
        let definitions = self.schema.directive_definitions.values();
        definitions.filter_map(|def| Some((def.name.clone(), self.at(def.name.location())?))).collect()
    }

    fn find_roots(&mut self) {
        let roots = [
            (&self.schema.schema_definition.query, "Query", ErrorCode::RootQueryUsed),
            (&self.schema.schema_definition.mutation, "Mutation", ErrorCode::RootMutationUsed),
            (&self.schema.schema_definition.subscription, "Subscription", ErrorCode::RootSubscriptionUsed),
        ];
        for (root, default, code) in roots {
            let Some(root) = root else { continue };
            if root.name == default {
                continue;
            }
            if let Some(other) = self.schema.types.get(default) {
                let at = self.at(other.name().location());
                let message = format!(
                    "The schema's root is \"{}\", so no other type may be called \"{default}\".",
                    root.name
                );
                self.error(code, default, at, message);
            }
            self.renames.insert(root.name.clone(), Name::new_unchecked(default));
        }
    }

    fn at(&self, span: Option<SourceSpan>) -> Option<Location> {
        location(span, &self.document.sources)
    }

    fn error(&mut self, code: ErrorCode, coordinate: &str, at: Option<Location>, message: impl Into<String>) {
        self.errors.push(
            CompositionError::new(code, message).in_subgraph(&*self.source.name).at(coordinate).located(at),
        );
    }

    fn renamed(&self, name: &Name) -> Name {
        self.renames.get(name).unwrap_or(name).clone()
    }

    fn ty(&self, ty: &Type) -> Type {
        match ty {
            Type::Named(name) => Type::Named(self.renamed(name)),
            Type::NonNullNamed(name) => Type::NonNullNamed(self.renamed(name)),
            Type::List(item) => Type::List(Box::new(self.ty(item))),
            Type::NonNullList(item) => Type::NonNullList(Box::new(self.ty(item))),
        }
    }

    fn annotations<'d>(&self, directives: impl Iterator<Item = &'d Node<ast::Directive>>) -> Annotations {
        annotations::read(directives, self.links, &|name| self.composed.contains(name))
    }

    fn type_def(&mut self, ty: &ExtendedType) -> TypeDef {
        let name = self.renamed(ty.name());
        let directives = ty.directives();
        let has =
            |canonical: &str| directives.iter().any(|d| self.links.canonical(&d.name) == Some(canonical));
        let extends = has("extends");
        let is_interface_object = has("interfaceObject");
        let is_extension = extends || !self.defined.contains(ty.name());
        let external = self.origins(ty, "external");
        let shareable = self.origins(ty, "shareable");
        if shareable
            .iter()
            .enumerate()
            .any(|(index, origin)| shareable.iter().take(index).any(|o| o == origin))
        {
            let at = self.at(ty.name().location());
            let message = "@shareable stands twice on the same definition of the type.";
            self.error(ErrorCode::InvalidShareableUsage, &name, at, message);
        }
        let contexts = self.contexts(directives);
        let annotations = self.annotations(directives.iter().map(|component| &component.node));
        let keys = self.keys(ty, &name, extends);
        let kind = match ty {
            ExtendedType::Scalar(def) => TypeKind::Scalar {
                specified_by: def
                    .directives
                    .get("specifiedBy")
                    .and_then(|d| d.specified_argument_by_name("url"))
                    .and_then(|url| url.as_str())
                    .map(str::to_owned),
            },
            ExtendedType::Object(def) => TypeKind::Object(self.composite(
                &name,
                &def.implements_interfaces,
                &def.fields,
                (&external, &shareable),
            )),
            ExtendedType::Interface(def) => TypeKind::Interface(self.composite(
                &name,
                &def.implements_interfaces,
                &def.fields,
                (&external, &shareable),
            )),
            ExtendedType::Union(def) => {
                TypeKind::Union(def.members.iter().map(|member| self.renamed(&member.name)).collect())
            }
            ExtendedType::Enum(def) => TypeKind::Enum(
                def.values
                    .iter()
                    .map(|(value, def)| {
                        let value_def = EnumValue {
                            description: def.description.as_ref().map(ToString::to_string),
                            annotations: self.annotations(def.directives.iter()),
                            location: self.at(def.value.location()),
                        };
                        (value.clone(), value_def)
                    })
                    .collect(),
            ),
            ExtendedType::InputObject(def) => TypeKind::Input(
                def.fields.iter().map(|(field, def)| (field.clone(), self.input_def(def))).collect(),
            ),
        };
        TypeDef {
            location: self.at(ty.name().location()),
            description: ty.description().map(ToString::to_string),
            name,
            annotations,
            is_extension,
            has_extends: extends,
            is_interface_object,
            contexts,
            keys,
            kind,
        }
    }

    fn origins(&self, ty: &ExtendedType, canonical: &str) -> Origins {
        ty.directives()
            .iter()
            .filter(|directive| self.links.canonical(&directive.name) == Some(canonical))
            .map(|directive| directive.origin.clone())
            .collect()
    }

    fn composite(
        &mut self,
        name: &Name,
        interfaces: &apollo_compiler::collections::IndexSet<ComponentName>,
        fields: &IndexMap<Name, Component<FieldDefinition>>,
        (external, shareable): (&Origins, &Origins),
    ) -> Composite {
        let fields = fields
            .iter()
            .map(|(field_name, field)| {
                let mut def = self.field_def(name, field);
                def.external |= external.contains(&field.origin);
                def.shareable |= shareable.contains(&field.origin);
                (field_name.clone(), def)
            })
            .collect();
        Composite { interfaces: interfaces.iter().map(|i| i.name.clone()).collect(), fields }
    }

    fn field_def(&mut self, parent: &Name, field: &Component<FieldDefinition>) -> FieldDef {
        let coordinate = format!("{parent}.{}", field.name);
        let mut def = FieldDef {
            name: field.name.clone(),
            description: field.description.as_ref().map(ToString::to_string),
            ty: self.ty(&field.ty),
            arguments: field.arguments.iter().map(|a| (a.name.clone(), self.input_def(a))).collect(),
            annotations: self.annotations(field.directives.iter()),
            external: false,
            shareable: false,
            requires: None,
            provides: None,
            overrides: None,
            uses: Uses::default(),
            location: self.at(field.name.location()),
        };
        for directive in &field.directives {
            match self.links.canonical(&directive.name) {
                Some("external") => def.external = true,
                Some("shareable") => {
                    if def.shareable {
                        let at = self.at(directive.location());
                        let message = "@shareable stands twice on the field.";
                        self.error(ErrorCode::InvalidShareableUsage, &coordinate, at, message);
                    }
                    def.shareable = true;
                }
                Some("requires") => def.requires = self.field_set(directive, &coordinate, REQUIRES_CODES),
                Some("provides") => def.provides = self.field_set(directive, &coordinate, PROVIDES_CODES),
                Some("override") => {
                    let argument =
                        |name| directive.specified_argument_by_name(name)?.as_str().map(str::to_owned);
                    def.overrides = argument("from").map(|from| Override { from, label: argument("label") });
                }
                _ => {}
            }
        }
        def
    }

    fn input_def(&self, def: &InputValueDefinition) -> InputDef {
        InputDef {
            name: def.name.clone(),
            description: def.description.as_ref().map(ToString::to_string),
            ty: self.ty(&def.ty),
            default: def.default_value.clone(),
            annotations: self.annotations(def.directives.iter()),
            from_context: self.contextual(def),
            location: self.at(def.name.location()),
        }
    }
}

fn is_federation_type(name: &str, links: &Links) -> bool {
    name.starts_with("federation__")
        || name.starts_with("link__")
        || links.imported_types.iter().any(|imported| imported == name)
}

fn is_built_in_directive(name: &str) -> bool {
    matches!(name, "skip" | "include" | "deprecated" | "specifiedBy" | "defer" | "stream" | "oneOf")
}
