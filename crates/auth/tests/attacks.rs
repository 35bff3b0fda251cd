//! Which tokens are refused: each row is an attack, or a fault that would help one.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends at the first surprise"
)]

mod support;

use std::sync::{Arc, LazyLock};

use auth::{Algorithm, FixedClock, SigningKey, Verifier};
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use serde_json::{Value, json};
use support::*;

/// The issuer's keys (Ed25519, P-256 and RSA) and a verifier that trusts them.
struct House {
    ours: SigningKey,
    ours_p256: SigningKey,
    ours_rsa: RsaKey,
    theirs: SigningKey,
    verifier: Verifier,
}

impl House {
    fn new() -> Self {
        let (ours, theirs) = (key(), key());
        let ours_p256 = SigningKey::generate(Algorithm::Es256).unwrap();
        let ours_rsa = RsaKey::generate();
        let keys = set([ours.public_jwk(), ours_p256.public_jwk(), ours_rsa.jwk("rsa-1")]);
        let verifier = verifier(keys, &Arc::new(FixedClock::new(now())));
        Self { ours, ours_p256, ours_rsa, theirs, verifier }
    }

    async fn code(&self, token: &str) -> &'static str {
        self.verifier.verify(token).await.map_or_else(auth::TokenError::code, |_| "believed")
    }

    /// A token that is ours in everything but the header's members given here.
    fn with_header(&self, members: &Value) -> String {
        let mut header = header(&self.ours);
        for (name, value) in members.as_object().unwrap() {
            header[name] = value.clone();
        }
        token(&header.to_string(), &claims().to_string(), signer(&self.ours))
    }
}

fn hs256(secret: &[u8]) -> impl Fn(&[u8]) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    move |message| hmac::sign(&key, message).as_ref().to_vec()
}

