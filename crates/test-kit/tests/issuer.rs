//! Being whoever a test wants to be.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends at the first surprise"
)]

use std::sync::Arc;

use auth::{Clock as _, FixedClock, Role, SystemClock, TenantId, TokenError};
use chrono::TimeDelta;
use test_kit::DevIssuer;

fn tenant() -> TenantId {
    "01890a5d-ac96-774b-bcce-b302099a8058".parse().unwrap()
}

#[tokio::test]
async fn its_tokens_are_believed_by_its_verifier_alone() {
    let issuer = DevIssuer::new("https://dev.example").unwrap();
    let caller = DevIssuer::somebody(tenant(), &[Role::Admin, Role::Viewer]);
    let token = issuer.token(&caller, "orders").unwrap();
    assert_eq!(issuer.name(), "https://dev.example");
    assert_eq!(issuer.verifier("orders").verify(&token).await, Ok(caller));
    assert_eq!(issuer.verifier("billing").verify(&token).await, Err(TokenError::WrongAudience));
    let namesake = DevIssuer::new("https://dev.example").unwrap();
    assert_eq!(namesake.verifier("orders").verify(&token).await, Err(TokenError::UnknownKey));
}

#[tokio::test]
async fn its_tokens_live_by_the_clock_of_the_test() {
    let clock = Arc::new(FixedClock::new(SystemClock.now()));
    let issuer = DevIssuer::with_clock("https://dev.example", clock.clone()).unwrap();
    let token = issuer.token(&DevIssuer::somebody(tenant(), &[Role::Owner]), "orders").unwrap();
    clock.advance(TimeDelta::minutes(6));
    assert_eq!(issuer.verifier("orders").verify(&token).await, Err(TokenError::Expired));
}

#[test]
fn nobody_is_the_same_twice() {
    let somebody = || DevIssuer::somebody(tenant(), &[Role::Owner]).subject;
    assert_ne!(somebody(), somebody());
}
