//! `@link`: which name in the text means which federation directive (`https://specs.apollo.dev/link/v1.0`).

use std::collections::HashMap;

use apollo_compiler::Node;
use apollo_compiler::ast::{Directive, Document, Value};

use super::{location, schema_directives};
use crate::error::{CompositionError, ErrorCode};

/// The directives of the federation specifications by their canonical names.
pub(crate) const FEDERATION_DIRECTIVES: &[&str] = &[
    "authenticated",
    "cacheTag",
    "composeDirective",
    "context",
    "cost",
    "extends",
    "external",
    "fromContext",
    "inaccessible",
    "interfaceObject",
    "key",
    "listSize",
    "override",
    "policy",
    "provides",
    "requires",
    "requiresScopes",
    "shareable",
    "tag",
];

/// What a schema without `@link` may use: Federation v1.
const V1_DIRECTIVES: &[&str] = &["extends", "external", "inaccessible", "key", "provides", "requires", "tag"];

/// Specifications that can be linked on their own, with their directives.
const CORE_SPECS: &[(&str, &[&str])] = &[
    ("authenticated", &["authenticated"]),
    ("context", &["context", "fromContext"]),
    ("cost", &["cost", "listSize"]),
    ("inaccessible", &["inaccessible"]),
    ("policy", &["policy"]),
    ("requiresScopes", &["requiresScopes"]),
    ("tag", &["tag"]),
];

/// The names that a subgraph uses.
pub(crate) struct Links {
    pub(crate) is_v1: bool,
    /// The namespace of federation names that are not imported.
    pub(crate) prefix: String,
    /// Name in the text → canonical name.
    directives: HashMap<String, &'static str>,
    /// Imported scalars such as `FieldSet`, by their names in the text.
    pub(crate) imported_types: Vec<String>,
    /// All other linked specifications.
    pub(crate) foreign: Vec<ForeignLink>,
}

/// A specification that is not ours: `@composeDirective` needs to know where a directive comes from.
pub(crate) struct ForeignLink {
    pub(crate) url: String,
    pub(crate) version: (u32, u32),
    /// The local names of its imported directives and its namespace.
    pub(crate) imports: Vec<String>,
    pub(crate) prefix: String,
}

struct Link {
    spec: String,
    base: String,
    version: (u32, u32),
    prefix: String,
    imports: Vec<(String, String)>,
}

impl Links {
    /// Reads all `@link` of the schema.
    pub(crate) fn read(document: &Document, subgraph: &str) -> Result<Self, Vec<CompositionError>> {
        let mut links = Self {
            is_v1: true,
            prefix: "federation".to_owned(),
            directives: HashMap::new(),
            imported_types: Vec::new(),
            foreign: Vec::new(),
        };
        let mut errors = Vec::new();
        for directive in schema_directives(document).filter(|d| d.name == "link") {
            let at = location(directive.location(), &document.sources);
            let read = parse(directive).and_then(|link| links.add(link));
            if let Err(error) = read {
                errors.push(error.in_subgraph(subgraph).located(at));
            }
        }
        if links.is_v1 {
            for name in V1_DIRECTIVES {
                links.directives.insert((*name).to_owned(), name);
            }
        }
        if errors.is_empty() { Ok(links) } else { Err(errors) }
    }

