use std::collections::BTreeMap;

use apollo_compiler::Node;
use apollo_compiler::ast::{
    Definition, Directive, Document, EnumValueDefinition, FieldDefinition, InputValueDefinition,
};

use crate::read::link::{Links, SHOWN};

/// What the text calls the federation directives that the supergraph shows, as far as it uses them.
pub(super) fn names(document: &Document, links: &Links) -> BTreeMap<&'static str, String> {
    let mut names = BTreeMap::new();
    for directive in document.definitions.iter().flat_map(applied) {
        if let Some(canonical) = links.canonical(&directive.name).filter(|name| SHOWN.contains(name)) {
            names.entry(canonical).or_insert_with(|| directive.name.to_string());
        }
    }
    names
}

/// All directives that stand in a definition.
fn applied(definition: &Definition) -> Vec<&Node<Directive>> {
    let members: Vec<&Node<Directive>> = match definition {
        Definition::ObjectTypeDefinition(def) => of_fields(&def.fields).collect(),
        Definition::ObjectTypeExtension(def) => of_fields(&def.fields).collect(),
        Definition::InterfaceTypeDefinition(def) => of_fields(&def.fields).collect(),
        Definition::InterfaceTypeExtension(def) => of_fields(&def.fields).collect(),
        Definition::InputObjectTypeDefinition(def) => of_inputs(&def.fields).collect(),
        Definition::InputObjectTypeExtension(def) => of_inputs(&def.fields).collect(),
        Definition::EnumTypeDefinition(def) => of_values(&def.values).collect(),
        Definition::EnumTypeExtension(def) => of_values(&def.values).collect(),
        Definition::DirectiveDefinition(def) => of_inputs(&def.arguments).collect(),
        _ => Vec::new(),
    };
    definition.directives().iter().chain(members).collect()
}

fn of_fields(fields: &[Node<FieldDefinition>]) -> impl Iterator<Item = &Node<Directive>> {
    fields.iter().flat_map(|field| field.directives.iter().chain(of_inputs(&field.arguments)))
}

fn of_inputs(inputs: &[Node<InputValueDefinition>]) -> impl Iterator<Item = &Node<Directive>> {
    inputs.iter().flat_map(|input| input.directives.iter())
}

fn of_values(values: &[Node<EnumValueDefinition>]) -> impl Iterator<Item = &Node<Directive>> {
    values.iter().flat_map(|value| value.directives.iter())
}
