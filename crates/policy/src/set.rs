//! Policies that were read, checked and found good.

use std::collections::HashMap;
use std::sync::Arc;

use cedar_policy::{
    EntityTypeName, EntityUid, Policy, PolicyId, PolicySet, Schema, SchemaFragment, ValidationMode, Validator,
};
use miette::Diagnostic as _;

use crate::error::LoadError;
use crate::source::{Embedded, Source};

const COMMON_FILE: &str = "common.cedar";
const COMMON_SCHEMA: &str = include_str!("../policies/common.cedarschema");
const COMMON_POLICIES: &str = include_str!("../policies/common.cedar");

/// The groups of which each action must be in one: what forbids all changes holds for an action of tomorrow too.
const GROUPS: [&str; 2] = ["read", "change"];

/// What a service's policies can speak about.
pub(crate) struct Model {
    pub(crate) schema: Schema,
    /// The types by name: to parse a name takes longer than to decide.
    pub(crate) types: HashMap<String, EntityTypeName>,
    /// The actions by name, with the groups that they are in.
    pub(crate) actions: HashMap<String, cedar_policy::Entity>,
}

impl Model {
    pub(crate) fn new(embedded: &Embedded) -> Result<Self, LoadError> {
        let fragments = [("common", COMMON_SCHEMA), (embedded.service, embedded.schema)]
            .map(|(name, text)| fragment(name, text));
        let [common, own] = fragments;
        let schema = Schema::from_schema_fragments([common?, own?])
            .map_err(|error| LoadError::Schema(error.to_string()))?;
        let types = schema.entity_types().map(|name| (name.to_string(), name.clone())).collect();
        let entities = schema.action_entities().map_err(|error| LoadError::Schema(error.to_string()))?;
        let mut actions = HashMap::new();
        for entity in entities.iter() {
            let uid = entity.uid();
            let name: &str = uid.id().unescaped();
            if GROUPS.contains(&name) {
                continue;
            }
            let groups = entities.ancestors(&uid).into_iter().flatten();
            if groups.filter(|group| GROUPS.contains(&group.id().unescaped())).count() != 1 {
                let message = format!("the action {name} must be in one of the groups read and change");
                return Err(LoadError::Schema(message));
            }
            actions.insert(name.to_owned(), entity.clone());
        }
        Ok(Self { schema, types, actions })
    }
}

fn fragment(name: &str, text: &str) -> Result<SchemaFragment, LoadError> {
    SchemaFragment::from_cedarschema_str(text)
        .map(|(fragment, _)| fragment)
        .map_err(|error| LoadError::Schema(format!("{name}.cedarschema: {error}")))
}

/// A policy with where it stands.
pub(crate) struct Named {
    pub(crate) id: Arc<str>,
    pub(crate) file: Arc<str>,
    pub(crate) policy: Policy,
}

/// All policies that hold for a service: the common ones, and its own.
pub(crate) struct Policies {
    pub(crate) cedar: PolicySet,
    /// In the order in which they stand in their files.
    pub(crate) named: Vec<Named>,
}

impl Policies {
    /// Reads and checks them.
    pub(crate) fn new(model: &Model, sources: &[Source]) -> Result<Self, LoadError> {
        let common = Source { name: COMMON_FILE.to_owned(), text: COMMON_POLICIES.to_owned() };
        let mut policies = Self { cedar: PolicySet::new(), named: Vec::new() };
        for source in std::iter::once(&common).chain(sources) {
            policies.add(source)?;
        }
        policies.check(model)?;
        Ok(policies)
    }

    fn add(&mut self, source: &Source) -> Result<(), LoadError> {
        let set: PolicySet = source.text.parse().map_err(|errors| syntax(source, &errors))?;
        let wrong = |message: String| LoadError::Identity { file: source.name.clone(), message };
        if set.num_of_templates() > 0 {
            return Err(wrong("templates are not used here: write the policy out".to_owned()));
        }
        let file: Arc<str> = source.name.as_str().into();
        let mut policies: Vec<&Policy> = set.policies().collect();
        // Cedar names them by their place: policy0, policy1 and so on.
        policies.sort_by_key(|policy| place(policy.id()));
        for (place, policy) in policies.into_iter().enumerate() {
            let id = policy.annotation("id").unwrap_or_default();
            if id.is_empty() {
                return Err(wrong(format!("policy {} has no @id(\"…\")", place + 1)));
            }
            let policy = policy.new_id(PolicyId::new(id));
            self.cedar
                .add(policy.clone())
                .map_err(|_| wrong(format!("the id {id:?} is that of another policy, too")))?;
            self.named.push(Named { id: id.into(), file: file.clone(), policy });
        }
        Ok(())
    }

    /// Against the schema, with all of Cedar's strictness: a warning is a mistake as well.
    fn check(&self, model: &Model) -> Result<(), LoadError> {
        let is_common = |id: &PolicyId| {
            self.named
                .iter()
                .any(|named| *named.file == *COMMON_FILE && *named.id == *AsRef::<str>::as_ref(id))
        };
        let result = Validator::new(model.schema.clone()).validate(&self.cedar, ValidationMode::Strict);
        let errors = result.validation_errors().map(|error| (error.policy_id(), error.to_string()));
        // Where a service has nothing to change, what is said of changes is true of nothing.
        let warnings = result
            .validation_warnings()
            .filter(|warning| !is_common(warning.policy_id()))
            .map(|warning| (warning.policy_id(), warning.to_string()));
        let mut lines: Vec<String> = errors
            .chain(warnings)
            .map(|(id, message)| {
                let file = self.named.iter().find(|named| *named.id == *AsRef::<str>::as_ref(id));
                format!("{}: {message}", file.map_or("?", |named| &named.file))
            })
            .collect();
        lines.sort();
        if lines.is_empty() { Ok(()) } else { Err(LoadError::Invalid(lines)) }
    }

    /// The id of a policy, without a copy of its text.
    pub(crate) fn id(&self, id: &PolicyId) -> Arc<str> {
        let text: &str = id.as_ref();
        let named = self.named.iter().find(|named| *named.id == *text);
        named.map_or_else(|| text.into(), |named| named.id.clone())
    }
}

fn place(id: &PolicyId) -> usize {
    let text: &str = id.as_ref();
    text.strip_prefix("policy").and_then(|number| number.parse().ok()).unwrap_or(usize::MAX)
}

fn syntax(source: &Source, errors: &cedar_policy::ParseErrors) -> LoadError {
    let offset = errors.labels().and_then(|mut labels| labels.next()).map_or(0, |label| label.offset());
    let line = 1 + source.text.get(..offset).unwrap_or_default().matches('\n').count();
    LoadError::Syntax { file: source.name.clone(), line, message: errors.to_string() }
}

/// Somebody or something, as Cedar names it.
pub(crate) fn uid(kind: &EntityTypeName, id: &str) -> EntityUid {
    EntityUid::from_type_name_and_id(kind.clone(), cedar_policy::EntityId::new(id))
}
