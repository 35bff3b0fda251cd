//! The values of the enum `join__Graph`: a GraphQL name for each subgraph's name.

use std::collections::HashSet;

use crate::error::{CompositionError, ErrorCode};

/// Gives every subgraph a distinct enum value.
#[derive(Default)]
pub(crate) struct GraphNames {
    subgraphs: HashSet<String>,
    values: HashSet<String>,
}

impl GraphNames {
    /// The value for the subgraph `name`: upper case, with `_` for what a GraphQL name cannot hold.
    pub(crate) fn assign(&mut self, name: &str) -> Result<String, Vec<CompositionError>> {
        let invalid = |message: String| {
            vec![CompositionError::new(ErrorCode::InvalidSubgraphName, message).in_subgraph(name)]
        };
        if name.trim().is_empty() {
            return Err(invalid("A subgraph needs a name.".to_owned()));
        }
        if !self.subgraphs.insert(name.to_owned()) {
            return Err(invalid(format!("Two subgraphs are called \"{name}\".")));
        }
        let mut value: String = name
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' })
            .collect();
        // No leading digit, no `__`-reserved start; a trailing `_1` is kept for telling equal values apart.
        if value.starts_with(|c: char| c.is_ascii_digit()) {
            value.insert(0, '_');
        }
        if ends_with_number(&value) {
            value.push('_');
        }
        // `__` is reserved.
        while value.starts_with("__") {
            value.remove(0);
        }
        let base = value.clone();
        let mut count = 1;
        while !self.values.insert(value.clone()) {
            value = format!("{base}_{count}");
            count += 1;
        }
        Ok(value)
    }
}

fn ends_with_number(value: &str) -> bool {
    let stem = value.trim_end_matches(|c: char| c.is_ascii_digit());
    stem.len() < value.len() && stem.ends_with('_')
}
