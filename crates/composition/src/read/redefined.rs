//! The definitions of federation directives that a text brings along: they may allow less than federation's, never more.

use apollo_compiler::Node;
use apollo_compiler::ast::{Definition, DirectiveDefinition, Document, InputValueDefinition, Type};
use apollo_compiler::parser::Parser;

use super::link::Links;
use super::{definitions, location};
use crate::error::{CompositionError, ErrorCode};

/// Compares each with federation's own, which takes its place afterwards.
pub(super) fn check(document: &Document, links: &Links, subgraph: &str) -> Result<(), Vec<CompositionError>> {
    let mut errors = Vec::new();
    for definition in &document.definitions {
        let Definition::DirectiveDefinition(own) = definition else { continue };
        let Some(canonical) = links.canonical(&own.name).filter(|name| !is_lenient(name, links)) else {
            continue;
        };
        let Some(expected) = federation(canonical, links.minor) else { continue };
        let at = location(own.name.location(), &document.sources);
        errors.extend(differences(&expected, own).into_iter().map(|difference| {
            let message =
                format!("Invalid definition of the federation directive \"@{canonical}\": {difference}.");
            CompositionError::new(ErrorCode::DirectiveDefinitionInvalid, message)
                .in_subgraph(subgraph)
                .at(format!("@{canonical}"))
                .located(at)
        }));
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// Federation v1 never looked at these, and there are texts that define them otherwise.
fn is_lenient(canonical: &str, links: &Links) -> bool {
    links.is_v1 && ["key", "provides", "requires"].contains(&canonical)
}

fn federation(canonical: &str, minor: u32) -> Option<Node<DirectiveDefinition>> {
    let text = definitions::definition(canonical, canonical, minor);
    let document = Parser::new().parse_ast(text, "federation.graphql").ok()?;
    document.definitions.into_iter().find_map(|definition| match definition {
        Definition::DirectiveDefinition(directive) => Some(directive),
        _ => None,
    })
}

fn differences(expected: &DirectiveDefinition, own: &DirectiveDefinition) -> Vec<String> {
    let mut found = Vec::new();
    for argument in &expected.arguments {
        match own.argument_by_name(&argument.name) {
            None if argument.is_required() => {
                found.push(format!("the required argument \"{}\" is missing", argument.name));
            }
            None => {}
            Some(own) => found.extend(difference(argument, own)),
        }
    }
    for argument in own.arguments.iter().filter(|own| expected.argument_by_name(&own.name).is_none()) {
        found.push(format!("it has no argument \"{}\"", argument.name));
    }
    if own.repeatable && !expected.repeatable {
        found.push("it is not repeatable".to_owned());
    }
    let more: Vec<&str> = own
        .locations
        .iter()
        .filter(|location| !expected.locations.contains(location))
        .map(|location| location.name())
        .collect();
    if !more.is_empty() {
        found.push(format!("it cannot stand on {}", more.join(", ")));
    }
    found
}

fn difference(expected: &InputValueDefinition, own: &InputValueDefinition) -> Option<String> {
    // What may be left out may be demanded.
    let demanded = match (&*expected.ty, &*own.ty) {
        (Type::Named(_), Type::NonNullNamed(name)) => Type::Named(name.clone()),
        (Type::List(_), Type::NonNullList(item)) => Type::List(item.clone()),
        (_, own) => own.clone(),
    };
    if !fits(&expected.ty, &demanded) {
        return Some(format!("the argument \"{}\" has the type \"{}\"", own.name, told(&expected.ty)));
    }
    if !own.ty.is_non_null() && own.default_value != expected.default_value {
        let value = expected.default_value.as_ref();
        let value = value.map_or("none".to_owned(), |value| value.serialize().no_indent().to_string());
        return Some(format!("the default value of the argument \"{}\" is {value}", own.name));
    }
    None
}

/// In the place of federation's scalars the text may have any type: it has its own names for them.
fn fits(expected: &Type, own: &Type) -> bool {
    match (expected, own) {
        (Type::Named(name), own) if name.starts_with("federation__") => !own.is_non_null(),
        (Type::NonNullNamed(name), own) if name.starts_with("federation__") => own.is_non_null(),
        (Type::List(expected), Type::List(own)) | (Type::NonNullList(expected), Type::NonNullList(own)) => {
            fits(expected, own)
        }
        (expected, own) => expected == own,
    }
}

/// Without the namespace, in which nobody writes them.
fn told(ty: &Type) -> String {
    ty.to_string().replace("federation__", "")
}
