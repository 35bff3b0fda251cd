//! Which tokens are believed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends at the first surprise"
)]

mod support;

use std::collections::BTreeSet;

use auth::{Algorithm, ClaimNames, FixedClock, JwkSet, Role, SigningKey, VerifierConfig};
use chrono::TimeDelta;
use serde_json::json;
use support::*;

#[tokio::test]
async fn what_an_issuer_says_of_a_caller_arrives() {
    for algorithm in [Algorithm::EdDsa, Algorithm::Es256] {
        let (clock, key) = (clock(), SigningKey::generate(algorithm).unwrap());
        let issuer = issuer(key, &clock);
        let token = issuer.issue(&caller(), AUDIENCE).unwrap();
        assert_eq!(verifier(issuer.jwk_set(), &clock).verify(&token).await, Ok(caller()), "{algorithm:?}");
    }
}

#[tokio::test]
async fn an_outside_issuer_may_sign_with_rsa() {
    let (clock, key) = (clock(), RsaKey::generate());
    let token = token(r#"{"alg":"RS256","kid":"rsa-1"}"#, &claims().to_string(), |message| key.sign(message));
    assert_eq!(verifier(set([key.jwk("rsa-1")]), &clock).verify(&token).await, Ok(caller()));
}

#[tokio::test]
async fn no_two_tokens_are_equal() {
    let issuer = issuer(key(), &clock());
    assert_ne!(issuer.issue(&caller(), AUDIENCE).unwrap(), issuer.issue(&caller(), AUDIENCE).unwrap());
}

#[tokio::test]
async fn a_token_is_good_from_its_first_second_to_its_last_give_or_take_the_leeway() {
    let (clock, key) = (clock(), key());
    let verifier = verifier(set([key.public_jwk()]), &clock);
    let token = signed(&key, &claims());
    // Valid from 0 to 60 seconds, leeway 10.
    for (seconds, expected) in [
        (-3600, Err("not_yet_valid")),
        (-11, Err("not_yet_valid")),
        (-10, Ok(())),
        (0, Ok(())),
        (59, Ok(())),
        (69, Ok(())),
        (70, Err("expired")),
        (3600, Err("expired")),
    ] {
        clock.set(now() + TimeDelta::seconds(seconds));
        let result = verifier.verify(&token).await.map(drop).map_err(auth::TokenError::code);
        assert_eq!(result, expected, "{seconds} s");
    }
}

#[tokio::test]
async fn dates_may_have_fractions() {
    let (clock, key) = (clock(), key());
    let second = f64::from(u32::try_from(now().timestamp()).unwrap());
    let claims = claims_but("exp", json!(second + 0.5));
    let verifier = verifier(set([key.public_jwk()]), &clock);
    assert_eq!(verifier.verify(&signed(&key, &claims)).await, Ok(caller()));
}

#[tokio::test]
async fn the_audience_may_be_one_of_many() {
    let (clock, key) = (clock(), key());
    let verifier = verifier(set([key.public_jwk()]), &clock);
    let claims = claims_but("aud", json!(["billing", AUDIENCE]));
    assert_eq!(verifier.verify(&signed(&key, &claims)).await, Ok(caller()));
}

#[tokio::test]
async fn outside_issuers_name_claims_and_roles_as_they_like() {
    let (clock, key) = (clock(), key());
    let names = ClaimNames {
        tenant: "https://issuer.example/org".to_owned(),
        roles: "https://issuer.example/roles".to_owned(),
    };
    let config = VerifierConfig { claims: names, ..expectations() };
    let verifier = verifier_with(config, set([key.public_jwk()]), &clock);
    let mut claims = claims_but("tenant", json!(SUBJECT));
    claims["https://issuer.example/org"] = json!(TENANT);
    claims["https://issuer.example/roles"] = json!(["Owner", "astronaut", "member", 7, null]);
    claims["scope"] = json!(null);
    let caller = verifier.verify(&signed(&key, &claims)).await.unwrap();
    assert_eq!(caller.tenant, TENANT.parse().unwrap());
    assert_eq!(caller.roles, BTreeSet::from([Role::Member]));
    assert_eq!(caller.scopes, BTreeSet::new());
}

#[tokio::test]
async fn without_a_key_id_the_only_key_there_is_verifies() {
    let (clock, ours, other) = (clock(), key(), key());
    let token = token(r#"{"alg":"EdDSA"}"#, &claims().to_string(), signer(&ours));
    assert_eq!(verifier(set([ours.public_jwk()]), &clock).verify(&token).await, Ok(caller()));
    let two = verifier(set([ours.public_jwk(), other.public_jwk()]), &clock);
    assert_eq!(two.verify(&token).await.unwrap_err().code(), "unknown_key");
}

#[tokio::test]
async fn keys_that_are_no_use_here_do_not_spoil_the_set() {
    let (clock, ours) = (clock(), key());
    let set = json!({"keys": [
        {"kty": "oct", "kid": "secret", "k": "c2VjcmV0"},
        {"kty": "EC", "crv": "P-521", "kid": "big", "x": "AA", "y": "AA"},
        {"kty": "LMS-2031", "kid": 7},
        "not a key",
        ours.public_jwk(),
    ], "published": "today"});
    let set: JwkSet = serde_json::from_value(set).unwrap();
    assert_eq!(verifier(set, &clock).verify(&signed(&ours, &claims())).await, Ok(caller()));
}

#[test]
fn roles_are_asked_for_one_or_several() {
    let caller = caller();
    assert!(caller.has_role(Role::Admin) && !caller.has_role(Role::Owner));
    assert!(caller.has_any_role(&[Role::Owner, Role::Viewer]) && !caller.has_any_role(&[Role::Support]));
    assert!(!caller.has_any_role(&[]));
    for role in Role::ALL {
        assert_eq!(serde_json::to_value(role).unwrap(), json!(role.as_str()));
        assert_eq!(role.to_string(), role.as_str());
    }
}

#[test]
fn ids_are_uuids_and_nothing_else() {
    let tenant: auth::TenantId = TENANT.parse().unwrap();
    assert_eq!((tenant.to_string().as_str(), serde_json::to_value(tenant).unwrap()), (TENANT, json!(TENANT)));
    assert!("acme".parse::<auth::TenantId>().is_err());
    assert!(serde_json::from_value::<auth::UserId>(json!("")).is_err());
}

#[test]
fn a_fixed_clock_stands_still_until_it_is_moved() {
    use auth::Clock as _;
    let clock = FixedClock::new(now());
    clock.advance(TimeDelta::seconds(2));
    assert_eq!(clock.now(), now() + TimeDelta::seconds(2));
    clock.set(now());
    assert_eq!(clock.now(), now());
}
