//! The supergraph of a contract: all there was, with everything hidden marked `@inaccessible`.

use apollo_compiler::ast::{Argument, Directive, Value};
use apollo_compiler::schema::{Component, ExtendedType};
use apollo_compiler::{Name, Node, Schema};

use super::ContractError;
use super::hidden::{Hidden, is_machinery};
use crate::print::INACCESSIBLE;
use crate::read::link::Links;

const ADDRESS: &str = "https://specs.apollo.dev/inaccessible/v0.2";

/// Marks what is hidden and is not marked yet.
pub(super) fn mark(mut schema: Schema, hidden: &Hidden, links: &Links) -> Result<String, ContractError> {
    let linked = links.names().into_iter().find(|(_, canonical)| *canonical == "inaccessible");
    let name = linked.map_or("inaccessible", |(local, _)| local);
    let directive = Directive { name: valid(name)?, arguments: Vec::new() };
    define(&mut schema, &directive.name, links)?;
    let mark = Mark { directive: Node::new(directive), hidden };
    for (name, ty) in &mut schema.types {
        if !is_machinery(ty, links) {
            mark.ty(name, ty);
        }
    }
    Ok(schema.to_string())
}

fn valid(name: &str) -> Result<Name, ContractError> {
    Name::new(name).map_err(|error| ContractError::InvalidSupergraph(error.to_string()))
}

/// Adds the directive's definition and its link, where they are missing.
fn define(schema: &mut Schema, name: &Name, links: &Links) -> Result<(), ContractError> {
    if schema.directive_definitions.contains_key(name) {
        return Ok(());
    }
    let ours = Schema::parse(INACCESSIBLE, "inaccessible.graphql")
        .map_err(|found| ContractError::InvalidContract(super::first(&found.errors)))?;
    if let Some(definition) = ours.directive_definitions.get("inaccessible") {
        let mut definition = definition.clone();
        definition.make_mut().name = name.clone();
        schema.directive_definitions.insert(name.clone(), definition);
    }
    let is_linked = links.names().iter().any(|(local, _)| *local == name.as_str()) && !links.is_v1;
    if schema.directive_definitions.contains_key(links.link_name.as_str()) && !is_linked {
        let argument = |name: &str, value: Value| -> Result<Node<Argument>, ContractError> {
            Ok(Node::new(Argument { name: valid(name)?, value: Node::new(value) }))
        };
        let arguments = vec![
            argument("url", Value::String(ADDRESS.to_owned()))?,
            argument("for", Value::Enum(valid("SECURITY")?))?,
        ];
        let link = Directive { name: valid(&links.link_name)?, arguments };
        schema.schema_definition.make_mut().directives.push(Component::new(link));
    }
    Ok(())
}

struct Mark<'a> {
    directive: Node<Directive>,
    hidden: &'a Hidden,
}

impl Mark<'_> {
    fn ty(&self, name: &Name, ty: &mut ExtendedType) {
        let is_hidden = self.hidden.has_type(name);
        match ty {
            ExtendedType::Object(def) => {
                let def = def.make_mut();
                self.component(&mut def.directives, is_hidden);
                def.fields.iter_mut().for_each(|(field, def)| self.field(name, field, def.make_mut()));
            }
            ExtendedType::Interface(def) => {
                let def = def.make_mut();
                self.component(&mut def.directives, is_hidden);
                def.fields.iter_mut().for_each(|(field, def)| self.field(name, field, def.make_mut()));
            }
            ExtendedType::Union(def) => self.component(&mut def.make_mut().directives, is_hidden),
            ExtendedType::Scalar(def) => self.component(&mut def.make_mut().directives, is_hidden),
            ExtendedType::Enum(def) => {
                let def = def.make_mut();
                self.component(&mut def.directives, is_hidden);
                for (value, def) in &mut def.values {
                    let is_hidden = self.hidden.has_member(name, value);
                    self.element(&mut def.make_mut().directives, is_hidden);
                }
            }
            ExtendedType::InputObject(def) => {
                let def = def.make_mut();
                self.component(&mut def.directives, is_hidden);
                for (field, def) in &mut def.fields {
                    let is_hidden = self.hidden.has_member(name, field);
                    self.element(&mut def.make_mut().directives, is_hidden);
                }
            }
        }
    }

    fn field(&self, ty: &Name, name: &Name, field: &mut apollo_compiler::schema::FieldDefinition) {
        self.element(&mut field.directives, self.hidden.has_member(ty, name));
        for argument in &mut field.arguments {
            let is_hidden = self.hidden.has_argument(ty, name, &argument.name);
            self.element(&mut argument.make_mut().directives, is_hidden);
        }
    }

    fn component(&self, directives: &mut apollo_compiler::schema::DirectiveList, is_hidden: bool) {
        if is_hidden && !directives.has(&self.directive.name) {
            directives.push(Component::from(self.directive.clone()));
        }
    }

    fn element(&self, directives: &mut apollo_compiler::ast::DirectiveList, is_hidden: bool) {
        if is_hidden && !directives.has(&self.directive.name) {
            directives.push(self.directive.clone());
        }
    }
}
