//! The subgraph with its database, its keys and its time.

use std::any::Any;
use std::collections::BTreeSet;
use std::sync::Arc;

use auth::{Caller, FixedClock, INTERNAL_ISSUER, Role, TenantId, UserId};
use orders::seed::{self, Dataset};
use serde_json::{Value, json};
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
    /// Where its rows are, for tests that look at the database itself.
    pub(crate) url: String,
    issuer: DevIssuer,
    /// Removes the file when the test is over.
    _home: Box<dyn Any + Send + Sync>,
}

impl Orders {
    pub(crate) async fn on_sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("orders.db").display());
        Self::start(url, folder).await
    }

    pub(crate) async fn on_postgres() -> Self {
        let database = Postgres::shared().unwrap().create_database("orders").unwrap();
        Self::start(database.url(), ()).await
    }

    /// On a database that somebody else cares for.
    pub(crate) async fn start(url: String, home: impl Any + Send + Sync) -> Self {
        let clock = Arc::new(FixedClock::new(beginning()));
        let issuer = DevIssuer::with_clock(INTERNAL_ISSUER, clock.clone()).unwrap();
        let database = tenancy::Config { url: url.clone(), ..tenancy::Config::default() };
        let opened = Database::open(&database).await.unwrap();
        orders::migrations().run(&opened).await.unwrap();
        opened.close().await.unwrap();
        let config = orders::Config { database, ..orders::Config::default() };
        let trust = Trust { keys: issuer.key_ring(), clock: clock.clone() };
        let service = orders::build(config, trust).await.unwrap();
        Self { service, clock, url, issuer, _home: Box::new(home) }
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
