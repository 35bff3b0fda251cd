//! The users subgraph: organizations (the tenants), people, and who is a member of what in which role.
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
use subgraph_kit::authorization::Embedded;
use subgraph_kit::definition::Definition;
use subgraph_kit::migration::Migrations;
use subgraph_kit::process::{Program, StartError};
use subgraph_kit::service::{self, Scope, Service, Trust};
use subgraph_kit::tenancy::PlatformTables;

pub use subgraph_kit::definition::Config;

/// The subgraph's name: in `supergraph.yaml`, and as the audience of the tokens that it takes.
pub const NAME: &str = "users";

/// Opens the database and puts the service together. The database must be up to date: see [`migrations`].
///
/// # Errors
/// When the database cannot be opened or is of another version.
pub async fn build(config: Config, trust: Trust) -> Result<Service, StartError> {
    let schema = graphql::schema();
    let (policies, platform_tables) = (policies(), PlatformTables::default());
    Definition { name: NAME, policies, migrations: migrations(), platform_tables, schema, per_request }
        .build(config, trust)
        .await
}

fn per_request(scope: &Scope) -> graphql::Request {
    let directory = Arc::new(store::Directory::new(scope.db.clone()));
    let service = domain::Service::new(scope.authorizer.clone(), scope.clock.clone(), directory);
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
pub struct Users;

#[async_trait]
impl Program for Users {
    const NAME: &'static str = NAME;
    const PORT: u16 = 4001;
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
