//! A supergraph without its authorization, to compare the rest of it.

use apollo_compiler::Schema;
use apollo_compiler::schema::{ExtendedType, FieldDefinition};

use super::names::{Names, linked};

/// The schema without the links, definitions and uses of the authorization directives.
///
/// A gateway that does not enforce them must refuse such a supergraph, and the planner does. A check serves nobody: it may read
/// on, and tells that the gateway would not.
pub(crate) fn without_authorization(schema: &Schema) -> Schema {
    let names = Names::of(schema);
    let mut schema = schema.clone();
    schema.schema_definition.make_mut().directives.0.retain(|directive| linked(directive).is_none());
    schema.directive_definitions.retain(|name, _| names.meaning(name).is_none());
    schema.types.retain(|name, _| !names.owns_type(name));
    for definition in schema.types.values_mut().filter(|definition| !definition.is_built_in()) {
        let field = |field: &mut FieldDefinition| {
            field.directives.0.retain(|directive| names.meaning(&directive.name).is_none());
        };
        let directives = match definition {
            ExtendedType::Object(object) => {
                let object = object.make_mut();
                object.fields.values_mut().for_each(|one| field(one.make_mut()));
                &mut object.directives
            }
            ExtendedType::Interface(interface) => {
                let interface = interface.make_mut();
                interface.fields.values_mut().for_each(|one| field(one.make_mut()));
                &mut interface.directives
            }
            ExtendedType::Scalar(scalar) => &mut scalar.make_mut().directives,
            ExtendedType::Enum(definition) => &mut definition.make_mut().directives,
            // They stand on nothing else.
            ExtendedType::Union(_) | ExtendedType::InputObject(_) => continue,
        };
        directives.0.retain(|directive| names.meaning(&directive.name).is_none());
    }
    schema
}
