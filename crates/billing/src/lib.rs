//! The billing subgraph: accounts, invoices, and what was paid on them.
//!
//! ```text
//! graphql  ->  domain  <-  store
//! ```
//!
//! The domain says what it needs from a store as a trait and knows neither GraphQL nor SQL nor HTTP.

mod domain;
mod graphql;
mod migration;
pub mod seed;
mod store;

use std::sync::Arc;

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use subgraph_kit::migration::Migrations;
use subgraph_kit::process::{Program, StartError};
use subgraph_kit::service::{self, Parts, Scope, Service, Trust};
use subgraph_kit::tenancy::{self, Database};

/// The subgraph's name: in `supergraph.yaml`, and as the audience of the tokens that it takes.
pub const NAME: &str = "billing";

/// What is configured for this subgraph.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where the rows are.
    pub database: tenancy::Config,
    /// How requests are answered.
    pub service: service::Config,
}

/// Opens the database and puts the service together. The database must be up to date: see [`migrations`].
///
/// # Errors
/// When the database cannot be opened or is of another version.
pub async fn build(config: Config, trust: Trust) -> Result<Service, StartError> {
    let database = Database::open(&config.database).await?;
    migrations().check(&database).await?;
    let clock = trust.clock.clone();
    let per_request = move |scope: &Scope| {
        let books = store::Books::new(scope.db.clone());
        let service = domain::Service::new(scope.caller.clone(), clock.clone(), Arc::new(books));
        graphql::Request::new(service, &scope.batches)
    };
    let schema = graphql::schema();
    Ok(Service::new(Parts { name: NAME, config: config.service, trust, database, schema, per_request })?)
}

/// The schema for composition.
pub fn sdl() -> String {
    service::sdl(graphql::schema())
}

/// The history of the database.
pub fn migrations() -> Migrations {
    Migrations::new(migration::all)
}

/// The subgraph as a [`Program`].
#[derive(Debug)]
pub struct Billing;

#[async_trait]
impl Program for Billing {
    const NAME: &'static str = NAME;
    const PORT: u16 = 4003;
    type Config = Config;

    fn database(config: &mut Config) -> &mut tenancy::Config {
        &mut config.database
    }

    fn sdl() -> String {
        sdl()
    }

    fn migrations() -> Migrations {
        migrations()
    }

    async fn build(config: Config, trust: Trust) -> Result<Service, StartError> {
        build(config, trust).await
    }
}
