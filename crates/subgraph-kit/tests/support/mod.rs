//! A small subgraph: notes of authors in a table of tenants, and accounts in one of the platform.
#![allow(unreachable_pub, reason = "shared by test crates")]

pub mod account;
mod graph;
mod note;

use std::collections::BTreeSet;
use std::sync::Arc;

use auth::{Caller, FixedClock, INTERNAL_ISSUER, KeyRing, Role, TenantId, UserId};
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, TimeZone as _, Utc};
use http::HeaderMap;
use http::header::AUTHORIZATION;
use sea_orm::ActiveValue::{NotSet, Set};
use serde_json::{Value, json};
use subgraph_kit::authorization::{self, Authorization, Embedded};
use subgraph_kit::migration::Migrations;
use subgraph_kit::service::{self, Config, Parts, Service, Trust};
use subgraph_kit::tenancy::{Database, PlatformDb, PlatformTables, Scoped as _, StatementCounter, TenantDb};
use test_kit::DevIssuer;
use uuid::Uuid;
use wire::{Subgraph as _, TransportError};

use crate::database::TestDatabase;

pub use note::{ActiveModel, Column, Entity, create_table, migrations};

/// The name, and so the audience.
pub const NAME: &str = "notes";

/// Nothing in it asks for a decision.
const POLICIES: Embedded = Embedded {
    service: NAME,
    schema: "action readNotes in [read] appliesTo { principal: User, resource: Organization };",
    policies: "",
};

/// The subgraph with its database, its keys and its time.
pub struct Notes {
    pub service: Service,
    pub database: Database,
    pub clock: Arc<FixedClock>,
    issuer: DevIssuer,
    #[allow(dead_code, reason = "on PostgreSQL a test reads the log of the server")]
    pub place: TestDatabase,
}

/// The tables that belong to no tenant.
pub fn platform_tables() -> PlatformTables {
    PlatformTables::default().with(account::Entity)
}

/// When the tests take place.
pub fn beginning() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 1, 9, 0, 0).unwrap()
}

pub fn tenant(number: u128) -> TenantId {
    TenantId::from(Uuid::from_u128(number))
}

pub fn caller(tenant: TenantId) -> Caller {
    Caller {
        subject: UserId::from(Uuid::from_u128(0xca11)),
        tenant,
        roles: BTreeSet::from([Role::Member]),
        scopes: BTreeSet::new(),
    }
}

impl Notes {
    pub async fn start() -> Self {
        Self::with(Config::default()).await
    }

    pub async fn with(config: Config) -> Self {
        Self::trusting(config, None).await
    }

    /// With other keys than those that its tokens are signed with.
    pub async fn trusting(config: Config, keys: Option<Arc<KeyRing>>) -> Self {
        let place = TestDatabase::new();
        Migrations::new(migrations).run(&place.open_for_migration().await).await.unwrap();
        let database = place.open().await.with_platform_tables(platform_tables());
        let clock = Arc::new(FixedClock::new(beginning()));
        let issuer = DevIssuer::with_clock(INTERNAL_ISSUER, clock.clone()).unwrap();
        let trust = Trust { keys: keys.unwrap_or_else(|| issuer.key_ring()), clock: clock.clone() };
        let service = Service::new(Parts {
            name: NAME,
            config,
            authorization: Authorization::open(&POLICIES, &authorization::Config::default(), clock.clone())
                .unwrap(),
            trust,
            database: database.clone(),
            schema: service::schema(graph::Query::default(), graph::Mutation),
            per_request: graph::Request::new,
        })
        .unwrap();
        Self { service, database, clock, issuer, place }
    }

    pub fn db(&self, tenant: TenantId) -> TenantDb {
        self.database.tenant(tenant, StatementCounter::default())
    }

    pub fn platform(&self) -> PlatformDb {
        self.database.platform(StatementCounter::default())
    }

    /// Adds notes, a minute apart, the first of them `from` minutes after the beginning.
    pub async fn write(&self, tenant: TenantId, author: Uuid, from: i64, count: i64) -> Vec<Uuid> {
        let ids: Vec<Uuid> = (0..count).map(|_| Uuid::now_v7()).collect();
        let rows = ids.iter().zip(from..).map(|(id, minute)| row(*id, author, minute)).collect();
        self.db(tenant).insert_all::<ActiveModel>(rows).await.unwrap();
        ids
    }

    pub fn token(&self, caller: &Caller, audience: &str) -> String {
        self.issuer.token(caller, audience).unwrap()
    }

    pub fn headers(&self, tenant: TenantId) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let token = self.token(&caller(tenant), NAME);
        headers.insert(AUTHORIZATION, format!("Bearer {token}").parse().unwrap());
        headers.insert(wire::REQUEST_ID, "test-request".parse().unwrap());
        headers
    }

    pub async fn send(
        &self,
        headers: HeaderMap,
        body: impl Into<Bytes>,
    ) -> Result<wire::Response, TransportError> {
        self.service.call(wire::Request { headers, body: body.into(), deadline: None }).await
    }

    /// The answer, and how many statements it took.
    pub async fn ask(&self, tenant: TenantId, query: &str) -> (Value, u64) {
        self.ask_with(tenant, query, &json!({})).await
    }

    pub async fn ask_with(&self, tenant: TenantId, query: &str, variables: &Value) -> (Value, u64) {
        let body = json!({ "query": query, "variables": variables }).to_string();
        let response = self.send(self.headers(tenant), body).await.unwrap();
        let statements = response.headers[wire::SQL_STATEMENTS].to_str().unwrap().parse().unwrap();
        (serde_json::from_slice(&response.body).unwrap(), statements)
    }
}

pub fn row(id: Uuid, author: Uuid, minute: i64) -> ActiveModel {
    ActiveModel {
        tenant_id: NotSet,
        id: Set(id),
        author_id: Set(author),
        created_at: Set(beginning() + TimeDelta::minutes(minute)),
    }
}
