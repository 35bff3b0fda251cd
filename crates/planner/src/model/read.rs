//! Reads the join directives of a supergraph into a [`Model`].

use std::collections::{HashMap, HashSet};

use apollo_compiler::ast::{Directive, Type, Value};
use apollo_compiler::schema::{Component, DirectiveList, ExtendedType, FieldDefinition};
use apollo_compiler::{Name, Node, Schema};
use indexmap::IndexMap;

use super::{
    FieldInfo, FieldPresence, FieldSet, Fields, Key, Kind, Model, Overridden, Presence, SubgraphId, TypeId,
    TypeInfo, context, field_set,
};
use crate::SubgraphInfo;
use crate::error::SupergraphError;
use crate::features::Features;
use crate::type_set::TypeSet;

impl Model {
    /// Reads a parsed supergraph.
    pub(crate) fn read(schema: &Schema, features: &Features) -> Result<Self, SupergraphError> {
        let (subgraphs, graphs) = read_graphs(schema)?;
        let mut by_name = HashMap::new();
        let mut definitions = Vec::new();
        for (name, definition) in &schema.types {
            if definition.is_input_object() || is_machinery(name) || name.starts_with("__") {
                continue;
            }
            by_name.insert(name.clone(), TypeId(definitions.len()));
            definitions.push(definition);
        }
        let contexts =
            definitions.iter().flat_map(|definition| context::names(definition, features)).collect();
        let reader = Reader { features, graphs: &graphs, subgraphs: &subgraphs, by_name: &by_name, contexts };
        let mut types = definitions
            .iter()
            .map(|definition| reader.read_type(definition))
            .collect::<Result<Vec<_>, _>>()?;
        reader.read_abstract(&definitions, &mut types);
        complete_keys(&mut types);
        let root = |name: &Option<apollo_compiler::schema::ComponentName>| {
            name.as_ref().and_then(|name| by_name.get(&name.name).copied())
        };
        let roots = &schema.schema_definition;
        Ok(Self {
            query: root(&roots.query),
            mutation: root(&roots.mutation),
            subscription: root(&roots.subscription),
            contexts: context::setters(&definitions, &types, features),
            subgraphs,
            types,
            by_name,
        })
    }
}

/// A subgraph has the fields of its own keys, also where the composer forgot to say so.
fn complete_keys(types: &mut [TypeInfo]) {
    let mut missing: Vec<(TypeId, Name, usize)> = Vec::new();
    for (index, info) in types.iter().enumerate() {
        for (graph, presence) in info.presence.iter().enumerate() {
            let keys = presence.iter().flat_map(|presence| &presence.keys);
            for item in keys.flat_map(|key| key.fields.iter()) {
                let field = info.fields.get(&item.name);
                if field.is_some_and(|field| field.presence.get(graph).is_some_and(Option::is_none)) {
                    missing.push((TypeId(index), item.name.clone(), graph));
                }
            }
        }
    }
    for (ty, name, graph) in missing {
        let Some(field) = types.get_mut(ty.0).and_then(|info| info.fields.get_mut(&name)) else { continue };
        let model = field.presence.iter().flatten().next();
        let Some(target) = model.map(|known| known.target) else { continue };
        let here = FieldPresence::plain(field.ty.clone(), target);
        if let Some(place) = field.presence.get_mut(graph) {
            *place = Some(here);
        }
    }
}

/// Whether a name belongs to the join or link specifications (under their usual names).
fn is_machinery(name: &str) -> bool {
    ["join__", "link__", "core__", "federation__", "context__"].iter().any(|prefix| name.starts_with(prefix))
}

fn read_graphs(schema: &Schema) -> Result<(Vec<SubgraphInfo>, HashMap<Name, SubgraphId>), SupergraphError> {
    let graphs = schema
        .get_enum("join__Graph")
        .ok_or_else(|| SupergraphError::Join("it has no enum join__Graph".to_owned()))?;
    let mut infos = Vec::new();
    let mut ids = HashMap::new();
    for value in graphs.values.values() {
        let directive = value.directives.get("join__graph").ok_or_else(|| {
            SupergraphError::Join(format!("join__Graph.{} has no @join__graph", value.value))
        })?;
        let text = |name: &str| string(directive, name).unwrap_or_default().to_owned();
        let name = string(directive, "name").map_or_else(|| value.value.to_string(), str::to_owned);
        ids.insert(value.value.clone(), SubgraphId(infos.len()));
        infos.push(SubgraphInfo { name, url: text("url") });
    }
    Ok((infos, ids))
}

