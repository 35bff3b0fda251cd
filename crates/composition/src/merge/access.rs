//! `@authenticated`, `@requiresScopes` and `@policy` on what implements an interface.

use apollo_compiler::Name;
use apollo_compiler::collections::IndexMap;

use super::annotations::restrict;
use crate::model::Annotations;
use crate::supergraph::{MergedKind, MergedType};

/// Asking for a field by an interface asks for it on every implementation: whoever may do that must pass all of them.
pub(super) fn restrict_interfaces(types: &mut IndexMap<Name, MergedType>) {
    let mut found: Vec<(Name, Option<Name>, Annotations)> = Vec::new();
    for ty in types.values() {
        let MergedKind::Object(object) = &ty.kind else { continue };
        for interface in object.interfaces.keys() {
            if restricts(&ty.annotations) {
                found.push((interface.clone(), None, ty.annotations.clone()));
            }
            for field in object.fields.values().filter(|field| restricts(&field.annotations)) {
                found.push((interface.clone(), Some(field.name.clone()), field.annotations.clone()));
            }
        }
    }
    for (interface, field, annotations) in found {
        let Some(ty) = types.get_mut(&interface) else { continue };
        match (field, &mut ty.kind) {
            (None, _) => restrict(&mut ty.annotations, &annotations),
            (Some(field), MergedKind::Interface(interface)) => {
                if let Some(field) = interface.fields.get_mut(&field) {
                    restrict(&mut field.annotations, &annotations);
                }
            }
            _ => {}
        }
    }
}

fn restricts(annotations: &Annotations) -> bool {
    annotations.authenticated || annotations.scopes.is_some() || annotations.policies.is_some()
}
