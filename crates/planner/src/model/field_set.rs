//! The selections written inside `@key`, `@requires`, `@provides` and `@fromContext`.

use std::collections::HashMap;
use std::sync::Arc;

use apollo_compiler::ast::{Argument, Definition, Document, Selection};
use apollo_compiler::{Name, Node};

use super::TypeId;
use crate::error::SupergraphError;

/// Nested deeper than this, a field set is refused: it would be walked recursively.
const MAX_DEPTH: usize = 64;

/// A parsed field set.
pub(crate) type FieldSet = Arc<[FieldSetItem]>;

/// One field of a field set, with the type conditions around it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FieldSetItem {
    /// All of these must hold for the object.
    pub(crate) on: Vec<TypeId>,
    pub(crate) name: Name,
    pub(crate) arguments: Vec<Node<Argument>>,
    pub(crate) sub: FieldSet,
}

/// Parses the text of a field set, with or without the outer braces.
pub(super) fn parse(text: &str, types: &HashMap<Name, TypeId>) -> Result<FieldSet, SupergraphError> {
    let refused = |why: String| SupergraphError::Join(format!("field set {text:?}: {why}"));
    let is_braced = text.trim_start().starts_with('{');
    let query = if is_braced { format!("query {text}") } else { format!("query {{ {text} }}") };
    let document =
        Document::parse(query, "field set").map_err(|with_errors| refused(with_errors.errors.to_string()))?;
    let [Definition::OperationDefinition(operation)] = document.definitions.as_slice() else {
        return Err(refused("is not one selection".to_owned()));
    };
    let mut items = Vec::new();
    flatten(&operation.selection_set, &[], types, 0, &mut items).map_err(refused)?;
    Ok(items.into())
}

fn flatten(
    selections: &[Selection],
    on: &[TypeId],
    types: &HashMap<Name, TypeId>,
    depth: usize,
    into: &mut Vec<FieldSetItem>,
) -> Result<(), String> {
    if depth > MAX_DEPTH {
        return Err("is nested too deeply".to_owned());
    }
    for selection in selections {
        match selection {
            Selection::Field(field) => {
                let mut sub = Vec::new();
                flatten(&field.selection_set, &[], types, depth + 1, &mut sub)?;
                into.push(FieldSetItem {
                    on: on.to_vec(),
                    name: field.name.clone(),
                    arguments: field.arguments.clone(),
                    sub: sub.into(),
                });
            }
            Selection::InlineFragment(fragment) => {
                let mut on = on.to_vec();
                if let Some(condition) = &fragment.type_condition {
                    let id = types.get(condition).ok_or_else(|| format!("unknown type {condition}"))?;
                    on.push(*id);
                }
                flatten(&fragment.selection_set, &on, types, depth + 1, into)?;
            }
            Selection::FragmentSpread(spread) => {
                return Err(format!("names a fragment {}", spread.fragment_name));
            }
        }
    }
    Ok(())
}
