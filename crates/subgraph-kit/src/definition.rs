//! A subgraph, put together from what is its own.

use std::any::Any;

use async_graphql::ObjectType;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::authorization::{self, Authorization, Embedded};
use crate::migration::Migrations;
use crate::process::StartError;
use crate::service::{self, Builder, Parts, Scope, Service, Trust};
use crate::tenancy::{self, Database, PlatformTables};

/// What is configured for a subgraph that needs nothing more than every subgraph does.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where the rows are.
    pub database: tenancy::Config,
    /// How requests are answered.
    pub service: service::Config,
    /// Who may do what.
    pub authorization: authorization::Config,
}

impl AsMut<tenancy::Config> for Config {
    fn as_mut(&mut self) -> &mut tenancy::Config {
        &mut self.database
    }
}

/// What is a subgraph's own; the rest is the same for all.
pub struct Definition<Q, M, F> {
    /// The subgraph's name: in `supergraph.yaml`, and as the audience of the tokens that it takes.
    pub name: &'static str,
    /// Who may do what.
    pub policies: Embedded,
    /// The history of the database.
    pub migrations: Migrations,
    /// The tables that belong to no tenant.
    pub platform_tables: PlatformTables,
    /// The schema, from [`service::schema`].
    pub schema: Builder<Q, M>,
    /// Makes what resolvers take with [`service::request_data`]. Called once for each request.
    pub per_request: F,
}

impl<Q, M, F> Definition<Q, M, F>
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
{
    /// Opens the database and puts the service together. The database must be up to date: see [`Migrations::run`].
    ///
    /// # Errors
    /// When the database cannot be opened, is of another version or does not keep tenants apart by itself
    /// ([`Database::demand_row_security`]), or the policies or the configuration make no sense.
    pub async fn build<D>(self, config: Config, trust: Trust) -> Result<Service, StartError>
    where
        F: Fn(&Scope) -> D + Send + Sync + 'static,
        D: Any + Send + Sync,
    {
        let Self { name, policies, migrations, platform_tables, schema, per_request } = self;
        let authorization = Authorization::open(&policies, &config.authorization, trust.clock.clone())?;
        let database = Database::open(&config.database).await?.with_platform_tables(platform_tables);
        migrations.check(&database).await?;
        database.demand_row_security(&config.database).await?;
        let config = config.service;
        Ok(Service::new(Parts { name, config, trust, authorization, database, schema, per_request })?)
    }
}
