//! Field sets: the `fields` argument of `@key`, `@requires` and `@provides`.

use std::fmt::{self, Write as _};

use apollo_compiler::Name;
use apollo_compiler::ast;
use apollo_compiler::parser::Parser;

/// Deeper selections are refused: nothing real comes near, and every walk over a field set is recursive.
const MAX_DEPTH: usize = 32;
/// Longer field sets are refused.
const MAX_TOKENS: usize = 10_000;

/// A parsed field set; prints in one canonical form.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub(crate) struct FieldSet(pub(crate) Vec<Selection>);

#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Selection {
    Field { name: Name, arguments: Option<String>, selections: FieldSet },
    Inline { on: Option<Name>, selections: FieldSet },
}

/// Why a text is no field set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FieldSetError {
    Syntax(String),
    Directive,
}

impl FieldSet {
    /// Parses `id organization { id }`, with or without outer braces.
    pub(crate) fn parse(text: &str) -> Result<Self, FieldSetError> {
        let trimmed = text.trim();
        let source = if trimmed.starts_with('{') { trimmed.to_owned() } else { format!("{{{trimmed}\n}}") };
        let document = Parser::new()
            .recursion_limit(MAX_DEPTH)
            .token_limit(MAX_TOKENS)
            .parse_ast(source, "fields")
            .map_err(|found| {
                let first = found.errors.iter().next().map(|e| e.error.to_string());
                FieldSetError::Syntax(first.unwrap_or_else(|| "syntax error".to_owned()))
            })?;
        let [ast::Definition::OperationDefinition(operation)] = document.definitions.as_slice() else {
            return Err(FieldSetError::Syntax("it must be one selection of fields".to_owned()));
        };
        let set = convert(&operation.selection_set)?;
        if set.0.is_empty() {
            return Err(FieldSetError::Syntax("it selects nothing".to_owned()));
        }
        Ok(set)
    }

    /// The same set with its selections in one order at every level: two sets that select the same are equal then.
    pub(crate) fn sorted(&self) -> Self {
        let mut selections: Vec<Selection> = self
            .0
            .iter()
            .map(|selection| match selection {
                Selection::Field { name, arguments, selections } => Selection::Field {
                    name: name.clone(),
                    arguments: arguments.clone(),
                    selections: selections.sorted(),
                },
                Selection::Inline { on, selections } => {
                    Selection::Inline { on: on.clone(), selections: selections.sorted() }
                }
            })
            .collect();
        selections.sort();
        selections.dedup();
        Self(selections)
    }
}

fn convert(selections: &[ast::Selection]) -> Result<FieldSet, FieldSetError> {
    let mut set = Vec::with_capacity(selections.len());
    for selection in selections {
        set.push(match selection {
            ast::Selection::Field(field) => {
                if !field.directives.is_empty() {
                    return Err(FieldSetError::Directive);
                }
                if field.alias.is_some() {
                    return Err(FieldSetError::Syntax(format!(
                        "the alias \"{}\" is not allowed",
                        field.response_name()
                    )));
                }
                let arguments: Vec<String> =
                    field.arguments.iter().map(|a| format!("{}: {}", a.name, a.value)).collect();
                Selection::Field {
                    name: field.name.clone(),
                    arguments: (!arguments.is_empty()).then(|| arguments.join(", ")),
                    selections: convert(&field.selection_set)?,
                }
            }
            ast::Selection::InlineFragment(fragment) => {
                if !fragment.directives.is_empty() {
                    return Err(FieldSetError::Directive);
                }
                Selection::Inline {
                    on: fragment.type_condition.clone(),
                    selections: convert(&fragment.selection_set)?,
                }
            }
            ast::Selection::FragmentSpread(spread) => {
                return Err(FieldSetError::Syntax(format!(
                    "the fragment spread \"...{}\" is not allowed",
                    spread.fragment_name
                )));
            }
        });
    }
    Ok(FieldSet(set))
}

impl fmt::Display for FieldSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, selection) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_char(' ')?;
            }
            match selection {
                Selection::Field { name, arguments, selections } => {
                    f.write_str(name)?;
                    if let Some(arguments) = arguments {
                        write!(f, "({arguments})")?;
                    }
                    if !selections.0.is_empty() {
                        write!(f, " {{ {selections} }}")?;
                    }
                }
                Selection::Inline { on: Some(on), selections } => {
                    write!(f, "... on {on} {{ {selections} }}")?;
                }
                Selection::Inline { on: None, selections } => write!(f, "... {{ {selections} }}")?,
            }
        }
        Ok(())
    }
}
