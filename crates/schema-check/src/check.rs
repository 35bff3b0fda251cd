//! The face: two supergraphs and recorded operations in, a report out.

use apollo_compiler::Schema;
use planner::{Supergraph, SupergraphError};

use crate::operations::OperationFile;
use crate::report::Report;
use crate::{authorization, compare, operations};

/// Why nothing could be compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckError {
    /// The published supergraph can't be read.
    #[error("the published supergraph: {0}")]
    Published(#[source] SupergraphError),
    /// The proposed supergraph can't be read.
    #[error("the proposed supergraph: {0}")]
    Proposed(#[source] SupergraphError),
}

/// Compares a proposed supergraph with the published one.
///
/// Without operations (`None`) each breaking change counts. With operations it counts only where one of them uses what is changed:
/// a recording that is not complete hides what it does not hold.
///
/// # Errors
/// A supergraph that is none.
pub fn check(
    published: &str,
    proposed: &str,
    operations: Option<&[OperationFile]>,
) -> Result<Report, CheckError> {
    let (before, before_schema) = read(published).map_err(CheckError::Published)?;
    let (after, after_schema) = read(proposed).map_err(CheckError::Proposed)?;
    let checked = operations.map(|files| operations::check(&before, &after, files));
    let usage = checked.as_ref().map(|(_, usage)| usage);
    let mut changes = compare::compare(before.api_schema(), after.api_schema());
    for change in &mut changes {
        if let (Some(usage), Some(fact)) = (usage, &change.breaks) {
            change.used_by = Some(usage.of(fact));
        }
    }
    let authorization = authorization::compare(&before_schema, &after_schema, usage);
    let operations = checked.map(|(operations, _)| operations);
    Ok(Report { hints: Vec::new(), changes, authorization, operations })
}

/// The planner's supergraph, and the schema with its directives, which the API schema has lost.
fn read(sdl: &str) -> Result<(Supergraph, Schema), SupergraphError> {
    let supergraph = Supergraph::parse(sdl)?;
    let schema = Schema::builder()
        .adopt_orphan_extensions()
        .parse(sdl, "supergraph.graphql")
        .build()
        .map_err(|with_errors| SupergraphError::Invalid(with_errors.errors.to_string()))?;
    Ok((supergraph, schema))
}
