//! Which specifications a supergraph needs beside join.

use crate::model::Annotations;
use crate::supergraph::{JoinVersion, MergedKind, Supergraph};

/// Features in use.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "one flag for each specification, each independent")]
pub(super) struct Features {
    pub(super) tag: bool,
    pub(super) inaccessible: bool,
    pub(super) authenticated: bool,
    pub(super) scopes: bool,
    pub(super) policy: bool,
    pub(super) cost: bool,
    pub(super) context: bool,
    pub(super) one_of: bool,
}

impl Features {
    pub(super) fn of(supergraph: &Supergraph) -> Self {
        let mut features = Self::default();
        for ty in supergraph.types.values() {
            features.see(&ty.annotations);
            features.context |= !ty.contexts.is_empty();
            let fields = match &ty.kind {
                MergedKind::Object(composite) | MergedKind::Interface(composite) => &composite.fields,
                MergedKind::Input { fields } => fields,
                MergedKind::Enum { values } => {
                    values.values().for_each(|value| features.see(&value.annotations));
                    continue;
                }
                _ => continue,
            };
            for field in fields.values() {
                features.see(&field.annotations);
                field.arguments.values().for_each(|argument| features.see(&argument.annotations));
            }
        }
        features
    }

    fn see(&mut self, annotations: &Annotations) {
        self.one_of |= annotations.one_of;
        self.tag |= !annotations.tags.is_empty();
        self.inaccessible |= annotations.inaccessible;
        self.authenticated |= annotations.authenticated;
        self.scopes |= annotations.scopes.is_some();
        self.policy |= annotations.policies.is_some();
        self.cost |= annotations.cost.is_some() || annotations.list_size.is_some();
    }

    /// The `@link`s of the schema.
    pub(super) fn links(self, join: JoinVersion) -> Vec<String> {
        let mut links = vec![
            r#"@link(url: "https://specs.apollo.dev/link/v1.0")"#.to_owned(),
            format!(r#"@link(url: "https://specs.apollo.dev/join/{}", for: EXECUTION)"#, join.as_str()),
        ];
        for (used, link) in [
            (self.tag, r#"@link(url: "https://specs.apollo.dev/tag/v0.3")"#),
            (self.inaccessible, r#"@link(url: "https://specs.apollo.dev/inaccessible/v0.2", for: SECURITY)"#),
            (
                self.authenticated,
                r#"@link(url: "https://specs.apollo.dev/authenticated/v0.1", for: SECURITY)"#,
            ),
            (self.scopes, r#"@link(url: "https://specs.apollo.dev/requiresScopes/v0.1", for: SECURITY)"#),
            (self.policy, r#"@link(url: "https://specs.apollo.dev/policy/v0.1", for: SECURITY)"#),
            (self.context, r#"@link(url: "https://specs.apollo.dev/context/v0.1", for: SECURITY)"#),
            (
                self.cost,
                r#"@link(url: "https://specs.apollo.dev/cost/v0.1", import: ["@cost", "@listSize"])"#,
            ),
        ] {
            if used {
                links.push(link.to_owned());
            }
        }
        links
    }
}
