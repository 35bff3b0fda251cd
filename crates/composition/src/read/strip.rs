//! Takes the machinery of federation out of a document: what frameworks print for routers and no client ever sees.

use apollo_compiler::Name;
use apollo_compiler::Node;
use apollo_compiler::ast::{Definition, Document, FieldDefinition};

use super::link::Links;

const MACHINERY_TYPES: &[&str] = &[
    "_Any",
    "_Entity",
    "_FieldSet",
    "_Service",
    "FieldSet",
    "link__Import",
    "link__Purpose",
    "federation__FieldSet",
];

/// Drops `_service`, `_entities`, their types, and the definitions of the federation directives (ours are put in instead).
pub(super) fn machinery(mut document: Document, links: &Links) -> Document {
    let prefix = format!("{}__", links.prefix);
    document.definitions.retain(|definition| match definition {
        Definition::DirectiveDefinition(directive) => {
            let name = directive.name.as_str();
            name != links.link_name && !name.starts_with(&prefix) && links.canonical(name).is_none()
        }
        Definition::ScalarTypeDefinition(_)
        | Definition::UnionTypeDefinition(_)
        | Definition::UnionTypeExtension(_)
        | Definition::ObjectTypeDefinition(_)
        | Definition::EnumTypeDefinition(_) => !definition.name().is_some_and(|name| {
            let is_scalar = matches!(definition, Definition::ScalarTypeDefinition(_));
            (MACHINERY_TYPES.contains(&name.as_str()) && (name != "FieldSet" || is_scalar))
                || name.starts_with(&prefix)
                || links.imported_types.iter().any(|imported| imported == name.as_str())
        }),
        _ => true,
    });
    let mut emptied = Vec::new();
    for definition in &mut document.definitions {
        match definition {
            Definition::ObjectTypeDefinition(object)
                if has_machinery(&object.fields) || (object.fields.is_empty() && is_root(&object.name)) =>
            {
                let object = object.make_mut();
                drop_machinery(&mut object.fields);
                if object.fields.is_empty() {
                    emptied.push(object.name.clone());
                }
            }
            Definition::ObjectTypeExtension(object) if has_machinery(&object.fields) => {
                drop_machinery(&mut object.make_mut().fields);
            }
            _ => {}
        }
    }
    remove_empty_roots(&mut document, &emptied);
    document
}

fn is_root(name: &Name) -> bool {
    matches!(name.as_str(), "Query" | "Mutation" | "Subscription")
}

fn is_machinery(field: &FieldDefinition) -> bool {
    (field.name == "_service" && field.ty.inner_named_type() == "_Service")
        || (field.name == "_entities" && field.ty.inner_named_type() == "_Entity")
}

fn has_machinery(fields: &[Node<FieldDefinition>]) -> bool {
    fields.iter().any(|field| is_machinery(field))
}

fn drop_machinery(fields: &mut Vec<Node<FieldDefinition>>) {
    fields.retain(|field| !is_machinery(field));
}

/// A root type that held nothing else is gone, unless an extension has more fields.
fn remove_empty_roots(document: &mut Document, emptied: &[Name]) {
    for name in emptied {
        let extended = document.definitions.iter().any(|definition| {
            matches!(definition, Definition::ObjectTypeExtension(ext) if ext.name == *name && !ext.fields.is_empty())
        });
        if extended {
            continue;
        }
        document.definitions.retain(|definition| {
            !matches!(definition, Definition::ObjectTypeDefinition(_) | Definition::ObjectTypeExtension(_))
                || definition.name() != Some(name)
        });
        for definition in &mut document.definitions {
            match definition {
                Definition::SchemaDefinition(schema) => {
                    schema.make_mut().root_operations.retain(|root| root.1 != *name);
                }
                Definition::SchemaExtension(schema) => {
                    schema.make_mut().root_operations.retain(|root| root.1 != *name);
                }
                _ => {}
            }
        }
    }
    // An extension that held nothing else.
    document.definitions.retain(|definition| {
        !matches!(definition, Definition::ObjectTypeExtension(ext)
            if is_root(&ext.name) && ext.fields.is_empty() && ext.directives.is_empty() && ext.implements_interfaces.is_empty())
    });
}
