//! The subgraph with its database, its keys and its time.

use std::any::Any;
use std::collections::BTreeSet;
use std::sync::Arc;

use auth::{Caller, FixedClock, INTERNAL_ISSUER, Role, TenantId, UserId};
use orders::seed::{self, Dataset};
use serde_json::{Value, json};
use subgraph_kit::process::StartError;
use subgraph_kit::service::{Service, Trust};
use subgraph_kit::tenancy::{self, Database};
use test_kit::{DevIssuer, Postgres};
use wire::Subgraph as _;

pub(crate) use test_kit::Answer;

use crate::fixtures::{beginning, user};

/// An orders subgraph on a database of its own, with nothing in it.
pub(crate) struct Orders {
    pub(crate) service: Service,
    /// What time it is.
    pub(crate) clock: Arc<FixedClock>,
    /// Where its rows are, as their owner, for tests that look at the database itself.
    pub(crate) owner_url: String,
    issuer: DevIssuer,
    /// Removes the file when the test is over.
    _home: Box<dyn Any + Send + Sync>,
}

/// A database of a server, with a role to migrate it and another to serve from it.
pub(crate) fn on_server(database: &test_kit::Database<'_>) -> tenancy::Config {
    let (url, migration_url) = (database.url(), database.migration_url());
    tenancy::Config { url, migration_url, ..tenancy::Config::default() }
}

impl Orders {
    pub(crate) async fn on_sqlite() -> Self {
        Self::configured(orders::Config::default()).await
    }

    /// On SQLite, with all of this but the database.
    pub(crate) async fn configured(config: orders::Config) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("orders.db").display());
        Self::start_with(config, tenancy::Config { url, ..tenancy::Config::default() }, folder).await
    }

    pub(crate) async fn on_postgres() -> Self {
        let database = Postgres::shared().unwrap().create_database("orders").unwrap();
        Self::start(on_server(&database), ()).await
    }

    /// On a database that somebody else cares for.
    pub(crate) async fn start(database: tenancy::Config, home: impl Any + Send + Sync) -> Self {
        Self::start_with(orders::Config::default(), database, home).await
    }

    async fn start_with(
        config: orders::Config,
        database: tenancy::Config,
        home: impl Any + Send + Sync,
    ) -> Self {
        let clock = Arc::new(FixedClock::new(beginning()));
        let issuer = DevIssuer::with_clock(INTERNAL_ISSUER, clock.clone()).unwrap();
        let owner = [&database.migration_url, &database.url].into_iter().find(|url| !url.is_empty());
        let owner_url = owner.unwrap().clone();
        let opened = Database::open_for_migration(&database).await.unwrap();
        orders::migrations().run(&opened).await.unwrap();
        opened.close().await.unwrap();
        let config = orders::Config { database, ..config };
        let trust = Trust { keys: issuer.key_ring(), clock: clock.clone() };
        let service = orders::build(config, trust).await.unwrap();
        Self { service, clock, owner_url, issuer, _home: Box::new(home) }
    }

    /// Another process of it on that database.
    pub(crate) async fn start_again(&self, database: tenancy::Config) -> Result<Service, StartError> {
        let config = orders::Config { database, ..orders::Config::default() };
        let trust = Trust { keys: self.issuer.key_ring(), clock: Arc::new(FixedClock::new(beginning())) };
        orders::build(config, trust).await
    }

    /// With these rows.
    pub(crate) async fn with(self, data: &Dataset) -> Self {
        self.load(data).await;
        self
    }

    pub(crate) async fn load(&self, data: &Dataset) {
        seed::load(self.service.database(), data, &mut |_| ()).await.unwrap();
    }

    /// Asks as an owner of this tenant.
    pub(crate) async fn ask(&self, tenant: TenantId, query: &str, variables: Value) -> Answer {
        self.ask_as(tenant, user(tenant, 0), &[Role::Owner], query, variables).await
    }

    /// Asks for entities as an owner of this tenant: `selection` stands within `_entities`.
    pub(crate) async fn entities(
        &self,
        tenant: TenantId,
        selection: &str,
        representations: Vec<Value>,
    ) -> Answer {
        let query = format!("query ($r: [_Any!]!) {{ _entities(representations: $r) {{ {selection} }} }}");
        self.ask(tenant, &query, json!({ "r": representations })).await
    }

    pub(crate) async fn ask_as(
        &self,
        tenant: TenantId,
        subject: UserId,
        roles: &[Role],
        query: &str,
        variables: Value,
    ) -> Answer {
        let roles = roles.iter().copied().collect();
        let caller = Caller { subject, tenant, roles, scopes: BTreeSet::new() };
        let token = self.issuer.token(&caller, orders::NAME).unwrap();
        let request = test_kit::question(&token, query, &variables).unwrap();
        Answer::try_from(self.service.call(request).await.unwrap()).unwrap()
    }
}
