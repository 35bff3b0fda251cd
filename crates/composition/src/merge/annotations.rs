//! How directives that only travel along are merged.

use std::collections::BTreeSet;

use apollo_compiler::Node;
use apollo_compiler::ast::{Argument, Directive, Value};

use super::Merger;
use crate::hint::HintCode;
use crate::model::Annotations;

type Alternatives = BTreeSet<BTreeSet<String>>;

impl Merger<'_> {
    /// The annotations of the element at `coordinate`, with a hint for each directive whose arguments differ.
    pub(super) fn annotations<'a>(
        &mut self,
        coordinate: &str,
        all: impl Iterator<Item = &'a Annotations> + Clone,
    ) -> Annotations {
        let merged = HintCode::MergedNonRepeatableDirectiveArguments;
        for (directive, code, is_uneven) in [
            ("cost", merged, differ(all.clone().map(|one| one.cost.as_ref()))),
            ("listSize", merged, differ(all.clone().map(|one| one.list_size.as_ref()))),
            ("requiresScopes", merged, differ(all.clone().map(|one| one.scopes.as_ref()))),
            ("policy", merged, differ(all.clone().map(|one| one.policies.as_ref()))),
            (
                "deprecated",
                HintCode::InconsistentNonRepeatableDirectiveArguments,
                differ(all.clone().map(|one| one.deprecated.as_ref())),
            ),
        ] {
            if is_uneven {
                let message = format!("The arguments of @{directive} differ between subgraphs.");
                self.hint(code, coordinate, message);
            }
        }
        merge(all)
    }
}

/// Do those that exist differ?
fn differ<'a, T: PartialEq + 'a>(all: impl Iterator<Item = Option<&'a T>>) -> bool {
    let mut all = all.flatten();
    let first = all.next();
    all.any(|other| Some(other) != first)
}

/// Merges the annotations of one element over its subgraphs: whatever restricts access in one subgraph restricts it everywhere.
fn merge<'a>(all: impl Iterator<Item = &'a Annotations>) -> Annotations {
    let mut merged = Annotations::default();
    for one in all {
        merged.tags.extend(one.tags.iter().cloned());
        merged.inaccessible |= one.inaccessible;
        // What one subgraph refuses, no client may send.
        merged.one_of |= one.one_of;
        restrict(&mut merged, one);
        merged.cost = merged.cost.max(one.cost);
        merged.list_size = list_size(merged.list_size.take(), one.list_size.as_ref());
        merged.deprecated = match (merged.deprecated.take(), &one.deprecated) {
            (Some(known), Some(other)) if known.reason.is_none() => Some(other.clone()),
            (known, other) => known.or_else(|| other.clone()),
        };
        for directive in &one.composed {
            if !merged.composed.contains(directive) {
                merged.composed.push(directive.clone());
            }
        }
    }
    merged
}

/// Whoever may pass `target` must pass `other` as well from now on.
pub(crate) fn restrict(target: &mut Annotations, other: &Annotations) {
    target.authenticated |= other.authenticated;
    target.scopes = both(target.scopes.take(), other.scopes.as_ref());
    target.policies = both(target.policies.take(), other.policies.as_ref());
}

/// The conjunction of two disjunctions: who may pass must satisfy one alternative of each side.
fn both(left: Option<Alternatives>, right: Option<&Alternatives>) -> Option<Alternatives> {
    match (left, right) {
        (left, None) => left,
        (None, Some(right)) => Some(right.clone()),
        (Some(left), Some(right)) if left == *right => Some(left),
        (Some(left), Some(right)) => {
            let product: Alternatives =
                left.iter().flat_map(|l| right.iter().map(move |r| l.union(r).cloned().collect())).collect();
            // An alternative that asks for more than another adds nothing.
            let minimal = product
                .iter()
                .filter(|one| !product.iter().any(|other| other != *one && other.is_subset(one)))
                .cloned()
                .collect();
            Some(minimal)
        }
    }
}

/// The larger assumed size, all slicing arguments and sized fields; one slicing argument is required if all ask for it.
fn list_size(left: Option<Node<Directive>>, right: Option<&Node<Directive>>) -> Option<Node<Directive>> {
    let (Some(left), Some(right)) = (left.as_ref(), right) else { return left.or_else(|| right.cloned()) };
    if left == right {
        return Some(left.clone());
    }
    let mut merged = Directive::new(left.name.clone());
    let mut push = |name: &'static str, value: Node<Value>| {
        merged
            .arguments
            .push(Node::new(Argument { name: apollo_compiler::Name::new_unchecked(name), value }));
    };
    let sides = [left, right];
    let size = sides.iter().filter_map(|d| d.specified_argument_by_name("assumedSize")?.to_i32()).max();
    if let Some(size) = size {
        push("assumedSize", size.into());
    }
    for list in ["slicingArguments", "sizedFields"] {
        let mut items: Vec<Node<Value>> = Vec::new();
        for value in sides.iter().filter_map(|d| d.specified_argument_by_name(list)?.as_list()).flatten() {
            if !items.contains(value) {
                items.push(value.clone());
            }
        }
        if !items.is_empty() {
            push(list, Node::new(Value::List(items)));
        }
    }
    let one = sides.iter().all(|d| {
        d.specified_argument_by_name("requireOneSlicingArgument").and_then(|v| v.to_bool()) != Some(false)
    });
    if !one {
        push("requireOneSlicingArgument", false.into());
    }
    Some(Node::new(merged))
}
