//! The face: subgraphs in, supergraph SDL out.

use crate::error::{CompositionError, ErrorCode};
use crate::hint::Hint;
use crate::model::SubgraphSchema;
use crate::{merge, post, print, read, satisfiability, spot, validate};

/// One subgraph as its team publishes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subgraph {
    /// Its name: unique, and what `@override(from:)`, errors and query plans call it.
    pub name: String,
    /// Where routers reach it. Not interpreted.
    pub url: String,
    /// Its schema: Federation v2 (with `@link`) or v1, with or without the definitions of the federation directives.
    pub sdl: String,
}

/// A successful composition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composed {
    /// The supergraph schema with `join` directives, v0.3 to v0.5.
    pub supergraph_sdl: String,
    /// What is legal and may still be a mistake.
    pub hints: Vec<Hint>,
}

/// Composes `subgraphs` to a supergraph.
///
/// Every stage reports all that it finds before composition ends; a later stage runs only on what the earlier ones accepted.
///
/// # Errors
/// At least one [`CompositionError`]; each has a stable code and, where there is one, the spot in a subgraph's SDL.
pub fn compose(subgraphs: &[Subgraph]) -> Result<Composed, Vec<CompositionError>> {
    let models = read_all(subgraphs)?;
    none_or(models.iter().flat_map(validate::subgraph).collect())?;
    match whole(&models) {
        Ok(mut composed) => {
            spot::of_hints(&mut composed.hints, &models);
            Ok(composed)
        }
        Err(mut errors) => {
            spot::of_errors(&mut errors, &models);
            Err(errors)
        }
    }
}

/// What needs all subgraphs.
fn whole(models: &[SubgraphSchema]) -> Result<Composed, Vec<CompositionError>> {
    let mut hints: Vec<Hint> = models.iter().flat_map(|model| model.hints.iter().cloned()).collect();
    let (supergraph, found) = merge::merge(models)?;
    hints.extend(found);
    none_or(post::validate(models, &supergraph))?;
    let supergraph_sdl = print::supergraph(&supergraph);
    post::validate_text(&supergraph_sdl).map_err(|error| vec![error])?;
    hints.extend(satisfiability::check(models, &supergraph)?);
    Ok(Composed { supergraph_sdl, hints })
}

fn read_all(subgraphs: &[Subgraph]) -> Result<Vec<SubgraphSchema>, Vec<CompositionError>> {
    if subgraphs.is_empty() {
        return Err(vec![CompositionError::new(ErrorCode::NoQueries, "There is no subgraph to compose.")]);
    }
    let mut sorted: Vec<&Subgraph> = subgraphs.iter().collect();
    // By all of it: what is told must not depend on the order even of two that have one name, which is an error.
    sorted.sort_by_key(|subgraph| (&subgraph.name, &subgraph.sdl, &subgraph.url));
    let mut errors = Vec::new();
    let mut models = Vec::with_capacity(sorted.len());
    let mut names = read::GraphNames::default();
    for subgraph in sorted {
        match names.assign(&subgraph.name).and_then(|graph| read::subgraph(subgraph, graph)) {
            Ok(model) => models.push(model),
            Err(mut found) => errors.append(&mut found),
        }
    }
    none_or(errors)?;
    read::upgrade_together(&mut models);
    Ok(models)
}

fn none_or(mut errors: Vec<CompositionError>) -> Result<(), Vec<CompositionError>> {
    if errors.is_empty() {
        return Ok(());
    }
    let mut seen = std::collections::HashSet::new();
    errors.retain(|error| seen.insert(error.clone()));
    Err(errors)
}
