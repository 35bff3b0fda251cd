//! The orders subgraph: products, and who ordered which of them.
//!
//! ```text
//! graphql  ->  domain  <-  store
//! ```
//!
//! The domain says what it needs from a store as a trait and knows neither GraphQL nor SQL nor HTTP.

mod config;
mod domain;
mod graphql;
mod migration;
pub mod seed;
mod store;

use std::sync::Arc;

use async_trait::async_trait;
use subgraph_kit::authorization::Embedded;
use subgraph_kit::definition::Definition;
use subgraph_kit::migration::Migrations;
use subgraph_kit::process::{Program, StartError};
use subgraph_kit::service::{self, Scope, Service, Trust};
use subgraph_kit::tenancy::PlatformTables;

pub use config::Config;

/// The subgraph's name: in `supergraph.yaml`, and as the audience of the tokens that it takes.
pub const NAME: &str = "orders";

/// Opens the database and puts the service together. The database must be up to date: see [`migrations`].
///
/// # Errors
/// When the database cannot be opened or is of another version.
pub async fn build(config: Config, trust: Trust) -> Result<Service, StartError> {
    let (config, limits) = config.split();
    let limits = Arc::new(limits);
    let per_request = move |scope: &Scope| per_request(scope, limits.clone());
    let platform_tables = PlatformTables::default();
    let (policies, schema) = (policies(), graphql::schema());
    Definition { name: NAME, policies, migrations: migrations(), platform_tables, schema, per_request }
        .build(config, trust)
        .await
}

fn per_request(scope: &Scope, limits: Arc<domain::Limits>) -> graphql::Request {
    let ledger = Arc::new(store::Ledger::new(scope.db.clone()));
    let service = domain::Service::new(scope.authorizer.clone(), limits, scope.clock.clone(), ledger);
    graphql::Request::new(service, &scope.batches)
}

/// The schema for composition.
pub fn sdl() -> String {
    service::sdl(graphql::schema())
}

/// Who may do what.
pub fn policies() -> Embedded {
    domain::POLICIES
}

/// The history of the database.
pub fn migrations() -> Migrations {
    Migrations::new(migration::all)
}

/// The subgraph as a [`Program`].
#[derive(Debug)]
pub struct Orders;

#[async_trait]
impl Program for Orders {
    const NAME: &'static str = NAME;
    const PORT: u16 = 4002;
    type Config = Config;

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
