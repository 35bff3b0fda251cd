//! Graphs with one part less, for the one server and the subgraphs alike.

use std::collections::BTreeSet;

use apollo_compiler::ast::{Definition, DirectiveList, Document, FieldDefinition};
use apollo_compiler::{Name, Node};

use crate::case::Graph;

/// A part that can be left out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Subgraph(String),
    /// Everywhere, with all fields and members of that type.
    Type(String),
    /// Everywhere.
    Field(String, String),
    /// Everywhere.
    Argument(String, String, String),
    Member(String, String),
    /// In one subgraph.
    OwnField(String, String, String),
    /// In one subgraph.
    OwnType(String, String),
    /// In one subgraph: the directive of that number, of a field.
    Directive(String, String, String, usize),
    /// In one subgraph: the directive of that number, of a type.
    TypeDirective(String, String, usize),
}

/// The graph without its part of that number; `None` where there are not so many.
pub(super) fn without(graph: &Graph, at: usize) -> Option<Graph> {
    let part = parts(graph).into_iter().nth(at)?;
    let mut smaller = graph.clone();
    if let Part::Subgraph(name) = &part {
        smaller.subgraphs.remove(name);
        return Some(smaller);
    }
    smaller.monolith = cut(&graph.monolith, None, &part);
    for (name, sdl) in &mut smaller.subgraphs {
        *sdl = cut(sdl, Some(name), &part);
    }
    smaller.subgraphs.retain(|_, sdl| !sdl.trim().is_empty());
    Some(smaller)
}

fn parts(graph: &Graph) -> BTreeSet<Part> {
    let mut parts = BTreeSet::new();
    parts.extend(graph.subgraphs.keys().cloned().map(Part::Subgraph));
    let texts = graph.subgraphs.iter().map(|(name, sdl)| (Some(name), sdl));
    for (subgraph, sdl) in texts.chain([(None, &graph.monolith)]) {
        let Ok(document) = Document::parse(sdl, "graph.graphql") else { continue };
        for definition in &document.definitions {
            let Some(ty) = definition.name().map(ToString::to_string) else { continue };
            parts.insert(Part::Type(ty.clone()));
            if let Definition::UnionTypeDefinition(union) = definition {
                parts.extend(union.members.iter().map(|member| Part::Member(ty.clone(), member.to_string())));
            }
            let (fields, interfaces, directives) = match definition {
                Definition::ObjectTypeDefinition(one) => {
                    (&one.fields, one.implements_interfaces.as_slice(), &one.directives)
                }
                Definition::InterfaceTypeDefinition(one) => {
                    (&one.fields, one.implements_interfaces.as_slice(), &one.directives)
                }
                _ => continue,
            };
            parts.extend(interfaces.iter().map(|name| Part::Member(name.to_string(), ty.clone())));
            if let Some(subgraph) = subgraph {
                parts.insert(Part::OwnType(subgraph.clone(), ty.clone()));
                parts.extend(
                    (0..directives.len()).map(|at| Part::TypeDirective(subgraph.clone(), ty.clone(), at)),
                );
            }
            for field in fields {
                let name = field.name.to_string();
                parts.insert(Part::Field(ty.clone(), name.clone()));
                parts.extend(
                    field
                        .arguments
                        .iter()
                        .map(|argument| Part::Argument(ty.clone(), name.clone(), argument.name.to_string())),
                );
                if let Some(subgraph) = subgraph {
                    parts.insert(Part::OwnField(subgraph.clone(), ty.clone(), name.clone()));
                    parts.extend(
                        (0..field.directives.len())
                            .map(|at| Part::Directive(subgraph.clone(), ty.clone(), name.clone(), at)),
                    );
                }
            }
        }
    }
    parts
}

/// A schema's text without that part.
fn cut(sdl: &str, subgraph: Option<&str>, part: &Part) -> String {
    let Ok(mut document) = Document::parse(sdl, "graph.graphql") else { return sdl.to_owned() };
    document.definitions.retain(|definition| {
        let Some(ty) = definition.name().map(Name::as_str) else { return true };
        match part {
            Part::Type(name) => ty != name,
            Part::OwnType(one, name) => subgraph != Some(one) || ty != name,
            _ => true,
        }
    });
    for definition in &mut document.definitions {
        match definition {
            Definition::ObjectTypeDefinition(one) => {
                let one = one.make_mut();
                let name = one.name.to_string();
                one.implements_interfaces.retain(|interface| match part {
                    Part::Type(gone) => interface.as_str() != gone,
                    Part::Member(of, member) => interface.as_str() != of || name != *member,
                    _ => true,
                });
                cut_fields(&name, &mut one.fields, &mut one.directives, subgraph, part);
            }
            Definition::InterfaceTypeDefinition(one) => {
                let one = one.make_mut();
                let name = one.name.to_string();
                cut_fields(&name, &mut one.fields, &mut one.directives, subgraph, part);
            }
            Definition::UnionTypeDefinition(one) => {
                let one = one.make_mut();
                let name = one.name.to_string();
                one.members.retain(|member| match part {
                    Part::Type(gone) => member.as_str() != gone,
                    Part::Member(of, gone) => name != *of || member.as_str() != gone,
                    _ => true,
                });
            }
            _ => {}
        }
    }
    document.definitions.retain(|definition| match definition {
        Definition::ObjectTypeDefinition(one) => !one.fields.is_empty(),
        Definition::InterfaceTypeDefinition(one) => !one.fields.is_empty(),
        Definition::UnionTypeDefinition(one) => !one.members.is_empty(),
        _ => true,
    });
    document.to_string()
}

fn cut_fields(
    ty: &str,
    fields: &mut Vec<Node<FieldDefinition>>,
    directives: &mut DirectiveList,
    subgraph: Option<&str>,
    part: &Part,
) {
    if let Part::TypeDirective(one, of, at) = part
        && of == ty
        && subgraph == Some(one)
        && *at < directives.len()
    {
        directives.remove(*at);
    }
    fields.retain(|field| match part {
        Part::Type(name) => field.ty.inner_named_type().as_str() != name,
        Part::Field(of, name) => of != ty || field.name.as_str() != name,
        Part::OwnField(one, of, name) => subgraph != Some(one) || of != ty || field.name.as_str() != name,
        _ => true,
    });
    for field in fields {
        match part {
            Part::Argument(of, name, argument) if of == ty && field.name.as_str() == name => {
                field.make_mut().arguments.retain(|one| one.name.as_str() != argument);
            }
            Part::Type(name) => {
                field.make_mut().arguments.retain(|one| one.ty.inner_named_type().as_str() != name);
            }
            Part::Directive(one, of, name, at)
                if of == ty
                    && field.name.as_str() == name
                    && subgraph == Some(one)
                    && *at < field.directives.len() =>
            {
                field.make_mut().directives.remove(*at);
            }
            _ => {}
        }
    }
}
