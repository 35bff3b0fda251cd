//! What an operation may be made of, counted before anything is planned.

use std::collections::HashMap;

use apollo_compiler::Name;
use apollo_compiler::ast::{Definition, Document, FragmentDefinition, OperationDefinition, Selection};

use crate::config::LimitsConfig;
use crate::error::{Code, GraphqlError, Refusal};

/// The longest name of an operation, in bytes: it stands in every log line and trace of its requests.
const LONGEST_NAME: usize = 256;

/// Refuses a name that no operation may have.
pub(super) fn check_name(name: Option<&str>) -> Result<(), Refusal> {
    if name.is_none_or(|name| name.len() <= LONGEST_NAME) {
        return Ok(());
    }
    Err(too_complex(&format!("The operation's name is longer than {LONGEST_NAME} bytes.")))
}

/// Refuses a document with an operation that is too deep or too wide. Fragments count where they are used, so a few that
/// use each other many times are found out; a circle of fragments is found out as depth.
pub(super) fn check(document: &Document, limits: &LimitsConfig) -> Result<(), Refusal> {
    let mut fragments = HashMap::new();
    let mut operations: Vec<&OperationDefinition> = Vec::new();
    for definition in &document.definitions {
        match definition {
            Definition::FragmentDefinition(fragment) => {
                fragments.insert(&fragment.name, &**fragment);
            }
            Definition::OperationDefinition(operation) => {
                check_name(operation.name.as_deref())?;
                operations.push(operation);
            }
            _ => {}
        }
    }
    let mut count = Count { fragments, limits, fields: 0, aliases: 0 };
    operations.iter().try_for_each(|operation| count.selections(&operation.selection_set, 1))
}

struct Count<'a> {
    fragments: HashMap<&'a Name, &'a FragmentDefinition>,
    limits: &'a LimitsConfig,
    fields: usize,
    aliases: usize,
}

impl Count<'_> {
    fn selections(&mut self, selections: &[Selection], depth: usize) -> Result<(), Refusal> {
        if depth > self.limits.depth {
            return Err(too_deep(self.limits.depth));
        }
        for selection in selections {
            // Fragments count too, or empty ones could be used for ever.
            self.fields += 1;
            if self.fields > self.limits.fields {
                return Err(too_complex(&format!(
                    "The operation has more than {} fields.",
                    self.limits.fields
                )));
            }
            if selection.as_field().is_some_and(|field| field.alias.is_some()) {
                self.aliases += 1;
                if self.aliases > self.limits.aliases {
                    return Err(too_complex(&format!(
                        "The operation has more than {} aliases.",
                        self.limits.aliases
                    )));
                }
            }
            match selection {
                Selection::Field(field) if field.selection_set.is_empty() => {}
                Selection::Field(field) => self.selections(&field.selection_set, depth + 1)?,
                Selection::InlineFragment(fragment) => self.selections(&fragment.selection_set, depth + 1)?,
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.fragments.get(&spread.fragment_name).copied() {
                        self.selections(&fragment.selection_set, depth + 1)?;
                    }
                }
            }
        }
        Ok(())
    }
}

pub(super) fn too_deep(limit: usize) -> Refusal {
    let message = format!("The operation is deeper than {limit} levels.");
    Refusal::document(vec![GraphqlError::new(Code::TooDeep, message)])
}

pub(super) fn too_complex(message: &str) -> Refusal {
    Refusal::document(vec![GraphqlError::new(Code::TooComplex, message)])
}