fn argument<'a>(directive: &'a Directive, name: &str) -> Option<&'a Node<Value>> {
    directive.specified_argument_by_name(name).filter(|value| !value.is_null())
}

fn string<'a>(directive: &'a Directive, name: &str) -> Option<&'a str> {
    argument(directive, name)?.as_str()
}

fn boolean(directive: &Directive, name: &str) -> Option<bool> {
    argument(directive, name)?.to_bool()
}

struct Reader<'a> {
    features: &'a Features,
    graphs: &'a HashMap<Name, SubgraphId>,
    subgraphs: &'a [SubgraphInfo],
    by_name: &'a HashMap<Name, TypeId>,
    /// The contexts that some type sets.
    contexts: HashSet<&'a str>,
}

impl Reader<'_> {
    fn graph(&self, directive: &Directive) -> Result<Option<SubgraphId>, SupergraphError> {
        let Some(value) = argument(directive, "graph") else { return Ok(None) };
        let known = value.as_enum().and_then(|name| self.graphs.get(name));
        known.map(|id| Some(*id)).ok_or_else(|| {
            SupergraphError::Join(format!("@{} names an unknown graph {value}", directive.name))
        })
    }

    fn field_set(&self, directive: &Directive, name: &str) -> Result<Option<FieldSet>, SupergraphError> {
        string(directive, name).map(|text| field_set::parse(text, self.by_name)).transpose()
    }

    fn read_type(&self, definition: &ExtendedType) -> Result<TypeInfo, SupergraphError> {
        let presence = self.read_presence(definition.directives())?;
        let members: Vec<bool> = presence.iter().map(Option::is_some).collect();
        let (kind, fields, interfaces) = match definition {
            ExtendedType::Object(object) => {
                (Kind::Object, Some(&object.fields), Some(&object.implements_interfaces))
            }
            ExtendedType::Interface(interface) => {
                (Kind::Interface, Some(&interface.fields), Some(&interface.implements_interfaces))
            }
            ExtendedType::Union(_) => (Kind::Union, None, None),
            ExtendedType::Enum(_) => (Kind::Enum, None, None),
            ExtendedType::Scalar(_) | ExtendedType::InputObject(_) => (Kind::Scalar, None, None),
        };
        let fields =
            fields.map_or_else(|| Ok(Fields::default()), |fields| self.read_fields(fields, &members))?;
        let values = match definition {
            ExtendedType::Enum(e) => {
                let visible = e.values.values().filter(|v| !self.features.hide(v.directives.iter()));
                visible.map(|v| v.value.clone()).collect()
            }
            _ => Vec::new(),
        };
        let interfaces = interfaces.into_iter().flatten();
        Ok(TypeInfo {
            name: definition.name().clone(),
            kind,
            accessible: !self.features.hide(definition.directives().iter()),
            presence,
            fields,
            possible: TypeSet::empty(),
            interfaces: interfaces.filter_map(|i| self.by_name.get(&i.name).copied()).collect(),
            values,
        })
    }

    fn read_presence(&self, directives: &DirectiveList) -> Result<Vec<Option<Presence>>, SupergraphError> {
        let mut presence: Vec<Option<Presence>> = vec![None; self.subgraphs.len()];
        for directive in directives.get_all("join__type") {
            let Some(graph) = self.graph(directive)? else { continue };
            let here = presence[graph.0].get_or_insert_with(|| Presence {
                keys: Vec::new(),
                extension: false,
                interface_object: false,
                possible: TypeSet::empty(),
            });
            here.extension |= boolean(directive, "extension").unwrap_or(false);
            here.interface_object |= boolean(directive, "isInterfaceObject").unwrap_or(false);
            if let Some(fields) = self.field_set(directive, "key")? {
                let resolvable = boolean(directive, "resolvable").unwrap_or(true);
                here.keys.push(Key { fields, resolvable });
            }
        }
        Ok(presence)
    }

    fn read_fields(
        &self,
        fields: &IndexMap<Name, Component<FieldDefinition>, impl std::hash::BuildHasher>,
        members: &[bool],
    ) -> Result<Fields, SupergraphError> {
        let read =
            |field: &Component<FieldDefinition>| Ok((field.name.clone(), self.read_field(field, members)?));
        fields.values().map(read).collect()
    }

    fn read_field(&self, field: &FieldDefinition, members: &[bool]) -> Result<FieldInfo, SupergraphError> {
        let plain = self.field_presence(&field.ty)?;
        let mut presence: Vec<Option<FieldPresence>> = vec![None; self.subgraphs.len()];
        if !field.directives.has("join__field") {
            let everywhere = members.iter().map(|member| member.then(|| plain.clone()));
            presence = everywhere.collect();
        }
        let mut overrides = Vec::new();
        for directive in field.directives.get_all("join__field") {
            // Without a graph: the field comes to this type from an interface object alone.
            let Some(graph) = self.graph(directive)? else { continue };
            let mut here = match string(directive, "type") {
                Some(text) => {
                    let ty = Type::parse(text, "join__field(type:)")
                        .map_err(|error| SupergraphError::Join(format!("type {text:?}: {error}")))?;
                    self.field_presence(&ty)?
                }
                None => plain.clone(),
            };
            here.external = boolean(directive, "external").unwrap_or(false);
            here.requires = self.field_set(directive, "requires")?;
            here.provides = self.field_set(directive, "provides")?;
            let contextual = argument(directive, "contextArguments").and_then(|value| value.as_list());
            for entry in contextual.into_iter().flatten() {
                here.contextual.push(context::argument(entry, &self.contexts, self.by_name)?);
            }
            if boolean(directive, "usedOverridden").unwrap_or(false) {
                here.overridden = Overridden::Always;
            }
            if let Some(from) = string(directive, "override") {
                here.needs_label = string(directive, "overrideLabel").map(str::to_owned);
                overrides.push((from.to_owned(), here.needs_label.clone()));
            }
            presence[graph.0] = Some(here);
        }
        for (from, label) in overrides {
            // `from` is the subgraph's name; the enum's value may be spelt otherwise.
            let Some(loser) = self.subgraphs.iter().position(|one| one.name == from) else { continue };
            if let Some(lost) = &mut presence[loser] {
                lost.overridden = label.map_or(Overridden::Always, Overridden::WhileActive);
            }
        }
        Ok(FieldInfo { name: field.name.clone(), ty: field.ty.clone(), presence })
    }

    fn field_presence(&self, ty: &Type) -> Result<FieldPresence, SupergraphError> {
        let name = ty.inner_named_type();
        let target = self.by_name.get(name).copied();
        let target = target.ok_or_else(|| SupergraphError::Join(format!("unknown output type {name}")))?;
        Ok(FieldPresence::plain(ty.clone(), target))
    }

    /// Fills in which object types stand behind each type, in each subgraph and in all.
    fn read_abstract(&self, definitions: &[&ExtendedType], types: &mut [TypeInfo]) {
        // By (abstract type, subgraph).
        let mut members: HashMap<(TypeId, SubgraphId), Vec<TypeId>> = HashMap::new();
        for (index, definition) in definitions.iter().enumerate() {
            let id = TypeId(index);
            match definition {
                ExtendedType::Object(_) => {
                    for directive in definition.directives().get_all("join__implements") {
                        let interface =
                            string(directive, "interface").and_then(|name| self.by_name.get(name));
                        if let (Ok(Some(graph)), Some(interface)) = (self.graph(directive), interface) {
                            members.entry((*interface, graph)).or_default().push(id);
                        }
                    }
                }
                ExtendedType::Union(_) => {
                    for directive in definition.directives().get_all("join__unionMember") {
                        let member = string(directive, "member").and_then(|name| self.by_name.get(name));
                        if let (Ok(Some(graph)), Some(member)) = (self.graph(directive), member) {
                            members.entry((id, graph)).or_default().push(*member);
                        }
                    }
                }
                _ => {}
            }
        }
        let everywhere: Vec<TypeSet> = (0..types.len())
            .map(|index| match definitions[index] {
                ExtendedType::Object(_) => TypeSet::one(TypeId(index)),
                ExtendedType::Interface(_) => {
                    let implements =
                        |t: &TypeInfo| t.kind == Kind::Object && t.interfaces.contains(&TypeId(index));
                    let ids = types.iter().enumerate().filter(|(_, t)| implements(t));
                    ids.map(|(id, _)| TypeId(id)).collect()
                }
                ExtendedType::Union(union) => {
                    union.members.iter().filter_map(|m| self.by_name.get(&m.name).copied()).collect()
                }
                _ => TypeSet::empty(),
            })
            .collect();
        for (index, info) in types.iter_mut().enumerate() {
            info.possible = everywhere[index].clone();
            for (graph, presence) in info.presence.iter_mut().enumerate() {
                let Some(presence) = presence else { continue };
                let id = TypeId(index);
                presence.possible = if info.kind == Kind::Object || presence.interface_object {
                    everywhere[index].clone()
                } else {
                    TypeSet::new(members.remove(&(id, SubgraphId(graph))).unwrap_or_default())
                };
            }
        }
    }
}
