//! Decisions of a made-up service, as its domain sees them.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use auth::{Caller, Role, SystemClock, TenantId};
use http::HeaderMap;
use subgraph_kit::authorization::{
    self, Action, Attributes, Authorization, Authorizer, Config, Decided, DecisionLog, Embedded, Resource,
    Value,
};
use subgraph_kit::error::{Code, Error};
use telemetry::RequestId;
use uuid::Uuid;

const NOTES: Embedded = Embedded {
    service: "notes",
    schema: "entity Note { tenant: Tenant, author: User };
        action readNotes in [read] appliesTo { principal: User, resource: Organization };
        action burnNote in [change] appliesTo { principal: User, resource: Note };",
    policies: r#"@id("all-read") permit (principal, action == Action::"readNotes", resource);
        @id("authors-burn") permit (principal, action == Action::"burnNote", resource)
        when { resource.author == principal };"#,
};

#[derive(Debug, Clone, Copy)]
enum Notes {
    Read,
    Burn,
    /// Not in the schema.
    Eat,
}

impl Action for Notes {
    fn name(self) -> &'static str {
        match self {
            Self::Read => "readNotes",
            Self::Burn => "burnNote",
            Self::Eat => "eatNote",
        }
    }

    fn denial(self) -> &'static str {
        "You may not do this to notes"
    }
}

fn tenant(number: u128) -> TenantId {
    Uuid::from_u128(number).into()
}

fn authorizer(authorization: &Authorization) -> Authorizer {
    let caller = Caller {
        subject: Uuid::from_u128(1).into(),
        tenant: tenant(10),
        roles: [Role::Member].into(),
        scopes: std::collections::BTreeSet::new(),
    };
    let mut headers = HeaderMap::new();
    headers.insert(wire::REQUEST_ID, "test-request".parse().unwrap());
    authorization.authorizer(caller, RequestId::from_headers(&headers))
}

fn note(of: TenantId, author: u128) -> Resource {
    let attributes = Attributes::from([("author".into(), Value::user(Uuid::from_u128(author).into()))]);
    Resource { kind: "Note".into(), id: "1".into(), tenant: of, attributes }
}

fn open(config: &Config) -> Authorization {
    Authorization::open(&NOTES, config, Arc::new(SystemClock)).unwrap()
}

#[derive(Default)]
struct Recorded(Mutex<Vec<String>>);

impl DecisionLog for Recorded {
    fn decided(&self, decided: &Decided<'_>) {
        let Decided { request_id, action, resource, decision, .. } = decided;
        let line = format!(
            "{} {action} {} {} by {}",
            request_id.as_str(),
            resource.kind,
            decision.allowed,
            decision.policies.join(" ")
        );
        self.0.lock().unwrap().push(line);
    }
}

#[test]
fn a_denial_is_forbidden_and_says_nothing_of_why() {
    let authorizer = authorizer(&open(&Config::default()));
    assert!(authorizer.check_organization(Notes::Read).is_ok());
    assert!(authorizer.check(Notes::Burn, &note(tenant(10), 1)).is_ok());
    for (resource, code) in [(note(tenant(10), 2), Code::Forbidden), (note(tenant(11), 1), Code::Forbidden)] {
        let error = Error::from(authorizer.check(Notes::Burn, &resource).unwrap_err());
        assert_eq!((error.code(), error.message()), (code, "You may not do this to notes"));
    }
    // What the schema does not know is a fault of ours, and nothing is allowed.
    for (action, resource) in [(Notes::Eat, note(tenant(10), 1)), (Notes::Read, note(tenant(10), 1))] {
        let error = Error::from(authorizer.check(action, &resource).unwrap_err());
        assert_eq!(error.code(), Code::Internal);
    }
}

#[test]
fn every_decision_is_logged_those_that_are_kept_too() {
    let recorded = Arc::new(Recorded::default());
    let authorizer = authorizer(&open(&Config::default()).logged(recorded.clone()));
    for resource in [note(tenant(10), 1), note(tenant(10), 1), note(tenant(10), 2), note(tenant(11), 1)] {
        let _ = authorizer.check(Notes::Burn, &resource);
    }
    assert_eq!(
        *recorded.0.lock().unwrap(),
        [
            "test-request burnNote Note true by authors-burn",
            "test-request burnNote Note true by authors-burn",
            "test-request burnNote Note false by ",
            "test-request burnNote Note false by tenants-stay-apart",
        ]
    );
}

#[tokio::test]
async fn a_changed_folder_holds_without_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("notes.cedar");
    fs::write(&file, NOTES.policies).unwrap();
    let policies = folder.path().display().to_string();
    // Nothing decided gets too old: it is the reload that makes the difference.
    let config = Config { policies, reload_ms: 1, cache_ms: 3_600_000, ..Config::default() };
    let authorizer = authorizer(&open(&config));
    let may_burn = || authorizer.check(Notes::Burn, &note(tenant(10), 2)).is_ok();
    assert!(!may_burn());
    let more = r#"@id("members-burn") permit (principal in Role::"member", action, resource);"#;
    fs::write(&file, format!("{}\n{more}", NOTES.policies)).unwrap();
    let held = async {
        while !may_burn() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), held).await.unwrap();
}

#[test]
fn limits_are_of_currencies() {
    let limits: authorization::AmountLimits = serde_json::from_str(r#"{"eur": 5, "USD": 7}"#).unwrap();
    let of = |code: &str| limits.of(code.parse().unwrap());
    assert_eq!((of("EUR"), of("USD"), of("CHF")), (Some(5), Some(7), None));
    for wrong in [r#"{"EURO": 5}"#, r#"{"": 5}"#, r#"{"EUR": "5"}"#] {
        assert!(serde_json::from_str::<authorization::AmountLimits>(wrong).is_err(), "{wrong}");
    }
}