#[tokio::test]
async fn a_header_decides_nothing() {
    let house = House::new();
    let kid = house.ours.key_id();
    let public = URL_SAFE_NO_PAD.decode(house.ours.public_jwk().x.unwrap()).unwrap();
    let modulus = URL_SAFE_NO_PAD.decode(house.ours_rsa.jwk("rsa-1").n.unwrap()).unwrap();
    let claims = claims().to_string();
    let unsigned = |alg: &str| token(&json!({"alg": alg, "kid": kid}).to_string(), &claims, |_| Vec::new());
    let hmac = |kid: &str, secret: &[u8]| {
        token(&json!({"alg": "HS256", "kid": kid}).to_string(), &claims, hs256(secret))
    };
    let their_key = serde_json::to_value(house.theirs.public_jwk()).unwrap();
    let theirs = |header: Value| token(&header.to_string(), &claims, signer(&house.theirs));
    let p256_kid = house.ours_p256.key_id();
    let rows = [
        ("the honest token", house.with_header(&json!({})), "believed"),
        ("alg none", unsigned("none"), "wrong_algorithm"),
        ("alg None", unsigned("None"), "wrong_algorithm"),
        ("no alg", token(&json!({"kid": kid}).to_string(), &claims, signer(&house.ours)), "malformed"),
        ("no signature", unsigned("EdDSA"), "bad_signature"),
        ("HS256 with the public key as its secret", hmac(kid, &public), "wrong_algorithm"),
        ("HS256 with the RSA modulus as its secret", hmac("rsa-1", &modulus), "wrong_algorithm"),
        ("HS256 with an empty secret", hmac(kid, b""), "wrong_algorithm"),
        ("another key's algorithm", house.with_header(&json!({"alg": "ES256"})), "wrong_algorithm"),
        (
            "RS512 with the RS256 key",
            house.with_header(&json!({"alg": "RS512", "kid": "rsa-1"})),
            "wrong_algorithm",
        ),
        (
            "PS256 with the RS256 key",
            house.with_header(&json!({"alg": "PS256", "kid": "rsa-1"})),
            "wrong_algorithm",
        ),
        ("another of our keys' id", house.with_header(&json!({"kid": p256_kid})), "wrong_algorithm"),
        ("an unknown key id", house.with_header(&json!({"kid": "elsewhere"})), "unknown_key"),
        ("a path as key id", house.with_header(&json!({"kid": "../../dev/null"})), "unknown_key"),
        ("SQL as key id", house.with_header(&json!({"kid": "' UNION SELECT 'x"})), "unknown_key"),
        ("an empty key id", house.with_header(&json!({"kid": ""})), "unknown_key"),
        ("a key id that is no text", house.with_header(&json!({"kid": 7})), "malformed"),
        (
            "no key id among several keys",
            token(r#"{"alg":"EdDSA"}"#, &claims, signer(&house.ours)),
            "unknown_key",
        ),
        ("a stranger's key under our key id", theirs(json!({"alg": "EdDSA", "kid": kid})), "bad_signature"),
        (
            "a stranger's key in jwk",
            theirs(json!({"alg": "EdDSA", "kid": kid, "jwk": their_key})),
            "bad_signature",
        ),
        (
            "a stranger's key at jku",
            theirs(json!({"alg": "EdDSA", "kid": kid, "jku": "https://evil.example"})),
            "bad_signature",
        ),
        (
            "a stranger's key at x5u",
            theirs(json!({"alg": "EdDSA", "kid": kid, "x5u": "https://evil.example"})),
            "bad_signature",
        ),
        (
            "a stranger's key in x5c",
            theirs(json!({"alg": "EdDSA", "kid": kid, "x5c": ["AA=="]})),
            "bad_signature",
        ),
        (
            "an extension that must be understood",
            house.with_header(&json!({"crit": ["exp"], "exp": 1})),
            "malformed",
        ),
        (
            "a payload that is not base64 (RFC 7797)",
            house.with_header(&json!({"crit": ["b64"], "b64": false})),
            "malformed",
        ),
        (
            "two algorithms",
            token(&format!(r#"{{"alg":"none","alg":"EdDSA","kid":"{kid}"}}"#), &claims, signer(&house.ours)),
            "malformed",
        ),
        (
            "two key ids",
            token(&format!(r#"{{"alg":"EdDSA","kid":"x","kid":"{kid}"}}"#), &claims, signer(&house.ours)),
            "malformed",
        ),
    ];
    for (attack, token, expected) in rows {
        assert_eq!(house.code(&token).await, expected, "{attack}");
    }
}

#[tokio::test]
async fn a_good_signature_is_not_enough() {
    let house = House::new();
    let second = now().timestamp();
    let rows = [
        ("another issuer", "iss", json!("https://evil.example"), "wrong_issuer"),
        ("the issuer and more", "iss", json!("https://issuer.example/"), "wrong_issuer"),
        ("several issuers", "iss", json!([ISSUER, "https://evil.example"]), "wrong_issuer"),
        ("no issuer", "iss", Value::Null, "wrong_issuer"),
        ("another subgraph's token", "aud", json!("billing"), "wrong_audience"),
        ("others' audience", "aud", json!(["billing", "users"]), "wrong_audience"),
        ("no audience among none", "aud", json!([]), "wrong_audience"),
        ("an audience that is no text", "aud", json!({"orders": true}), "wrong_audience"),
        ("a part of the audience", "aud", json!("order"), "wrong_audience"),
        ("no audience", "aud", Value::Null, "wrong_audience"),
        ("expired", "exp", json!(second - 11), "expired"),
        ("expired in a far past", "exp", json!(-1e300), "expired"),
        ("no expiry", "exp", Value::Null, "bad_claim"),
        ("an expiry that is text", "exp", json!("9999999999"), "bad_claim"),
        ("not valid yet", "nbf", json!(second + 11), "not_yet_valid"),
        ("a start that is text", "nbf", json!("0"), "bad_claim"),
        ("issued in the future", "iat", json!(second + 11), "not_yet_valid"),
        ("no subject", "sub", Value::Null, "bad_claim"),
        ("a subject that is no UUID", "sub", json!("admin"), "bad_claim"),
        ("an empty subject", "sub", json!(""), "bad_claim"),
        ("no tenant", "tenant", Value::Null, "bad_claim"),
        ("an empty tenant", "tenant", json!(""), "bad_claim"),
        ("a tenant's name", "tenant", json!("acme"), "bad_claim"),
        ("two tenants", "tenant", json!([TENANT, SUBJECT]), "bad_claim"),
        ("no roles", "roles", Value::Null, "bad_claim"),
        ("roles that are text", "roles", json!("owner"), "bad_claim"),
    ];
    for (attack, name, value, expected) in rows {
        let token = signed(&house.ours, &claims_but(name, value));
        assert_eq!(house.code(&token).await, expected, "{attack}");
    }
}

#[tokio::test]
async fn a_token_has_three_parts_of_a_bounded_length_that_say_each_thing_once() {
    let house = House::new();
    let honest = signed(&house.ours, &claims());
    let parts: Vec<&str> = honest.split('.').collect();
    let sign = |claims: &str| token(&header(&house.ours).to_string(), claims, signer(&house.ours));
    let text = claims().to_string();
    let twice = |member: &str| sign(&format!("{},{member}}}", text.strip_suffix('}').unwrap()));
    let mut padded = claims();
    padded["padding"] = json!("x".repeat(8 * 1024));
    let swapped = base64url(claims_but("tenant", json!(SUBJECT)).to_string());
    let rows = [
        ("nothing", String::new(), "malformed"),
        ("dots", "..".to_owned(), "malformed"),
        ("garbage", "this is not a token".to_owned(), "malformed"),
        ("not ASCII", "é.ü.ß".to_owned(), "malformed"),
        ("one part", parts[0].to_owned(), "malformed"),
        ("two parts", format!("{}.{}", parts[0], parts[1]), "malformed"),
        ("four parts", format!("{honest}.AA"), "malformed"),
        ("five parts, as an encrypted token has", format!("{honest}.AA.AA"), "malformed"),
        ("an empty signature", format!("{}.{}.", parts[0], parts[1]), "bad_signature"),
        ("half a signature", format!("{}.{}.{}", parts[0], parts[1], &parts[2][..40]), "bad_signature"),
        (
            "another tenant under the old signature",
            format!("{}.{swapped}.{}", parts[0], parts[2]),
            "bad_signature",
        ),
        ("white space around", format!(" {honest}\n"), "malformed"),
        ("padding characters", format!("{honest}=="), "malformed"),
        ("longer than 8 KiB", signed(&house.ours, &padded), "malformed"),
        ("a megabyte of nothing", "a".repeat(1 << 20), "malformed"),
        ("two tenants", twice(&format!("\"tenant\":\"{SUBJECT}\"")), "malformed"),
        ("two sets of roles", twice(r#""roles":["owner"]"#), "malformed"),
        ("two expiries", twice(r#""exp":9999999999"#), "malformed"),
        ("two audiences", twice(r#""aud":"billing""#), "malformed"),
        ("a list of claims", sign("[]"), "malformed"),
        ("claims that are no JSON", sign("{"), "malformed"),
        ("claims nested very deep", sign(&"[".repeat(4000)), "malformed"),
    ];
    for (attack, token, expected) in rows {
        assert_eq!(house.code(&token).await, expected, "{attack}");
    }
}

#[tokio::test]
async fn keys_that_are_weak_or_meant_for_something_else_verify_nothing() {
    let ours = key();
    let honest = signed(&ours, &claims());
    let jwk = |member: &str, value: Value| {
        let mut jwk = serde_json::to_value(ours.public_jwk()).unwrap();
        jwk[member] = value;
        serde_json::from_value::<auth::Jwk>(jwk).unwrap()
    };
    let mut weak = serde_json::to_value(RsaKey::generate().jwk(ours.key_id())).unwrap();
    weak["n"] = json!(base64url([0xC5; 128]));
    for (fault, key) in [
        ("meant for encryption", jwk("use", json!("enc"))),
        ("meant for another algorithm", jwk("alg", json!("HS256"))),
        ("another curve", jwk("crv", json!("X25519"))),
        ("no key at all", jwk("x", json!("AA"))),
        ("RSA of 1024 bits", serde_json::from_value(weak).unwrap()),
    ] {
        let verifier = verifier(set([key]), &clock());
        assert_eq!(
            verifier.verify(&honest).await.map_err(auth::TokenError::code),
            Err("unknown_key"),
            "{fault}"
        );
    }
}

#[tokio::test]
async fn an_error_never_holds_the_token() {
    let house = House::new();
    for token in
        [signed(&house.theirs, &claims()), signed(&house.ours, &claims_but("tenant", json!("s3cret")))]
    {
        let error = house.verifier.verify(&token).await.unwrap_err();
        let told = format!("{error} {error:?} {}", error.code());
        assert!(!told.contains("s3cret") && !token.split('.').any(|part| told.contains(part)), "{told}");
    }
}

static HOUSE: LazyLock<(House, String)> = LazyLock::new(|| {
    let house = House::new();
    let honest = signed(&house.ours, &claims());
    (house, honest)
});

fn code(token: &str) -> &'static str {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(HOUSE.0.code(token))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_is_believed_and_none_panics(text in ".{0,200}") {
        prop_assert_ne!(code(&text), "believed");
    }

    #[test]
    fn no_signed_nonsense_is_believed_and_none_panics(header in ".{0,60}", claims in ".{0,60}") {
        prop_assert_ne!(code(&token(&header, &claims, signer(&HOUSE.0.ours))), "believed");
    }

    #[test]
    fn a_token_with_one_character_changed_is_refused(index in any::<prop::sample::Index>(), with in "[A-Za-z0-9_.-]") {
        let honest = &HOUSE.1;
        let at = index.index(honest.len());
        prop_assume!(honest[at..=at] != with);
        let changed = format!("{}{with}{}", &honest[..at], &honest[at + 1..]);
        prop_assert_ne!(code(&changed), "believed");
    }
}
