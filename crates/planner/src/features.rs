//! The specifications that a supergraph links (link specification v1.0, and core v0.1 and v0.2 before it).

use std::collections::HashSet;

use apollo_compiler::Schema;
use apollo_compiler::ast::Directive;

use crate::error::SupergraphError;

/// Where the specifications of Federation live. A feature of the same name elsewhere is another feature.
const HOME: &str = "https://specs.apollo.dev/";

/// What `for: SECURITY` and `for: EXECUTION` may be said of: name, major version, highest minor version.
const IMPLEMENTED: [(&str, u32, u32); 5] =
    [("context", 0, 1), ("core", 0, 2), ("inaccessible", 0, 2), ("join", 0, 5), ("link", 1, 0)];

/// Directives that keep data from callers, and are not enforced: refused even where a tool forgot `for: SECURITY`.
const NOT_ENFORCED: [&str; 3] = ["authenticated", "policy", "requiresScopes"];

/// The specifications that the supergraph links, and the names they brought along.
pub(crate) struct Features {
    prefixes: HashSet<String>,
    names: HashSet<String>,
    inaccessible: HashSet<String>,
    context: HashSet<String>,
}

impl Features {
    /// Reads the links, and refuses those that must not be passed over.
    ///
    /// The link specification leaves a reader no choice: a feature that is `for: SECURITY` or `for: EXECUTION` and not
    /// understood makes the whole document unusable. Served all the same, what it protects would be open.
    pub(crate) fn of(schema: &Schema) -> Result<Self, SupergraphError> {
        let mut prefixes: HashSet<String> = ["join", "link", "core", "federation"].map(str::to_owned).into();
        let mut names: HashSet<String> = ["inaccessible", "tag"].map(str::to_owned).into();
        // Unlinked in supergraphs of before the link specification.
        let mut inaccessible: HashSet<String> = ["inaccessible".to_owned()].into();
        let mut context = HashSet::new();
        for link in schema.schema_definition.directives.iter().filter_map(|link| Link::read(link)) {
            link.check()?;
            match link.federation_name() {
                "inaccessible" => inaccessible.extend(link.names()),
                "context" => context.extend(link.names()),
                _ => {}
            }
            prefixes.insert(link.alias.unwrap_or(link.name).to_owned());
            names.extend(link.imports().map(|(_, here)| here.to_owned()));
        }
        prefixes.remove("");
        Ok(Self { prefixes, names, inaccessible, context })
    }

    /// Whether an element with these directives is kept from clients: by `@inaccessible`, under whichever name it is linked.
    pub(crate) fn hide<'d, D: AsRef<Directive> + 'd>(
        &self,
        directives: impl IntoIterator<Item = &'d D>,
    ) -> bool {
        directives.into_iter().any(|directive| self.inaccessible.contains(directive.as_ref().name.as_str()))
    }

    /// Whether a directive marks a type as one that sets a context: `@context`, under whichever name it is linked.
    pub(crate) fn is_context(&self, directive: &Directive) -> bool {
        self.context.contains(directive.name.as_str())
    }

    /// Whether a directive came with a link.
    pub(crate) fn owns_directive(&self, name: &str) -> bool {
        self.in_namespace(name)
            || self.prefixes.contains(name)
            || self.names.contains(&format!("@{name}"))
            || self.names.contains(name)
    }

    /// Whether a type came with a link.
    pub(crate) fn owns_type(&self, name: &str) -> bool {
        !name.starts_with("__") && (self.in_namespace(name) || self.names.contains(name))
    }

    fn in_namespace(&self, name: &str) -> bool {
        name.split_once("__").is_some_and(|(prefix, _)| self.prefixes.contains(prefix))
    }
}

/// One `@link` or `@core` of the schema.
struct Link<'a> {
    directive: &'a Directive,
    url: &'a str,
    /// The feature without its version: name and address.
    identity: &'a str,
    name: &'a str,
    /// Major and minor, where the address ends with them.
    version: Option<(u32, u32)>,
    alias: Option<&'a str>,
}

impl<'a> Link<'a> {
    /// `None` for directives that link nothing. The linking directive itself may be renamed, so that its address tells it.
    fn read(directive: &'a Directive) -> Option<Self> {
        let text = |name: &str| directive.specified_argument_by_name(name).and_then(|value| value.as_str());
        let named = matches!(directive.name.as_str(), "link" | "core");
        let has_purpose = directive.specified_argument_by_name("for").is_some();
        let url = text("url").or_else(|| text("feature"));
        let url = match url {
            Some(url) if named || has_purpose || url.starts_with(HOME) => url.trim_end_matches('/'),
            None if named => "",
            _ => return None,
        };
        let (before, last) = url.rsplit_once('/').unwrap_or(("", url));
        let version = version(last);
        let identity = if version.is_some() { before } else { url };
        let name = identity.rsplit('/').next().unwrap_or_default();
        Some(Self { directive, url, identity, name, version, alias: text("as") })
    }

    fn check(&self) -> Result<(), SupergraphError> {
        let refused = |reason: String| {
            Err(SupergraphError::UnsupportedFeature { feature: self.url.to_owned(), reason })
        };
        let purpose = self.directive.specified_argument_by_name("for").filter(|value| !value.is_null());
        let name = self.federation_name();
        if NOT_ENFORCED.contains(&name) {
            return refused("what it protects would be open to everybody".to_owned());
        }
        if let Some(purpose) = purpose
            && !self.is_implemented(name)
        {
            return refused(format!("it is for: {purpose}, and must not be passed over"));
        }
        Ok(())
    }

    /// The feature's name, where it is one of Federation's; else empty.
    fn federation_name(&self) -> &'a str {
        self.identity.strip_prefix(HOME).unwrap_or_default()
    }

    fn is_implemented(&self, name: &str) -> bool {
        self.version.is_some_and(|(major, minor)| {
            IMPLEMENTED
                .iter()
                .any(|&(known, only, highest)| known == name && only == major && minor <= highest)
        })
    }

    /// What the directive that has the feature's name is called here.
    fn names(&self) -> impl Iterator<Item = String> {
        let imported = self.imports().filter(|(of, _)| of.strip_prefix('@') == Some(self.name));
        let imported = imported.map(|(_, here)| here.trim_start_matches('@'));
        // It goes by the feature's alias, imported or not.
        imported.chain([self.alias.unwrap_or(self.name)]).map(str::to_owned)
    }

    /// The imported names: as the feature has them, and as they stand in this schema.
    fn imports(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let imports = self.directive.specified_argument_by_name("import").and_then(|value| value.as_list());
        imports.into_iter().flatten().filter_map(|import| {
            if let Some(name) = import.as_str() {
                return Some((name, name));
            }
            let fields = import.as_object()?;
            let get = |key: &str| fields.iter().find(|(k, _)| k == key).and_then(|(_, v)| v.as_str());
            let name = get("name")?;
            Some((name, get("as").unwrap_or(name)))
        })
    }
}

/// `v0.3` and the like.
fn version(text: &str) -> Option<(u32, u32)> {
    let (major, minor) = text.strip_prefix('v')?.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}
