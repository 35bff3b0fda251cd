//! `@context` and `@fromContext`.

use apollo_compiler::collections::IndexSet;
use apollo_compiler::schema::{DirectiveList, InputValueDefinition};

use super::Converter;
use crate::error::ErrorCode;
use crate::field_set::FieldSet;
use crate::model::FromContext;

impl Converter<'_> {
    /// The names of the contexts that a type sets.
    pub(super) fn contexts(&self, directives: &DirectiveList) -> IndexSet<String> {
        directives
            .iter()
            .filter(|directive| self.links.canonical(&directive.name) == Some("context"))
            .filter_map(|directive| directive.specified_argument_by_name("name")?.as_str())
            .map(str::to_owned)
            .collect()
    }

    /// The `@fromContext` of an argument.
    pub(super) fn contextual(&self, argument: &InputValueDefinition) -> Option<FromContext> {
        let directive =
            argument.directives.iter().find(|d| self.links.canonical(&d.name) == Some("fromContext"))?;
        let field = directive.specified_argument_by_name("field").and_then(|value| value.as_str());
        let (context, text) = split(field.unwrap_or_default());
        Some(FromContext {
            context: context.to_owned(),
            text: text.to_owned(),
            selection: FieldSet::parse(text),
        })
    }

    /// Only a field can be given a value from a context.
    pub(super) fn refuse_contexts_in_directives(&mut self) {
        let mut found = Vec::new();
        for definition in self.schema.directive_definitions.values() {
            for argument in &definition.arguments {
                if self.contextual(argument).is_some() {
                    let coordinate = format!("@{}({}:)", definition.name, argument.name);
                    found.push((coordinate, self.at(argument.name.location())));
                }
            }
        }
        for (coordinate, at) in found {
            let message = "@fromContext cannot be used on the argument of a directive.";
            self.error(ErrorCode::ContextNotSet, &coordinate, at, message);
        }
    }
}

/// `$name selection` in its two parts; the name is empty where there is none.
fn split(field: &str) -> (&str, &str) {
    let Some(rest) = field.trim_start().strip_prefix('$') else { return ("", field) };
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
    rest.split_at(end)
}
