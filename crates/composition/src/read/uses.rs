//! Marks which fields the field sets of a subgraph select.

use apollo_compiler::Name;
use apollo_compiler::collections::IndexSet;

use crate::field_set::{FieldSet, Selection};
use crate::model::SubgraphSchema;

type Selected = IndexSet<(Name, Name)>;

/// Sets `in_key`, `provided` and `required`, and takes `@external` off the key fields of extensions: there it only says
/// where the type was defined first, and the subgraph does resolve them.
pub(super) fn mark(model: &mut SubgraphSchema) {
    let (mut in_key, mut of_extension) = (Selected::default(), Selected::default());
    let (mut provided, mut required) = (Selected::default(), Selected::default());
    for def in model.types.values() {
        for key in &def.keys {
            collect(model, &def.name, &key.fields, &mut in_key);
            if key.of_extension {
                collect(model, &def.name, &key.fields, &mut of_extension);
            }
        }
        for field in def.composite().into_iter().flat_map(|composite| composite.fields.values()) {
            for argument in field.arguments.values() {
                let Some(from) = &argument.from_context else { continue };
                let Ok(set) = &from.selection else { continue };
                for location in model.context_types(&from.context) {
                    collect(model, &location.name, set, &mut required);
                }
            }
            if let Some(set) = &field.requires {
                collect(model, &def.name, set, &mut required);
            }
            if let Some(set) = &field.provides {
                collect(model, field.ty.inner_named_type(), set, &mut provided);
            }
        }
    }
    for def in model.types.values_mut() {
        let type_name = def.name.clone();
        let Some(composite) = def.composite_mut() else { continue };
        for field in composite.fields.values_mut() {
            let id = (type_name.clone(), field.name.clone());
            field.uses.key = in_key.contains(&id);
            field.uses.provides = provided.contains(&id);
            field.uses.requires = required.contains(&id);
            if field.external && of_extension.contains(&id) {
                field.external = false;
            }
            field.shareable |= field.uses.key && !field.external;
        }
    }
}

/// Collects what `set` selects on `parent`; a field of an interface stands for the same field of its implementations too.
fn collect(model: &SubgraphSchema, parent: &Name, set: &FieldSet, found: &mut Selected) {
    for selection in &set.0 {
        match selection {
            Selection::Inline { on, selections } => {
                collect(model, on.as_ref().unwrap_or(parent), selections, found);
            }
            Selection::Field { name, selections, .. } => {
                let Some(field) = model.field(parent, name) else { continue };
                found.insert((parent.clone(), name.clone()));
                for object in model.possible_types(parent) {
                    if model.field(&object, name).is_some() {
                        found.insert((object, name.clone()));
                    }
                }
                collect(model, field.ty.inner_named_type(), selections, found);
            }
        }
    }
}
