//! `@composeDirective`: type system directives of the subgraphs' own that stay in the supergraph.

use std::collections::{BTreeMap, BTreeSet};

use apollo_compiler::Name;
use apollo_compiler::collections::IndexMap;

use super::Merger;
use crate::error::ErrorCode;
use crate::hint::{Hint, HintCode};
use crate::model::ComposedDirective;

impl Merger<'_> {
    /// The newest definition of each composed directive; all must be one directive of one major version of one specification.
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
            } else if known.original != directive.original {
                let message = format!(
                    "@composeDirective @{name} means different directives of \"{}\": \"@{}\" and \"@{}\".",
                    known.spec_url, known.original, directive.original
                );
                self.error(ErrorCode::DirectiveCompositionError, &format!("@{name}"), message);
            } else if known.version < directive.version {
                *known = directive.clone();
            }
        }
        merged.sort_keys();
        self.refuse_two_names(&merged);
        self.hint_other_names(&merged);
        self.hint_other_versions();
        merged.into_values().collect()
    }

    fn refuse_two_names(&mut self, merged: &IndexMap<Name, ComposedDirective>) {
        let mut names: BTreeMap<(&str, &str), &Name> = BTreeMap::new();
        for (name, directive) in merged {
            if let Some(other) = names.insert((&directive.spec_url, &directive.original), name) {
                let message = format!(
                    "\"@{}\" of \"{}\" is composed as \"@{other}\" and as \"@{name}\": it needs one name.",
                    directive.original, directive.spec_url
                );
                self.error(ErrorCode::DirectiveCompositionError, &format!("@{name}"), message);
            }
        }
    }

    /// A subgraph that does not compose the directive calls it otherwise.
    fn hint_other_names(&mut self, merged: &IndexMap<Name, ComposedDirective>) {
        let subgraphs = self.subgraphs;
        for (name, directive) in merged {
            let (original, local) = (format!("@{}", directive.original), format!("@{name}"));
            for subgraph in subgraphs.iter().filter(|s| !s.composed_directives.contains_key(name)) {
                let links = subgraph.foreign.iter().filter(|link| link.url == directive.spec_url);
                for link in links {
                    let other = link.imports.iter().find(|(from, to)| *from == original && *to != local);
                    let Some((_, other)) = other else { continue };
                    let message = format!(
                        "The composed directive is called \"{other}\" in \"{}\", which does not compose it: to do so it will \
                         need the same name.",
                        subgraph.name
                    );
                    let hint = Hint::new(HintCode::DirectiveCompositionWarn, &local, message);
                    self.hints.push(hint.in_subgraph(subgraph.name.as_str(), link.location));
                }
            }
        }
    }

    /// A specification is linked in several major versions. Where they are composed, it is an error.
    fn hint_other_versions(&mut self) {
        let mut majors: BTreeMap<&str, BTreeSet<u32>> = BTreeMap::new();
        for link in self.subgraphs.iter().flat_map(|subgraph| &subgraph.foreign) {
            majors.entry(&link.url).or_default().insert(link.version.0);
        }
        for (url, majors) in majors.into_iter().filter(|(_, majors)| majors.len() > 1) {
            let versions: Vec<String> = majors.iter().map(|major| format!("v{major}")).collect();
            let message =
                format!("\"{url}\" is linked in different major versions: {}.", versions.join(", "));
            self.hint(HintCode::DirectiveCompositionInfo, "@link", message);
        }
    }
}
