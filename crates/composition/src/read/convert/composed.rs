//! Directives that need more than a definition: `@composeDirective` and `@fromContext`.

use apollo_compiler::ast;
use apollo_compiler::collections::IndexMap;
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{Name, Node};

use super::Converter;
use crate::error::ErrorCode;
use crate::model::ComposedDirective;

impl Converter<'_> {
    /// `@context` without its effect would be worse than none: arguments would become the client's to set.
    pub(super) fn refuse_contexts(&mut self) {
        let mut found = Vec::new();
        for ty in self.schema.types.values() {
            let fields = match ty {
                ExtendedType::Object(def) => &def.fields,
                ExtendedType::Interface(def) => &def.fields,
                _ => continue,
            };
            for field in fields.values() {
                for argument in &field.arguments {
                    let uses =
                        |d: &Node<ast::Directive>| self.links.canonical(&d.name) == Some("fromContext");
                    if argument.directives.iter().any(uses) {
                        let coordinate = format!("{}.{}({}:)", ty.name(), field.name, argument.name);
                        found.push((coordinate, self.at(argument.name.location())));
                    }
                }
            }
        }
        for (coordinate, at) in found {
            self.error(ErrorCode::UnsupportedFeature, &coordinate, at, "@fromContext is not supported.");
        }
    }

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
