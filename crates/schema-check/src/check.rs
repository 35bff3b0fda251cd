//! The face: two supergraphs and recorded operations in, a report out.

use apollo_compiler::Schema;
use planner::{Supergraph, SupergraphError};

use crate::operations::OperationFile;
use crate::report::{Refusal, Report};
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
    let published = Side::read(published).map_err(CheckError::Published)?;
    let proposed = Side::read(proposed).map_err(CheckError::Proposed)?;
    let (before, after) = (&published.supergraph, &proposed.supergraph);
    let checked = operations.map(|files| operations::check(before, after, files));
    let usage = checked.as_ref().map(|(_, usage)| usage);
    let mut changes = compare::compare(before.api_schema(), after.api_schema());
    for change in &mut changes {
        if let (Some(usage), Some(fact)) = (usage, &change.breaks) {
            change.used_by = Some(usage.of(fact));
        }
    }
    let authorization = authorization::compare(&published.schema, &proposed.schema, usage);
    let operations = checked.map(|(operations, _)| operations);
    let refusal = proposed.refused.map(|reason| Refusal { reason, is_new: published.refused.is_none() });
    Ok(Report { hints: Vec::new(), refusal, changes, authorization, operations })
}

/// One of the two supergraphs.
struct Side {
    supergraph: Supergraph,
    /// With all its directives, which the API schema has lost.
    schema: Schema,
    /// Why a gateway would not serve it.
    refused: Option<String>,
}

impl Side {
    fn read(sdl: &str) -> Result<Self, SupergraphError> {
        let schema = Schema::builder()
            .adopt_orphan_extensions()
            .parse(sdl, "supergraph.graphql")
            .build()
            .map_err(|with_errors| SupergraphError::Invalid(with_errors.errors.to_string()))?;
        let (supergraph, refused) = match Supergraph::parse(sdl) {
            Ok(supergraph) => (supergraph, None),
            Err(refused @ SupergraphError::UnsupportedFeature { .. }) => {
                let rest = authorization::without_authorization(&schema).to_string();
                (Supergraph::parse(&rest)?, Some(refused.to_string()))
            }
            Err(error) => return Err(error),
        };
        Ok(Self { supergraph, schema, refused })
    }
}
