//! The subgraph with two organizations in it.
#![allow(unreachable_pub, reason = "shared by test crates")]

use std::collections::BTreeSet;
use std::sync::Arc;

use auth::{Caller, FixedClock, INTERNAL_ISSUER, Role, TenantId, UserId};
use chrono::{DateTime, TimeDelta, TimeZone as _, Utc};
use serde_json::{Value, json};
use subgraph_kit::service::{Service, Trust};
use subgraph_kit::tenancy::Database;
use test_kit::{Answer, DevIssuer};
use users::seed::{Dataset, Membership, MembershipStatus, Organization, User};
use uuid::Uuid;
use wire::Subgraph as _;

use crate::database::TestDatabase;

/// How many people each organization has.
pub const PEOPLE: u128 = 50;

pub struct Users {
    pub service: Service,
    pub database: Database,
    /// Where its rows are, as their owner, for tests that look at the database itself.
    pub owner_url: String,
    #[allow(dead_code, reason = "on PostgreSQL a test starts another process")]
    pub clock: Arc<FixedClock>,
    pub issuer: DevIssuer,
    #[allow(dead_code, reason = "on PostgreSQL a test looks at the server")]
    pub place: TestDatabase,
}

pub fn beginning() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 1, 9, 0, 0).unwrap()
}

/// Acme is 1, Globex is 2.
pub fn tenant(number: u128) -> TenantId {
    TenantId::from(Uuid::from_u128(number << 64))
}

/// The people of a tenant are counted from 0: an owner, an admin, a viewer, members.
pub fn user(tenant: u128, number: u128) -> UserId {
    UserId::from(Uuid::from_u128((tenant << 64) + 1 + number))
}

pub fn role(number: u128) -> Role {
    match number {
        0 => Role::Owner,
        1 => Role::Admin,
        2 => Role::Viewer,
        _ => Role::Member,
    }
}

pub fn caller(tenant_number: u128, number: u128) -> Caller {
    Caller {
        subject: user(tenant_number, number),
        tenant: tenant(tenant_number),
        roles: BTreeSet::from([role(number)]),
        scopes: BTreeSet::new(),
    }
}

pub fn dataset() -> Dataset {
    people([(1, "acme".to_owned()), (2, "globex".to_owned())])
}

/// Organizations, each with its people.
fn people(organizations: impl IntoIterator<Item = (u128, String)>) -> Dataset {
    let mut data = Dataset::default();
    for (tenant_number, slug) in organizations {
        data.organizations.push(Organization {
            id: tenant(tenant_number),
            slug: slug.clone(),
            display_name: format!("The {slug} organization"),
            created_at: beginning(),
        });
        for number in 0..PEOPLE {
            let created_at = beginning() + TimeDelta::minutes(i64::try_from(number).unwrap());
            let id = user(tenant_number, number);
            data.users.push(User {
                id,
                email: format!("person{number}@{slug}.example"),
                display_name: format!("Person {number} of {slug}"),
                created_at,
            });
            let status = MembershipStatus::Active;
            let tenant = tenant(tenant_number);
            data.memberships.push(Membership { tenant, user: id, role: role(number), status, created_at });
        }
    }
    data
}

impl Users {
    pub async fn start() -> Self {
        Self::start_with(0..0).await
    }

    /// With more organizations of these numbers, so that a table is worth an index.
    pub async fn start_with(others: std::ops::Range<u128>) -> Self {
        let place = TestDatabase::new();
        let config = users::Config { database: place.config(), ..users::Config::default() };
        users::migrations()
            .run(&Database::open_for_migration(&config.database).await.unwrap())
            .await
            .unwrap();
        let database = Database::open(&config.database).await.unwrap();
        users::seed::load(&database, &dataset(), &mut |_| {}).await.unwrap();
        let others = people(others.map(|number| (number, format!("other{number}"))));
        users::seed::load(&database, &others, &mut |_| {}).await.unwrap();

        let clock = Arc::new(FixedClock::new(beginning() + TimeDelta::days(1)));
        let issuer = DevIssuer::with_clock(INTERNAL_ISSUER, clock.clone()).unwrap();
        let keys = issuer.key_ring();
        let owner =
            [&config.database.migration_url, &config.database.url].into_iter().find(|url| !url.is_empty());
        let owner_url = owner.unwrap().clone();
        let service = users::build(config, Trust { keys, clock: clock.clone() }).await.unwrap();
        Self { service, database, owner_url, clock, issuer, place }
    }

    /// The answer, and how many statements it took.
    pub async fn ask(&self, caller: &Caller, query: &str, variables: &Value) -> (Value, u64) {
        let token = self.issuer.token(caller, users::NAME).unwrap();
        let request = test_kit::question(&token, query, variables).unwrap();
        let answer = Answer::try_from(self.service.call(request).await.unwrap()).unwrap();
        (answer.body, answer.statements)
    }

    /// The data of an answer without errors.
    pub async fn data(&self, caller: &Caller, query: &str) -> Value {
        let (mut answer, _) = self.ask(caller, query, &json!({})).await;
        assert_eq!(answer.get("errors"), None, "{answer}");
        answer["data"].take()
    }
}
