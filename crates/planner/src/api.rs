//! The API schema: the supergraph as clients see it.

use std::collections::HashSet;

use apollo_compiler::collections::IndexMap;
use apollo_compiler::schema::{Component, DirectiveList, ExtendedType, FieldDefinition};
use apollo_compiler::validation::Valid;
use apollo_compiler::{Name, Schema};

use crate::error::SupergraphError;
use crate::features::Features;

/// Takes everything away that is not for clients: the machinery of join, link and all linked specifications, and
/// everything `@inaccessible`.
pub(crate) fn derive(supergraph: &Schema, features: &Features) -> Result<Valid<Schema>, SupergraphError> {
    let mut schema = supergraph.clone();
    schema
        .directive_definitions
        .retain(|name, definition| definition.is_built_in() || !features.owns_directive(name));
    let gone: HashSet<Name> = schema
        .types
        .iter()
        .filter(|(name, definition)| {
            features.owns_type(name) || features.hide(definition.directives().iter())
        })
        .map(|(name, _)| name.clone())
        .collect();
    schema.types.retain(|name, _| !gone.contains(name));
    for definition in schema.types.values_mut() {
        if !definition.is_built_in() {
            strip_type(definition, &gone, features);
        }
    }
    // A type that lost its last field or member cannot be asked for; composition refuses what would refer to it.
    schema.types.retain(|_, definition| match definition {
        ExtendedType::Union(union) => !union.members.is_empty(),
        ExtendedType::Object(object) => !object.fields.is_empty(),
        _ => true,
    });
    let kept: HashSet<Name> = schema.directive_definitions.keys().cloned().collect();
    let root = schema.schema_definition.make_mut();
    root.directives.0.retain(|d| kept.contains(&d.name));
    for name in [&mut root.query, &mut root.mutation, &mut root.subscription] {
        if name.as_ref().is_some_and(|name| !schema.types.contains_key(&name.name)) {
            *name = None;
        }
    }
    for definition in schema.types.values_mut() {
        if !definition.is_built_in() {
            keep_directives(definition, &kept);
        }
    }
    schema.validate().map_err(|with_errors| SupergraphError::Api(with_errors.errors.to_string()))
}

fn strip_type(definition: &mut ExtendedType, gone: &HashSet<Name>, features: &Features) {
    let keep_fields = |fields: &mut IndexMap<Name, Component<FieldDefinition>>| {
        fields.retain(|_, f| !features.hide(f.directives.iter()) && !gone.contains(f.ty.inner_named_type()));
        for field in fields.values_mut() {
            field.make_mut().arguments.retain(|argument| !features.hide(argument.directives.iter()));
        }
    };
    match definition {
        ExtendedType::Object(object) => {
            let object = object.make_mut();
            object.implements_interfaces.retain(|i| !gone.contains(&i.name));
            keep_fields(&mut object.fields);
        }
        ExtendedType::Interface(interface) => {
            let interface = interface.make_mut();
            interface.implements_interfaces.retain(|i| !gone.contains(&i.name));
            keep_fields(&mut interface.fields);
        }
        ExtendedType::Union(union) => union.make_mut().members.retain(|m| !gone.contains(&m.name)),
        ExtendedType::Enum(e) => e.make_mut().values.retain(|_, v| !features.hide(v.directives.iter())),
        ExtendedType::InputObject(input) => input
            .make_mut()
            .fields
            .retain(|_, f| !features.hide(f.directives.iter()) && !gone.contains(f.ty.inner_named_type())),
        ExtendedType::Scalar(_) => {}
    }
}

/// Keeps the directives that are still defined.
fn keep_directives(definition: &mut ExtendedType, kept: &HashSet<Name>) {
    let keep = |list: &mut DirectiveList| list.0.retain(|d| kept.contains(&d.name));
    let keep_ast = |list: &mut apollo_compiler::ast::DirectiveList| list.0.retain(|d| kept.contains(&d.name));
    let keep_fields = |field: &mut FieldDefinition| {
        keep_ast(&mut field.directives);
        for argument in &mut field.arguments {
            keep_ast(&mut argument.make_mut().directives);
        }
    };
    match definition {
        ExtendedType::Object(object) => {
            let object = object.make_mut();
            keep(&mut object.directives);
            object.fields.values_mut().for_each(|f| keep_fields(f.make_mut()));
        }
        ExtendedType::Interface(interface) => {
            let interface = interface.make_mut();
            keep(&mut interface.directives);
            interface.fields.values_mut().for_each(|f| keep_fields(f.make_mut()));
        }
        ExtendedType::Union(union) => keep(&mut union.make_mut().directives),
        ExtendedType::Scalar(scalar) => keep(&mut scalar.make_mut().directives),
        ExtendedType::Enum(e) => {
            let e = e.make_mut();
            keep(&mut e.directives);
            e.values.values_mut().for_each(|v| keep_ast(&mut v.make_mut().directives));
        }
        ExtendedType::InputObject(input) => {
            let input = input.make_mut();
            keep(&mut input.directives);
            input.fields.values_mut().for_each(|f| keep_ast(&mut f.make_mut().directives));
        }
    }
}
