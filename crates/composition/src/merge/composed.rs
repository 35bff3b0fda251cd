//! `@composeDirective`: type system directives of the subgraphs' own that stay in the supergraph.

use apollo_compiler::Name;
use apollo_compiler::collections::IndexMap;

use super::Merger;
use crate::error::ErrorCode;
use crate::model::ComposedDirective;

impl Merger<'_> {
    /// The newest definition of each composed directive; all must come from one major version of one specification.
    pub(super) fn composed_directives(&mut self) -> Vec<ComposedDirective> {
        let subgraphs = self.subgraphs;
        let mut merged: IndexMap<Name, ComposedDirective> = IndexMap::default();
        for (name, directive) in subgraphs.iter().flat_map(|s| &s.composed_directives) {
            let Some(known) = merged.get_mut(name) else {
                merged.insert(name.clone(), directive.clone());
                continue;
            };
            if known.spec_url != directive.spec_url || known.version.0 != directive.version.0 {
                let message = format!(
                    "@composeDirective @{name} means different specifications: \"{}\" v{} and \"{}\" v{}.",
                    known.spec_url, known.version.0, directive.spec_url, directive.version.0
                );
                self.error(ErrorCode::DirectiveCompositionError, &format!("@{name}"), message);
            } else if known.version < directive.version {
                *known = directive.clone();
            }
        }
        merged.sort_keys();
        merged.into_values().collect()
    }
}
