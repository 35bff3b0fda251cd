//! Decisions about papers, a made-up service.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod cache;
mod deciding;
mod explaining;
mod loading;
mod reloading;

use std::sync::Arc;

use auth::{Caller, FixedClock, Role, TenantId, UserId};
use policy::{Attributes, Embedded, Engine, Options, Question, Resource, Value};
use uuid::Uuid;

const PAPERS: Embedded = Embedded {
    service: "papers",
    schema: include_str!("papers/schema.cedarschema"),
    policies: include_str!("papers/policies.cedar"),
};

fn clock() -> Arc<FixedClock> {
    Arc::new(FixedClock::new("2026-01-01T00:00:00Z".parse().unwrap()))
}

fn engine() -> Engine {
    Engine::new(&PAPERS, Options::default(), clock()).unwrap()
}

fn tenant(number: u128) -> TenantId {
    Uuid::from_u128(0x7000 + number).into()
}

fn user(number: u128) -> UserId {
    Uuid::from_u128(0x1000 + number).into()
}

fn caller(number: u128, of: TenantId, roles: &[Role]) -> Caller {
    Caller {
        subject: user(number),
        tenant: of,
        roles: roles.iter().copied().collect(),
        scopes: ["openid".to_owned()].into(),
    }
}

fn paper(of: TenantId, writer: UserId, pages: i64) -> Resource {
    let attributes =
        Attributes::from([("writer".into(), Value::user(writer)), ("pages".into(), Value::Long(pages))]);
    Resource { kind: "Paper".into(), id: "1".into(), tenant: of, attributes }
}

/// Asks with nothing in the context.
fn allows(engine: &Engine, caller: &Caller, action: &str, resource: &Resource) -> bool {
    let context = Attributes::new();
    engine.decide(Question { caller, action, resource, context: &context }).unwrap().allowed
}
