//! What an issuer takes back before it expires.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::sync::Arc;
use std::time::Duration;

use auth::{FixedClock, Revocation, RevocationList, Revoked, TokenError, TokenIds};
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use serde_json::json;

use support::{claims, claims_but, clock, key, now, set, signed, verifier};

const LIFETIME: TimeDelta = TimeDelta::minutes(5);

fn token(id: &str) -> Revoked {
    Revoked::Token { id: id.to_owned() }
}

fn session(id: &str) -> Revoked {
    Revoked::Session { id: id.to_owned() }
}

fn ids(token: &str, session: &str, issued_at: DateTime<Utc>) -> TokenIds {
    let text = |text: &str| Some(text.to_owned());
    TokenIds { token: text(token), session: text(session), issued_at: Some(issued_at) }
}

fn list(clock: &Arc<FixedClock>) -> Arc<RevocationList> {
    Arc::new(RevocationList::new(LIFETIME, clock.clone()))
}

#[tokio::test]
async fn a_revoked_token_is_refused() {
    let (clock, key) = (clock(), key());
    let list = list(&clock);
    let verifier = verifier(set([key.public_jwk()]), &clock).with_revocations(list.clone());
    let (one, other) = (signed(&key, &claims()), signed(&key, &claims_but("jti", json!("2"))));
    assert!(verifier.verify(&one).await.is_ok());
    list.revoke(token("1"));
    assert_eq!(verifier.verify(&one).await, Err(TokenError::Revoked));
    assert!(verifier.verify(&other).await.is_ok());
}

#[tokio::test]
async fn what_ails_a_token_otherwise_is_told_first() {
    let (clock, key) = (clock(), key());
    let list = list(&clock);
    let verifier = verifier(set([key.public_jwk()]), &clock).with_revocations(list.clone());
    list.revoke(token("1"));
    let forged = signed(&support::key(), &claims());
    assert_ne!(verifier.verify(&forged).await, Err(TokenError::Revoked));
    let token = signed(&key, &claims());
    clock.advance(TimeDelta::hours(1));
    assert_eq!(verifier.verify(&token).await, Err(TokenError::Expired));
}

#[test]
fn a_session_takes_back_what_it_gave_so_far() {
    let clock = clock();
    let list = list(&clock);
    list.revoke(session("s"));
    let later = now() + TimeDelta::seconds(1);
    assert!(list.is_revoked(&ids("1", "s", now())));
    assert!(list.is_revoked(&TokenIds { issued_at: None, ..ids("1", "s", now()) }));
    assert!(!list.is_revoked(&ids("1", "s", later)), "it came afterwards");
    assert!(!list.is_revoked(&ids("1", "t", now())), "another session");
    assert!(!list.is_revoked(&ids("s", "1", now())), "a token is no session");
}

#[test]
fn what_has_expired_anyway_is_forgotten() {
    let clock = clock();
    let list = list(&clock);
    list.revoke(token("1"));
    clock.advance(LIFETIME);
    list.revoke(token("2"));
    // A token with this id that is still believed can't be the one that was taken back.
    assert!(!list.is_revoked(&ids("1", "s", clock_now(&clock))));
    list.add(Revocation { revoked: token("3"), at: now() });
    assert!(!list.is_revoked(&ids("3", "s", clock_now(&clock))), "it is over");
}

fn clock_now(clock: &Arc<FixedClock>) -> DateTime<Utc> {
    auth::Clock::now(&**clock)
}

#[test]
fn ids_that_no_token_of_ours_has_are_not_kept() {
    let clock = clock();
    let list = list(&clock);
    let long = "x".repeat(129);
    list.revoke(token(&long));
    assert!(!list.is_revoked(&ids(&long, "s", now())));
}

#[test]
fn more_than_it_holds_refuses_too_much_rather_than_too_little() {
    let clock = clock();
    let list = RevocationList::with_capacity(2, LIFETIME, clock.clone());
    for number in 0..3 {
        list.revoke(token(&number.to_string()));
        clock.advance(TimeDelta::seconds(10));
    }
    for number in 0..3 {
        assert!(list.is_revoked(&ids(&number.to_string(), "s", now())), "{number}");
    }
    assert!(list.is_revoked(&ids("other", "s", now())), "as old as the one that made place");
    assert!(!list.is_revoked(&ids("other", "s", now() + TimeDelta::seconds(1))));
}

#[tokio::test]
async fn who_waits_for_it_is_told() {
    let clock = clock();
    let list = list(&clock);
    let ids = ids("1", "s", now());
    let waiting = tokio::spawn({
        let (list, ids) = (list.clone(), ids.clone());
        async move { list.revoked(&ids).await }
    });
    list.revoke(token("2"));
    list.revoke(session("s"));
    tokio::time::timeout(Duration::from_secs(10), waiting).await.unwrap().unwrap();
    list.revoked(&ids).await;
}

fn revocation() -> impl Strategy<Value = (Revoked, i64)> {
    let revoked = prop_oneof![
        (0..6_u8).prop_map(|id| token(&id.to_string())),
        (0..6_u8).prop_map(|id| { session(&id.to_string()) })
    ];
    (revoked, 0..240_i64)
}

proptest! {
    /// Told twice, in any order and to a list of any size, what is taken back stays so.
    #[test]
    fn nothing_that_was_taken_back_is_believed(
        told in prop::collection::vec(revocation(), 0..40),
        capacity in 1..50_usize,
        asked in prop::collection::vec((0..6_u8, 0..6_u8, 0..240_i64), 20),
    ) {
        let clock = clock();
        clock.set(now() + TimeDelta::seconds(240));
        let list = RevocationList::with_capacity(capacity, LIFETIME, clock);
        let moment = |seconds: i64| now() + TimeDelta::seconds(seconds);
        for (revoked, at) in &told {
            list.add(Revocation { revoked: revoked.clone(), at: moment(*at) });
        }
        for (number, of, issued) in asked {
            let asked = ids(&number.to_string(), &of.to_string(), moment(issued));
            let must = told.iter().any(|(revoked, at)| match revoked {
                Revoked::Token { id } => *id == number.to_string() && issued <= *at,
                Revoked::Session { id } => *id == of.to_string() && issued <= *at,
            });
            prop_assert!(list.is_revoked(&asked) || !must, "{asked:?} of {told:?}");
        }
    }
}
