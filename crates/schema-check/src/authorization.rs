//! Who may see what: differences of `@authenticated`, `@requiresScopes` and `@policy`.

mod names;
mod removal;
mod requirement;

use std::collections::BTreeMap;

use apollo_compiler::Schema;
use apollo_compiler::schema::ExtendedType;
use serde::Serialize;

use self::names::Names;
pub(crate) use self::removal::without_authorization;
use self::requirement::Requirement;
use crate::change::Use;
use crate::usage::{Fact, Usage};

/// What a difference means for callers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Effect {
    /// Callers that were refused may be let in.
    Looser,
    /// Some may be let in that were refused, and others the other way round.
    Different,
    /// Callers that were let in may be refused.
    Stricter,
    /// The type or field is new, and not for everybody.
    New,
}

/// A type or field that other callers may see than before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthorizationChange {
    /// The type or field.
    pub coordinate: String,
    /// What it means for callers.
    pub effect: Effect,
    /// What was required; `None`: nothing.
    pub before: Option<String>,
    /// What would be required; `None`: nothing.
    pub after: Option<String>,
    /// The recorded operations that ask for it; `None` where no operations were given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used_by: Option<Vec<Use>>,
}

/// Compares what two supergraph schemas require of callers. What only one of them has is no difference: that it came or went
/// is told as a change of the schema. A new type or field that requires something is told, for reviewers.
pub(crate) fn compare(
    published: &Schema,
    proposed: &Schema,
    usage: Option<&Usage>,
) -> Vec<AuthorizationChange> {
    let (before, after) = (requirements(published), requirements(proposed));
    let mut changes = Vec::new();
    for (coordinate, (fact, new)) in &after {
        let old = before.get(coordinate).map(|(_, old)| old);
        let effect = match old {
            None if *new == Requirement::default() => continue,
            None => Effect::New,
            Some(old) => match (old.implies(new), new.implies(old)) {
                (true, true) => continue,
                (true, false) => Effect::Looser,
                (false, true) => Effect::Stricter,
                (false, false) => Effect::Different,
            },
        };
        changes.push(AuthorizationChange {
            coordinate: coordinate.clone(),
            effect,
            before: old.and_then(Requirement::text),
            after: new.text(),
            used_by: usage.map(|usage| usage.of(fact)),
        });
    }
    changes.sort_by(|a, b| (a.effect, &a.coordinate).cmp(&(b.effect, &b.coordinate)));
    changes
}

/// What each type and field requires, by coordinate, with what an operation does that asks for it.
fn requirements(schema: &Schema) -> BTreeMap<String, (Fact, Requirement)> {
    let names = Names::of(schema);
    let mut all = BTreeMap::new();
    for (name, definition) in schema.types.iter().filter(|(_, definition)| !definition.is_built_in()) {
        let requirement =
            Requirement::of(&names, definition.directives().iter().map(|directive| &***directive));
        all.insert(name.to_string(), (Fact::Type(name.clone()), requirement));
        let fields = match definition {
            ExtendedType::Object(object) => &object.fields,
            ExtendedType::Interface(interface) => &interface.fields,
            _ => continue,
        };
        for (field, definition) in fields {
            let requirement =
                Requirement::of(&names, definition.directives.iter().map(|directive| &**directive));
            let fact = Fact::Field(name.clone(), field.clone());
            all.insert(format!("{name}.{field}"), (fact, requirement));
        }
    }
    all
}
