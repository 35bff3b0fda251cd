//! The supergraph as the outside sees it.

use apollo_compiler::Schema;
use apollo_compiler::validation::Valid;

use crate::api;
use crate::error::SupergraphError;
use crate::features::Features;
use crate::model::Model;

/// A supergraph, ready for planning. Made once, shared by all operations.
#[derive(Debug, Clone)]
pub struct Supergraph {
    api: Valid<Schema>,
    pub(crate) model: Model,
}

/// A subgraph, as the supergraph's `join__Graph` names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubgraphInfo {
    /// `@join__graph(name:)`.
    pub name: String,
    /// `@join__graph(url:)`; may be empty.
    pub url: String,
}

impl Supergraph {
    /// Reads a supergraph SDL that follows the join specification v0.3 to v0.5, composed by any tool. Older versions are read
    /// as far as they go.
    ///
    /// A supergraph that links a feature for security or execution which is not implemented here is refused.
    pub fn parse(sdl: &str) -> Result<Self, SupergraphError> {
        let schema = Schema::builder()
            .adopt_orphan_extensions()
            .parse(sdl, "supergraph.graphql")
            .build()
            .map_err(|with_errors| SupergraphError::Invalid(with_errors.errors.to_string()))?;
        let features = Features::of(&schema)?;
        let model = Model::read(&schema)?;
        let api = api::derive(&schema, &features)?;
        Ok(Self { api, model })
    }

    /// The schema for clients: without the join machinery and without everything `@inaccessible`.
    pub fn api_schema(&self) -> &Valid<Schema> {
        &self.api
    }

    /// The subgraphs, in the order of `join__Graph`.
    pub fn subgraphs(&self) -> &[SubgraphInfo] {
        &self.model.subgraphs
    }

    /// The text form of the planner's graph: each (type, subgraph) node with its field edges and key jumps.
    pub fn graph_text(&self) -> String {
        self.model.to_text()
    }
}
