//! Whether an enum is used as input, output or both: it decides how its values merge.

use std::collections::HashMap;

use apollo_compiler::Name;

use crate::model::{SubgraphSchema, TypeKind};

/// How an enum is used anywhere in the supergraph.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Usage {
    pub(super) input: bool,
    pub(super) output: bool,
}

pub(super) struct EnumUsage(HashMap<Name, Usage>);

impl EnumUsage {
    pub(super) fn of(subgraphs: &[SubgraphSchema]) -> Self {
        let mut usage: HashMap<Name, Usage> = HashMap::new();
        for def in subgraphs.iter().flat_map(|subgraph| subgraph.types.values()) {
            match &def.kind {
                TypeKind::Object(composite) | TypeKind::Interface(composite) => {
                    for field in composite.fields.values() {
                        usage.entry(field.ty.inner_named_type().clone()).or_default().output = true;
                        for argument in field.arguments.values() {
                            usage.entry(argument.ty.inner_named_type().clone()).or_default().input = true;
                        }
                    }
                }
                TypeKind::Input(fields) => {
                    for field in fields.values() {
                        usage.entry(field.ty.inner_named_type().clone()).or_default().input = true;
                    }
                }
                _ => {}
            }
        }
        Self(usage)
    }

    pub(super) fn get(&self, name: &Name) -> Usage {
        self.0.get(name).copied().unwrap_or_default()
    }
}