    /// The canonical name of the directive called `name` in the text.
    pub(crate) fn canonical(&self, name: &str) -> Option<&'static str> {
        self.directives.get(name).copied()
    }

    /// All pairs of local and canonical names, in a stable order.
    pub(crate) fn names(&self) -> Vec<(&str, &'static str)> {
        let mut names: Vec<_> = self.directives.iter().map(|(local, name)| (local.as_str(), *name)).collect();
        names.sort_unstable();
        names
    }

    fn add(&mut self, link: Link) -> Result<(), CompositionError> {
        let core = CORE_SPECS.iter().find(|(spec, _)| *spec == link.spec);
        match (link.spec.as_str(), core) {
            ("federation", _) => self.add_federation(&link),
            (_, Some((_, directives))) if link.base.starts_with("https://specs.apollo.dev") => {
                for name in *directives {
                    let imported =
                        link.imports.iter().find(|(from, _)| from.trim_start_matches('@') == *name);
                    let local = match imported {
                        Some((_, local)) => local.trim_start_matches('@').to_owned(),
                        None if *name == link.spec => link.prefix.clone(),
                        None => format!("{}__{name}", link.prefix),
                    };
                    self.directives.insert(local, name);
                }
                Ok(())
            }
            ("link", _) => Ok(()),
            _ => {
                self.foreign.push(ForeignLink {
                    url: link.base,
                    version: link.version,
                    imports: link.imports.into_iter().map(|(_, local)| local).collect(),
                    prefix: link.prefix,
                });
                Ok(())
            }
        }
    }

    fn add_federation(&mut self, link: &Link) -> Result<(), CompositionError> {
        if link.version.0 == 1 {
            return Ok(());
        }
        if link.version.0 != 2 {
            return Err(CompositionError::new(
                ErrorCode::UnknownLinkVersion,
                format!("Federation v{}.{} is unknown: use a v2.", link.version.0, link.version.1),
            ));
        }
        self.is_v1 = false;
        self.prefix.clone_from(&link.prefix);
        for name in FEDERATION_DIRECTIVES {
            self.directives.insert(format!("{}__{name}", link.prefix), name);
        }
        for (from, local) in &link.imports {
            let Some(name) = from.strip_prefix('@') else {
                self.imported_types.push(local.clone());
                continue;
            };
            let Some(canonical) = FEDERATION_DIRECTIVES.iter().find(|known| **known == name) else {
                if name == "link" {
                    continue;
                }
                return Err(CompositionError::new(
                    ErrorCode::InvalidLinkIdentifier,
                    format!("Cannot import unknown element \"{from}\" from the federation specification."),
                ));
            };
            self.directives.insert(local.trim_start_matches('@').to_owned(), canonical);
        }
        Ok(())
    }
}

fn parse(directive: &Node<Directive>) -> Result<Link, CompositionError> {
    let invalid = |message: &str| CompositionError::new(ErrorCode::InvalidLinkDirectiveUsage, message);
    let url = directive
        .specified_argument_by_name("url")
        .and_then(|value| value.as_str())
        .ok_or_else(|| invalid("@link needs a \"url\" that is a string."))?;
    let url = url.trim_end_matches('/');
    let mut parts: Vec<&str> = url.split('/').collect();
    let version = parts.last().and_then(|last| parse_version(last));
    if version.is_some() {
        parts.pop();
    }
    let spec = parts.last().copied().unwrap_or_default().to_owned();
    let prefix = match directive.specified_argument_by_name("as") {
        Some(value) => value
            .as_str()
            .ok_or_else(|| invalid("The argument \"as\" of @link must be a string."))?
            .to_owned(),
        None => spec.clone(),
    };
    let mut imports = Vec::new();
    if let Some(value) = directive.specified_argument_by_name("import") {
        let items =
            value.as_list().ok_or_else(|| invalid("The argument \"import\" of @link must be a list."))?;
        for item in items {
            imports.push(import(item).ok_or_else(|| {
                invalid("An import of @link must be a string, or an object with \"name\" and \"as\".")
            })?);
        }
    }
    Ok(Link { spec, base: parts.join("/"), version: version.unwrap_or((0, 0)), prefix, imports })
}

fn import(item: &Value) -> Option<(String, String)> {
    if let Some(name) = item.as_str() {
        return Some((name.to_owned(), name.to_owned()));
    }
    let object = item.as_object()?;
    let part = |key: &str| object.iter().find(|(name, _)| name == key).and_then(|(_, value)| value.as_str());
    let name = part("name")?;
    let local = part("as").unwrap_or(name);
    (name.starts_with('@') == local.starts_with('@')).then(|| (name.to_owned(), local.to_owned()))
}

fn parse_version(text: &str) -> Option<(u32, u32)> {
    let (major, minor) = text.strip_prefix('v')?.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}
