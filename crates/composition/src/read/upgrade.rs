//! Federation v1 to v2: what v1 schemas could say without saying it.

use std::collections::HashSet;

use apollo_compiler::Name;

use crate::field_set::Selection;
use crate::model::{SubgraphSchema, TypeKind};

/// Gives a v1 schema its v2 meaning.
///
/// In v1 every field was resolvable by anybody who defined it (value types), interfaces could carry directives without effect, and
/// root types were extended rather than defined.
pub(super) fn to_v2(model: &mut SubgraphSchema) {
    for def in model.types.values_mut() {
        let is_interface = matches!(def.kind, TypeKind::Interface(_));
        if is_interface {
            def.keys.clear();
        }
        let has_keys = !def.keys.is_empty();
        let is_extension = def.is_extension;
        let Some(composite) = def.composite_mut() else { continue };
        for field in composite.fields.values_mut() {
            if is_interface {
                field.external = false;
                field.requires = None;
                field.provides = None;
                continue;
            }
            if field.external && !has_keys && !is_extension {
                // Without effect in v1: nobody can name the field.
                field.external = false;
            }
            field.shareable = !field.external;
        }
    }
}

/// The fields that some subgraph has at the top of a key, with their types.
pub(super) fn key_fields(models: &[SubgraphSchema]) -> HashSet<(Name, Name)> {
    let keys = models.iter().flat_map(|model| model.types.values()).flat_map(|def| {
        let selections = def.keys.iter().flat_map(|key| &key.fields.0);
        selections.map(move |selection| (def, selection))
    });
    keys.filter_map(|(def, selection)| match selection {
        Selection::Field { name, .. } => Some((def.name.clone(), name.clone())),
        Selection::Inline { .. } => None,
    })
    .collect()
}

/// In v1 an extension could name the key of its base without a `@key` of its own: it does know those fields.
pub(super) fn resolve_foreign_keys(model: &mut SubgraphSchema, keys: &HashSet<(Name, Name)>) {
    for def in model.types.values_mut().filter(|def| def.is_extension && def.keys.is_empty()) {
        let type_name = def.name.clone();
        let Some(composite) = def.composite_mut() else { continue };
        for field in composite.fields.values_mut() {
            if field.external && keys.contains(&(type_name.clone(), field.name.clone())) {
                field.external = false;
                field.shareable = true;
            }
        }
    }
}

/// `extend type` of v1 is a definition like any other in v2; only what says `@extends` keeps `@join__type(extension:)`.
pub(super) fn forget_extensions(model: &mut SubgraphSchema) {
    for def in model.types.values_mut().filter(|def| !def.has_extends) {
        def.keys.iter_mut().for_each(|key| key.of_extension = false);
    }
}

/// v1 schemas often list external fields that nobody uses: they are as good as absent.
pub(super) fn drop_unused_externals(model: &mut SubgraphSchema) {
    let mut unused = Vec::new();
    for def in model.types.values() {
        let TypeKind::Object(composite) = &def.kind else { continue };
        for field in composite.fields.values() {
            if field.external && !field.uses.any() {
                unused.push((def.name.clone(), field.name.clone()));
            }
        }
    }
    for (type_name, field) in unused {
        let in_interface =
            model.types.get(&type_name).and_then(|def| def.composite()).is_some_and(|composite| {
                composite.interfaces.iter().any(|interface| model.field(interface, &field).is_some())
            });
        if in_interface {
            continue;
        }
        if let Some(composite) = model.types.get_mut(&type_name).and_then(|def| def.composite_mut()) {
            composite.fields.shift_remove(&field);
        }
    }
}
