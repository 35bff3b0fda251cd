//! What the authorization directives are called in one supergraph.

use std::collections::HashMap;

use apollo_compiler::Schema;
use apollo_compiler::ast::{Directive, Value};

/// The specifications of Federation with directives for authorization: name and directive are one.
const SPECIFICATIONS: [&str; 3] = ["authenticated", "requiresScopes", "policy"];

/// Their names in one supergraph, for links may rename them.
pub(super) struct Names {
    /// By the name in this supergraph.
    directives: HashMap<String, &'static str>,
    /// Before `__` in the names of their types.
    prefixes: Vec<String>,
    /// Imported types.
    types: Vec<String>,
}

impl Names {
    pub(super) fn of(schema: &Schema) -> Self {
        // A tool may forget the link.
        let mut names = Self {
            directives: SPECIFICATIONS.iter().map(|name| ((*name).to_owned(), *name)).collect(),
            prefixes: SPECIFICATIONS.map(str::to_owned).into(),
            types: Vec::new(),
        };
        for directive in &schema.schema_definition.directives.0 {
            if let Some(specification) = linked(directive) {
                names.link(directive, specification);
            }
        }
        names
    }

    /// Which of the three a directive is.
    pub(super) fn meaning(&self, directive: &str) -> Option<&'static str> {
        self.directives.get(directive).copied()
    }

    /// Whether a type belongs to them.
    pub(super) fn owns_type(&self, name: &str) -> bool {
        self.types.iter().any(|ty| ty == name)
            || name.split_once("__").is_some_and(|(prefix, _)| self.prefixes.iter().any(|one| one == prefix))
    }

    fn link(&mut self, link: &Directive, specification: &'static str) {
        if let Some(renamed) = text(link, "as") {
            self.directives.remove(specification);
            self.directives.insert(renamed.to_owned(), specification);
            self.prefixes.push(renamed.to_owned());
        }
        let imports = link.specified_argument_by_name("import").and_then(|value| value.as_list());
        for import in imports.into_iter().flatten() {
            let Some((name, here)) = import_names(import) else { continue };
            match (name.strip_prefix('@'), here.strip_prefix('@')) {
                (Some(name), Some(here)) if name == specification => {
                    self.directives.insert(here.to_owned(), specification);
                }
                _ => self.types.push(here.to_owned()),
            }
        }
    }
}

/// The specification of authorization that a directive of the schema definition links.
pub(super) fn linked(directive: &Directive) -> Option<&'static str> {
    let url = text(directive, "url").or_else(|| text(directive, "feature"))?;
    let (identity, _version) = url.trim_end_matches('/').rsplit_once('/')?;
    let name = identity.rsplit('/').next()?;
    SPECIFICATIONS.into_iter().find(|one| *one == name)
}

/// Both names of an import: in the specification and here.
fn import_names(import: &Value) -> Option<(&str, &str)> {
    if let Some(name) = import.as_str() {
        return Some((name, name));
    }
    let fields = import.as_object()?;
    let get = |key: &str| fields.iter().find(|(name, _)| name == key).and_then(|(_, value)| value.as_str());
    let name = get("name")?;
    Some((name, get("as").unwrap_or(name)))
}

fn text<'a>(directive: &'a Directive, argument: &str) -> Option<&'a str> {
    directive.specified_argument_by_name(argument)?.as_str()
}
