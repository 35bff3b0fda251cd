//! Directives that only travel along.

use std::collections::BTreeSet;

use apollo_compiler::Node;
use apollo_compiler::ast::{Directive, Value};

use super::link::Links;
use crate::model::{Annotations, Deprecation};

/// Reads the annotations among `directives`; `composed` are the names that `@composeDirective` lists.
pub(super) fn read<'a>(
    directives: impl Iterator<Item = &'a Node<Directive>>,
    links: &Links,
    composed: &dyn Fn(&str) -> bool,
) -> Annotations {
    let mut annotations = Annotations::default();
    for directive in directives {
        let argument = |name: &str| directive.specified_argument_by_name(name);
        if directive.name == "deprecated" {
            let reason = argument("reason").and_then(|value| value.as_str()).map(str::to_owned);
            annotations.deprecated = Some(Deprecation { reason });
            continue;
        }
        if directive.name == "oneOf" {
            annotations.one_of = true;
            continue;
        }
        match links.canonical(&directive.name) {
            Some("tag") => {
                annotations.tags.extend(argument("name").and_then(|value| value.as_str()).map(str::to_owned));
            }
            Some("inaccessible") => annotations.inaccessible = true,
            Some("authenticated") => annotations.authenticated = true,
            Some("requiresScopes") => {
                annotations.scopes = argument("scopes").map(|value| alternatives(value));
            }
            Some("policy") => {
                annotations.policies = argument("policies").map(|value| alternatives(value));
            }
            Some("cost") => annotations.cost = argument("weight").and_then(|value| value.to_i32()),
            Some("listSize") => annotations.list_size = Some(directive.clone()),
            None if composed(&directive.name) => annotations.composed.push(directive.clone()),
            _ => {}
        }
    }
    annotations
}

fn alternatives(value: &Value) -> BTreeSet<BTreeSet<String>> {
    items(value).map(|all| items(all).filter_map(Value::as_str).map(str::to_owned).collect()).collect()
}

/// The items of a list; a single value counts as a list of one (input coercion).
fn items(value: &Value) -> Box<dyn Iterator<Item = &Value> + '_> {
    match value {
        Value::List(list) => Box::new(list.iter().map(AsRef::as_ref)),
        single => Box::new(std::iter::once(single)),
    }
}
