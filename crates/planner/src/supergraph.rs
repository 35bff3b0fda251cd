//! The supergraph as the outside sees it.

use std::collections::BTreeSet;

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
    operations: Valid<Schema>,
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
        let model = Model::read(&schema, &features)?;
        let api = api::derive(&schema, &features)?;
        let operations = operation_schema(&api).map_err(SupergraphError::Api)?;
        Ok(Self { api, operations, model })
    }

    /// The schema for clients: without the join machinery and without everything `@inaccessible`.
    pub fn api_schema(&self) -> &Valid<Schema> {
        &self.api
    }

    /// The schema that operations are validated against: the API schema, and `@defer` where that has no directive of the
    /// name. Introspection does not tell of it.
    pub fn operation_schema(&self) -> &Valid<Schema> {
        &self.operations
    }

    /// The subgraphs, in the order of `join__Graph`.
    pub fn subgraphs(&self) -> &[SubgraphInfo] {
        &self.model.subgraphs
    }

    /// The labels of progressive `@override`s, sorted: what [`Options::active_labels`](crate::Options::active_labels) may name.
    pub fn override_labels(&self) -> BTreeSet<&str> {
        self.model.override_labels()
    }

    /// The text form of the planner's graph: each (type, subgraph) node with its field edges and key jumps.
    pub fn graph_text(&self) -> String {
        self.model.to_text()
    }
}

/// Incremental delivery, 2022-08-24: what Apollo's and urql's clients understand.
const DEFER: &str =
    "directive @defer(if: Boolean! = true, label: String) on FRAGMENT_SPREAD | INLINE_FRAGMENT";

fn operation_schema(api: &Valid<Schema>) -> Result<Valid<Schema>, String> {
    if api.directive_definitions.contains_key("defer") {
        return Ok(api.clone());
    }
    let ours = Schema::parse(DEFER, "defer.graphql").map_err(|invalid| invalid.errors.to_string())?;
    let mut schema = api.clone().into_inner();
    if let Some(defer) = ours.directive_definitions.get("defer") {
        schema.directive_definitions.insert(defer.name.clone(), defer.clone());
    }
    schema.validate().map_err(|invalid| invalid.errors.to_string())
}
