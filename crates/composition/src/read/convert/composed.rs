//! `@composeDirective`.

use apollo_compiler::Name;
use apollo_compiler::collections::IndexMap;

use super::Converter;
use crate::error::ErrorCode;
use crate::model::ComposedDirective;

impl Converter<'_> {
    pub(super) fn composed_directives(&mut self) -> IndexMap<Name, ComposedDirective> {
        let mut found = IndexMap::default();
        let mut names: Vec<String> = self.composed.iter().cloned().collect();
        names.sort_unstable();
        for name in names {
            let link = self.links.foreign.iter().find(|link| {
                link.imports.iter().any(|import| import.trim_start_matches('@') == name)
                    || link.prefix == name
                    || name.starts_with(&format!("{}__", link.prefix))
            });
            let definition = self.schema.directive_definitions.get(name.as_str());
            match (definition, link) {
                (Some(definition), Some(link)) => {
                    found.insert(
                        definition.name.clone(),
                        ComposedDirective {
                            definition: definition.clone(),
                            spec_url: link.url.clone(),
                            version: link.version,
                        },
                    );
                }
                (Some(_), None) => {
                    let message = format!(
                        "@composeDirective names \"@{name}\", which comes from no specification: add a @link that imports it."
                    );
                    self.error(ErrorCode::DirectiveCompositionError, &format!("@{name}"), None, message);
                }
                (None, _) => {
                    let message = format!("@composeDirective names \"@{name}\", which is not defined.");
                    self.error(ErrorCode::DirectiveCompositionError, &format!("@{name}"), None, message);
                }
            }
        }
        found
    }
}
