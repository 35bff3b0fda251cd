//! The service that a subgraph is: GraphQL bytes in, GraphQL bytes out.
//!
//! In process it is called through [`wire::Subgraph`], over HTTP through its [`router`](Service::router); both take
//! the same way through the same function, so the bytes are equal.

mod admission;
mod answer;
mod complete;
mod config;
mod entities;
mod http;
mod limits;
mod observe;
mod report;
mod scope;

pub use config::{Config, Limits, TokenConfig, Trust};
pub use entities::Entities;
pub use scope::{Scope, request_data};

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::{EmptySubscription, ObjectType, SDLExportOptions, Schema, SchemaBuilder};
use async_trait::async_trait;
use auth::{Verifier, VerifierConfig};

use crate::authorization::Authorization;
use crate::error::Error;
use crate::tenancy::Database;
use answer::Answerer;

/// A schema in the making, as [`schema`] starts it.
pub type Builder<Q, M> = SchemaBuilder<Entities<Q>, M, EmptySubscription>;

/// Starts the schema of a subgraph. The subgraph registers what no field leads to (an interface that only other
/// subgraphs return) and gives the builder to [`Service::new`], or to [`sdl`].
pub fn schema<Q: ObjectType + 'static, M: ObjectType + 'static>(query: Q, mutation: M) -> Builder<Q, M> {
    Schema::build(Entities::new(query), mutation, EmptySubscription).enable_federation().disable_suggestions()
}

/// The subgraph's schema for composition: the same text that `{ _service { sdl } }` answers.
pub fn sdl<Q: ObjectType + 'static, M: ObjectType + 'static>(schema: Builder<Q, M>) -> String {
    schema.finish().sdl_with_options(SDLExportOptions::new().federation().compose_directive())
}

/// What a [`Service`] is made of.
pub struct Parts<Q, M, F> {
    /// The subgraph's name, which is also the audience of the tokens that it takes.
    pub name: &'static str,
    /// What is configured.
    pub config: Config,
    /// Whose tokens are believed, and what time it is.
    pub trust: Trust,
    /// Who may do what.
    pub authorization: Authorization,
    /// Where the rows are.
    pub database: Database,
    /// The schema, from [`schema`].
    pub schema: Builder<Q, M>,
    /// Makes what resolvers take with [`request_data`]: the domain's service on this request's [`Scope`], and the
    /// loaders. Called once for each request.
    pub per_request: F,
}

/// A subgraph that answers. Cheap to clone.
#[derive(Clone)]
pub struct Service {
    answerer: Arc<Answerer>,
}

impl Service {
    /// Puts the parts together.
    ///
    /// # Errors
    /// When the configuration makes no sense.
    pub fn new<Q, M, D, F>(parts: Parts<Q, M, F>) -> Result<Self, Error>
    where
        Q: ObjectType + 'static,
        M: ObjectType + 'static,
        D: Any + Send + Sync,
        F: Fn(&Scope) -> D + Send + Sync + 'static,
    {
        let Parts { name, config, trust, authorization, database, schema, per_request } = parts;
        let mut expected = VerifierConfig::new(config.token.issuer.as_str(), name);
        expected.leeway = Duration::from_secs(config.token.leeway_seconds.into());
        let verifier = Verifier::new(expected, trust.keys, trust.clock.clone());
        let schema = limits::apply(schema, &config.limits).extension(observe::Observe).finish();
        let execute = answer::executor(schema, per_request);
        Ok(Self {
            answerer: Arc::new(Answerer {
                name,
                config,
                verifier,
                clock: trust.clock,
                authorization,
                database,
                execute,
            }),
        })
    }

    /// The routes `POST /graphql`, `GET /health/live` and `GET /health/ready`.
    pub fn router(&self) -> axum::Router {
        http::router(self.clone())
    }

    /// The database of this subgraph, to close it.
    pub fn database(&self) -> &Database {
        &self.answerer.database
    }
}

#[async_trait]
impl wire::Subgraph for Service {
    async fn call(&self, request: wire::Request) -> Result<wire::Response, wire::TransportError> {
        let admission = self.answerer.admit(&request.headers).await?;
        Ok(self.answerer.answer(admission, &request.body, request.deadline).await?.response)
    }
}
