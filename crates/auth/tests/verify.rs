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

use auth::{Algorithm, ClaimNames, FixedClock, JwkSet, Role, SigningKey, Subjects, VerifierConfig};
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

/// RFC 7517 section 4.5: keys of different kinds may have one id.
#[tokio::test]
async fn one_key_id_may_stand_for_several_keys() {
    let (clock, first, second) = (clock(), key(), key());
    let p256 = SigningKey::generate(Algorithm::Es256).unwrap();
    let named = |key: &SigningKey| auth::Jwk { kid: Some("k".to_owned()), ..key.public_jwk() };
    let verifier = verifier(set([named(&p256), named(&first), named(&second)]), &clock);
    for ours in [&p256, &first, &second] {
        let header = json!({"alg": ours.algorithm(), "kid": "k"}).to_string();
        let token = token(&header, &claims().to_string(), signer(ours));
        assert_eq!(verifier.verify(&token).await, Ok(caller()), "{header}");
    }
    let stranger = token(r#"{"alg":"EdDSA","kid":"k"}"#, &claims().to_string(), signer(&key()));
    assert_eq!(verifier.verify(&stranger).await.unwrap_err().code(), "bad_signature");
}

/// RFC 9864 names the curve.
#[tokio::test]
async fn ed25519_is_a_name_of_eddsa() {
    let (clock, ours) = (clock(), key());
    let header = json!({"alg": "Ed25519", "kid": ours.key_id()}).to_string();
    let token = token(&header, &claims().to_string(), signer(&ours));
    let jwk = auth::Jwk { alg: Some("Ed25519".to_owned()), ..ours.public_jwk() };
    assert_eq!(verifier(set([jwk]), &clock).verify(&token).await, Ok(caller()));
}

#[tokio::test]
async fn a_caller_whose_roles_are_all_unknown_has_none() {
    let (clock, ours) = (clock(), key());
    let verifier = verifier(set([ours.public_jwk()]), &clock);
    for roles in [json!([]), json!(["root", "OWNER", 1])] {
        let caller = verifier.verify(&signed(&ours, &claims_but("roles", roles))).await.unwrap();
        assert_eq!(caller.roles, BTreeSet::new());
        assert!(!caller.has_any_role(&Role::ALL));
    }
}

/// The id that the issuer's subject gets.
async fn subject_of(issuer: &str, subjects: Subjects, subject: &str) -> auth::UserId {
    let (clock, ours) = (clock(), key());
    let config = VerifierConfig { issuer: issuer.to_owned(), subjects, ..expectations() };
    let verifier = verifier_with(config, set([ours.public_jwk()]), &clock);
    let mut claims = claims_but("sub", json!(subject));
    claims["iss"] = json!(issuer);
    verifier.verify(&signed(&ours, &claims)).await.unwrap().subject
}

#[tokio::test]
async fn subjects_of_outside_issuers_may_be_any_text() {
    let derived = subject_of("https://a.example", Subjects::Users, "auth0|7").await;
    assert_eq!(derived.as_uuid().get_version_num(), 8);
    assert_eq!(
        derived,
        subject_of("https://a.example", Subjects::Users, "auth0|7").await,
        "it does not change"
    );
    let ours: auth::UserId = SUBJECT.parse().unwrap();
    assert_eq!(ours, subject_of("https://a.example", Subjects::Users, SUBJECT).await);
}

#[tokio::test]
async fn no_issuer_can_speak_of_anothers_subject() {
    let derived = subject_of("https://a.example", Subjects::Users, "7").await;
    for (issuer, subjects, subject) in [
        ("https://a.example", Subjects::Users, "8".to_owned()),
        ("https://b.example", Subjects::Users, "7".to_owned()),
        ("https://b.example", Subjects::Foreign, "7".to_owned()),
        ("https://a.example7", Subjects::Foreign, String::from(" ")),
        ("https://a.exampl", Subjects::Foreign, "e7".to_owned()),
        // Literally: as the id that it was given here.
        ("https://b.example", Subjects::Users, derived.to_string()),
        ("https://b.example", Subjects::Foreign, derived.to_string()),
    ] {
        assert_ne!(subject_of(issuer, subjects, &subject).await, derived, "{issuer} {subjects:?} {subject}");
    }
    let ours: auth::UserId = SUBJECT.parse().unwrap();
    assert_ne!(subject_of("https://b.example", Subjects::Foreign, SUBJECT).await, ours);
}

#[test]
fn a_token_says_of_itself_who_issued_it() {
    let ours = key();
    assert_eq!(auth::unverified_issuer(&signed(&ours, &claims())).as_deref(), Some(ISSUER));
    let of = |payload: &str| auth::unverified_issuer(&token("{}", payload, |_| Vec::new()));
    assert_eq!(of(r#"{"iss":"a"}"#).as_deref(), Some("a"));
    let long = format!(r#"{{"iss":"a","pad":"{}"}}"#, "x".repeat(8 * 1024));
    for payload in [r#"{"iss":7}"#, r#"{"iss":"a","iss":"b"}"#, "{}", "[]", "", &"[".repeat(4000), &long] {
        assert_eq!(of(payload), None, "{payload:.40}");
    }
    for text in ["", ".", "..", "a.b", "a.b.c.d", "a.!.c"] {
        assert_eq!(auth::unverified_issuer(text), None, "{text}");
    }
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
