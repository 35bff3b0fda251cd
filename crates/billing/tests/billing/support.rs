//! The subgraph with its database, its keys and its time.

use std::any::Any;
use std::collections::BTreeSet;
use std::sync::Arc;

use auth::{Caller, FixedClock, INTERNAL_ISSUER, Role, TenantId, UserId};
use billing::seed::{self, Dataset};
use serde_json::{Value, json};
use subgraph_kit::process::StartError;
use subgraph_kit::service::{Service, Trust};
use subgraph_kit::tenancy::{self, Database};
use test_kit::{DevIssuer, Postgres};
use wire::Subgraph as _;

pub(crate) use test_kit::Answer;

use crate::fixtures::{Kind, beginning, id};

/// Which of the tenant's users asks.
pub(crate) const CALLER: usize = 1;

/// A billing subgraph on a database of its own, with nothing in it.
pub(crate) struct Billing {
    pub(crate) service: Service,
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

impl Billing {
    pub(crate) async fn on_sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("billing.db").display());
        Self::start(tenancy::Config { url, ..tenancy::Config::default() }, folder).await
    }

    pub(crate) async fn on_postgres() -> Self {
        let database = Postgres::shared().unwrap().create_database("billing").unwrap();
        Self::start(on_server(&database), ()).await
    }

    pub(crate) async fn start(database: tenancy::Config, home: impl Any + Send + Sync) -> Self {
        let clock = Arc::new(FixedClock::new(beginning()));
        let issuer = DevIssuer::with_clock(INTERNAL_ISSUER, clock.clone()).unwrap();
        let owner = [&database.migration_url, &database.url].into_iter().find(|url| !url.is_empty());
        let owner_url = owner.unwrap().clone();
        let opened = Database::open_for_migration(&database).await.unwrap();
        billing::migrations().run(&opened).await.unwrap();
        opened.close().await.unwrap();
        let config = billing::Config { database, ..billing::Config::default() };
        let service = billing::build(config, Trust { keys: issuer.key_ring(), clock }).await.unwrap();
        Self { service, owner_url, issuer, _home: Box::new(home) }
    }

    /// Another process of it on that database.
    pub(crate) async fn start_again(&self, database: tenancy::Config) -> Result<Service, StartError> {
        let config = billing::Config { database, ..billing::Config::default() };
        let trust = Trust { keys: self.issuer.key_ring(), clock: Arc::new(FixedClock::new(beginning())) };
        billing::build(config, trust).await
    }

    /// With these rows.
    pub(crate) async fn with(self, data: &Dataset) -> Self {
        self.load(data).await;
        self
    }

    pub(crate) async fn load(&self, data: &Dataset) {
        seed::load(self.service.database(), data, &mut |_| ()).await.unwrap();
    }

    /// Asks as the [`CALLER`], an owner of this tenant.
    pub(crate) async fn ask(&self, tenant: TenantId, query: &str, variables: Value) -> Answer {
        self.ask_as(tenant, &[Role::Owner], query, variables).await
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
        roles: &[Role],
        query: &str,
        variables: Value,
    ) -> Answer {
        let caller = Caller {
            subject: UserId::from(id(tenant, Kind::User, CALLER)),
            tenant,
            roles: roles.iter().copied().collect(),
            scopes: BTreeSet::new(),
        };
        let token = self.issuer.token(&caller, billing::NAME).unwrap();
        let request = test_kit::question(&token, query, &variables).unwrap();
        Answer::try_from(self.service.call(request).await.unwrap()).unwrap()
    }
}
