//! `@link`: which name in the text means which federation directive (`https://specs.apollo.dev/link/v1.0`).

use std::collections::HashMap;

use apollo_compiler::Node;
use apollo_compiler::ast::{Directive, Document, Value};

use super::{location, schema_directives};
use crate::error::{CompositionError, ErrorCode, Location};
use crate::model::ForeignLink;

/// The directives of federation v2 by their canonical names, with the minor version that brought each.
const FEDERATION_DIRECTIVES: &[(&str, u32)] = &[
    ("authenticated", 5),
    ("cacheTag", 12),
    ("composeDirective", 1),
    ("context", 8),
    ("cost", 9),
    ("extends", 0),
    ("external", 0),
    ("fromContext", 8),
    ("inaccessible", 0),
    ("interfaceObject", 3),
    ("key", 0),
    ("listSize", 9),
    ("override", 0),
    ("policy", 6),
    ("provides", 0),
    ("requires", 0),
    ("requiresScopes", 5),
    ("shareable", 0),
    ("tag", 0),
];

/// The types of federation v2 that can be imported.
const FEDERATION_TYPES: &[(&str, u32)] =
    &[("FieldSet", 0), ("Scope", 5), ("Policy", 6), ("ContextFieldValue", 8)];

/// The newest federation v2 that is known: what a later one means cannot be.
const NEWEST_MINOR: u32 = 14;

pub(super) const SPECS: &str = "https://specs.apollo.dev";

/// The directives that the supergraph shows, by these names.
pub(crate) const SHOWN: [&str; 8] =
    ["authenticated", "context", "cost", "inaccessible", "listSize", "policy", "requiresScopes", "tag"];

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
    /// The minor version of federation v2.
    pub(crate) minor: u32,
    /// What `@link` itself is called.
    pub(crate) link_name: String,
    /// The namespace of federation names that are not imported.
    pub(crate) prefix: String,
    /// Name in the text → canonical name.
    directives: HashMap<String, &'static str>,
    /// Imported scalars such as `FieldSet`, by their names in the text.
    pub(crate) imported_types: Vec<String>,
    /// The namespaces of all linked specifications.
    pub(crate) prefixes: Vec<String>,
    /// All other linked specifications: `@composeDirective` needs to know where a directive comes from.
    pub(crate) foreign: Vec<ForeignLink>,
}

struct Link {
    spec: String,
    base: String,
    version: (u32, u32),
    prefix: String,
    imports: Vec<(String, String)>,
    location: Option<Location>,
}

impl Links {
    /// Reads all `@link` of the schema.
    pub(crate) fn read(document: &Document, subgraph: &str) -> Result<Self, Vec<CompositionError>> {
        let mut links = Self {
            is_v1: true,
            minor: 0,
            link_name: link_name(document),
            prefix: "federation".to_owned(),
            directives: HashMap::new(),
            imported_types: Vec::new(),
            prefixes: Vec::new(),
            foreign: Vec::new(),
        };
        let mut errors = Vec::new();
        for directive in
            schema_directives(document).filter(|d| d.name == links.link_name.as_str()).collect::<Vec<_>>()
        {
            let at = location(directive.location(), &document.sources);
            let read = parse(directive, at).and_then(|link| links.add(link));
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
        self.prefixes.push(link.prefix.clone());
        let core = CORE_SPECS.iter().find(|(spec, _)| *spec == link.spec);
        let is_official = link.base.strip_prefix(SPECS).and_then(|rest| rest.strip_prefix('/'));
        let is_official = is_official == Some(link.spec.as_str());
        match (link.spec.as_str(), core) {
            ("federation", _) if is_official => self.add_federation(&link),
            (_, Some((_, directives))) if is_official => {
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
            ("link", _) if is_official => Ok(()),
            _ => {
                self.foreign.push(ForeignLink {
                    url: link.base,
                    version: link.version,
                    imports: link.imports,
                    prefix: link.prefix,
                    location: link.location,
                });
                Ok(())
            }
        }
    }

    fn add_federation(&mut self, link: &Link) -> Result<(), CompositionError> {
        let (major, minor) = link.version;
        if major != 2 || minor > NEWEST_MINOR {
            return Err(CompositionError::new(
                ErrorCode::UnknownFederationLinkVersion,
                format!("Federation v{major}.{minor} is unknown: use one from v2.0 to v2.{NEWEST_MINOR}."),
            ));
        }
        self.is_v1 = false;
        self.minor = minor;
        self.prefix.clone_from(&link.prefix);
        for (name, _) in FEDERATION_DIRECTIVES.iter().filter(|(_, since)| *since <= minor) {
            self.directives.insert(format!("{}__{name}", link.prefix), name);
        }
        for (from, local) in &link.imports {
            let Some(name) = from.strip_prefix('@') else {
                known(FEDERATION_TYPES, from, from, minor)?;
                self.imported_types.push(local.clone());
                continue;
            };
            if name != "link" {
                let canonical = known(FEDERATION_DIRECTIVES, name, from, minor)?;
                self.directives.insert(local.trim_start_matches('@').to_owned(), canonical);
            }
        }
        Ok(())
    }
}

/// The entry called `name`, if federation v2.`minor` has it; `import` is how the text writes it.
fn known(
    all: &[(&'static str, u32)],
    name: &str,
    import: &str,
    minor: u32,
) -> Result<&'static str, CompositionError> {
    let why = match all.iter().find(|(known, _)| *known == name) {
        Some((known, since)) if *since <= minor => return Ok(known),
        Some((_, since)) => format!("it came with v2.{since}, and v2.{minor} is linked"),
        None => "the federation specification has no such element".to_owned(),
    };
    Err(CompositionError::new(
        ErrorCode::InvalidLinkDirectiveUsage,
        format!("Cannot import unknown element \"{import}\": {why}."),
    ))
}

/// What the schema calls `@link`: the link specification can rename itself.
fn link_name(document: &Document) -> String {
    let own = schema_directives(document).find(|directive| {
        let url = directive.specified_argument_by_name("url").and_then(|url| url.as_str());
        let rest = url.and_then(|url| url.strip_prefix(SPECS)?.strip_prefix("/link/"));
        rest.is_some_and(|version| parse_version(version).is_some())
    });
    own.map_or_else(|| "link".to_owned(), |directive| directive.name.to_string())
}

fn parse(directive: &Node<Directive>, location: Option<Location>) -> Result<Link, CompositionError> {
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
    Ok(Link { spec, base: parts.join("/"), version: version.unwrap_or((0, 0)), prefix, imports, location })
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
