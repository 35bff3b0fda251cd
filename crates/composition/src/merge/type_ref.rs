//! Merging the type references of fields and arguments.

use std::collections::{HashMap, HashSet};

use apollo_compiler::Name;
use apollo_compiler::ast::Type;

use crate::model::{SubgraphSchema, TypeKind};

/// Which type is a subtype of which, over all subgraphs.
pub(super) struct Hierarchy(HashMap<Name, HashSet<Name>>);

impl Hierarchy {
    pub(super) fn of(subgraphs: &[SubgraphSchema]) -> Self {
        let mut subtypes: HashMap<Name, HashSet<Name>> = HashMap::new();
        for def in subgraphs.iter().flat_map(|subgraph| subgraph.types.values()) {
            match &def.kind {
                TypeKind::Union(members) => {
                    subtypes.entry(def.name.clone()).or_default().extend(members.iter().cloned());
                }
                TypeKind::Object(composite) | TypeKind::Interface(composite) => {
                    for interface in &composite.interfaces {
                        subtypes.entry(interface.clone()).or_default().insert(def.name.clone());
                    }
                }
                _ => {}
            }
        }
        Self(subtypes)
    }

    fn covers(&self, general: &Name, special: &Name) -> bool {
        general == special || self.0.get(general).is_some_and(|subtypes| subtypes.contains(special))
    }

    /// Is a `special` a `general` in output position?
    pub(super) fn is_subtype(&self, special: &Type, general: &Type) -> bool {
        if general.is_non_null() && !special.is_non_null() {
            return false;
        }
        match (special.is_list(), general.is_list()) {
            (true, true) => self.is_subtype(special.item_type(), general.item_type()),
            (false, false) => self.covers(general.inner_named_type(), special.inner_named_type()),
            _ => false,
        }
    }

    /// The most special type that all of `types` are subtypes of, by the rules of output positions; it is one of them but for
    /// nullability.
    pub(super) fn merge_output(&self, types: &[&Type]) -> Option<Type> {
        let merged = if types.iter().all(|ty| ty.is_list()) {
            let items: Vec<&Type> = types.iter().map(|ty| ty.item_type()).collect();
            Type::List(Box::new(self.merge_output(&items)?))
        } else if types.iter().any(|ty| ty.is_list()) {
            return None;
        } else {
            let names: Vec<&Name> = types.iter().map(|ty| ty.inner_named_type()).collect();
            let general =
                names.iter().find(|general| names.iter().all(|special| self.covers(general, special)))?;
            Type::Named((*general).clone())
        };
        Some(if types.iter().all(|ty| ty.is_non_null()) { merged.non_null() } else { merged })
    }
}

/// The most special of `types`, by the rules of input positions: what every subgraph accepts.
pub(super) fn merge_input(types: &[&Type]) -> Option<Type> {
    let merged = if types.iter().all(|ty| ty.is_list()) {
        let items: Vec<&Type> = types.iter().map(|ty| ty.item_type()).collect();
        Type::List(Box::new(merge_input(&items)?))
    } else if types.iter().any(|ty| ty.is_list()) {
        return None;
    } else {
        let mut names = types.iter().map(|ty| ty.inner_named_type());
        let first = names.next()?;
        if !names.all(|name| name == first) {
            return None;
        }
        Type::Named(first.clone())
    };
    Some(if types.iter().any(|ty| ty.is_non_null()) { merged.non_null() } else { merged })
}
