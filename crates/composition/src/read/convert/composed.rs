//! `@composeDirective`.

use apollo_compiler::Name;
use apollo_compiler::collections::IndexMap;

use super::Converter;
use crate::error::ErrorCode;
use crate::hint::{Hint, HintCode};
use crate::model::{ComposedDirective, ForeignLink};
use crate::read::link::{SHOWN, SPECS};
use crate::read::schema_directives;

/// What a use of `@composeDirective` asks for.
enum Asked {
    Own(ComposedDirective),
    /// A federation directive that is in the supergraph anyway.
    Shown,
}

impl Converter<'_> {
    pub(super) fn composed_directives(&mut self) -> IndexMap<Name, ComposedDirective> {
        let mut found = IndexMap::default();
        for directive in schema_directives(self.document)
            .filter(|directive| self.links.canonical(&directive.name) == Some("composeDirective"))
        {
            let name = directive.specified_argument_by_name("name").and_then(|name| name.as_str());
            let name = name.unwrap_or_default();
            let coordinate = if name.starts_with('@') && name != "@" { name } else { "@composeDirective" };
            let at = self.at(directive.location());
            match self.asked(name) {
                Ok(Asked::Own(directive)) => {
                    found.insert(directive.definition.name.clone(), directive);
                }
                Ok(Asked::Shown) => {
                    let message = "@composeDirective need not name it: it is composed by default.";
                    let hint = Hint::new(HintCode::DirectiveCompositionInfo, coordinate, message);
                    self.hints.push(hint.in_subgraph(self.source.name.as_str(), at));
                }
                Err(message) => {
                    self.error(ErrorCode::DirectiveCompositionError, coordinate, at, message);
                }
            }
        }
        found.sort_keys();
        found
    }

    fn asked(&self, name: &str) -> Result<Asked, String> {
        let Some(name) = name.strip_prefix('@').filter(|name| !name.is_empty()) else {
            return Err(format!(
                "@composeDirective names \"{name}\": it must be a name that begins with \"@\"."
            ));
        };
        if let Some(canonical) = self.links.canonical(name) {
            return match canonical {
                "fromContext" => Ok(Asked::Shown),
                _ if SHOWN.contains(&canonical) => Ok(Asked::Shown),
                _ => Err(format!(
                    "@composeDirective names \"@{name}\", a federation directive that is not for the supergraph."
                )),
            };
        }
        let Some(definition) = self.schema.directive_definitions.get(name) else {
            return Err(format!("@composeDirective names \"@{name}\", which is not defined."));
        };
        let Some((link, original)) =
            self.links.foreign.iter().find_map(|link| Some((link, original(link, name)?)))
        else {
            return Err(format!(
                "@composeDirective names \"@{name}\", which comes from no specification: add a @link that imports it."
            ));
        };
        if is_machinery(link) {
            return Err(format!("@composeDirective names \"@{name}\", which is not for the supergraph."));
        }
        if is_taken(name) {
            return Err(format!(
                "@composeDirective names \"@{name}\", which means a federation directive in the supergraph: import it by \
                 another name."
            ));
        }
        Ok(Asked::Own(ComposedDirective {
            definition: definition.clone(),
            original,
            spec_url: link.url.clone(),
            version: link.version,
        }))
    }
}

/// The name in its specification of the directive that the text calls `name`, if it comes from there.
fn original(link: &ForeignLink, name: &str) -> Option<String> {
    for (original, local) in &link.imports {
        if local.strip_prefix('@') == Some(name) {
            return original.strip_prefix('@').map(str::to_owned);
        }
    }
    if link.prefix == name {
        return link.url.rsplit('/').next().map(str::to_owned);
    }
    name.strip_prefix(&link.prefix)?.strip_prefix("__").map(str::to_owned)
}

/// Specifications of supergraphs, and of what composition needs.
fn is_machinery(link: &ForeignLink) -> bool {
    let spec = link.url.strip_prefix(SPECS).and_then(|rest| rest.strip_prefix('/'));
    spec.is_some_and(|spec| ["core", "join", "link", "source"].contains(&spec))
}

/// Names that mean something else in a supergraph.
fn is_taken(name: &str) -> bool {
    SHOWN.contains(&name) || ["fromContext", "link"].contains(&name) || name.starts_with("join__")
}
