//! Stage 4: what only the merged whole can get wrong.

mod access;
mod accessibility;
mod interfaces;

use apollo_compiler::Schema;

use crate::error::{CompositionError, ErrorCode};
use crate::model::SubgraphSchema;
use crate::supergraph::Supergraph;

/// Checks the merged model.
pub(crate) fn validate(subgraphs: &[SubgraphSchema], supergraph: &Supergraph) -> Vec<CompositionError> {
    let mut errors = interfaces::check(supergraph);
    errors.extend(access::check(subgraphs, supergraph));
    errors.extend(accessibility::check(supergraph));
    errors
}

/// The printed supergraph is a valid GraphQL schema: the last line of defence, and what keeps the promise to routers.
pub(crate) fn validate_text(sdl: &str) -> Result<(), CompositionError> {
    match Schema::parse_and_validate(sdl, "supergraph.graphql") {
        Ok(_) => Ok(()),
        Err(found) => {
            let first = found.errors.iter().next().map(|e| e.error.to_string()).unwrap_or_default();
            Err(CompositionError::new(
                ErrorCode::InvalidGraphql,
                format!("The merged schema is not valid: {first}"),
            ))
        }
    }
}
