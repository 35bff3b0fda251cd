//! What the tests of this crate share: an issuer, a verifier that trusts it, and tokens made by hand.
#![allow(dead_code, reason = "each test file uses its part")]

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use auth::{
    Algorithm, Caller, FixedClock, Issuer, Jwk, JwkSet, KeyRing, Role, SigningKey, StaticKeys, Verifier,
    VerifierConfig,
};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeySize, PublicKeyComponents};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256,
};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

pub(crate) const ISSUER: &str = "https://issuer.example";
pub(crate) const AUDIENCE: &str = "orders";
pub(crate) const SUBJECT: &str = "01890a5d-ac96-774b-bcce-b302099a8057";
pub(crate) const TENANT: &str = "01890a5d-ac96-774b-bcce-b302099a8058";

pub(crate) fn now() -> DateTime<Utc> {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

pub(crate) fn clock() -> Arc<FixedClock> {
    Arc::new(FixedClock::new(now()))
}

pub(crate) fn caller() -> Caller {
    Caller {
        subject: SUBJECT.parse().unwrap(),
        tenant: TENANT.parse().unwrap(),
        roles: BTreeSet::from([Role::Admin, Role::Viewer]),
        scopes: BTreeSet::from(["orders:read".to_owned(), "orders:write".to_owned()]),
    }
}

pub(crate) fn key() -> SigningKey {
    SigningKey::generate(Algorithm::EdDsa).unwrap()
}

pub(crate) fn issuer(key: SigningKey, clock: &Arc<FixedClock>) -> Issuer {
    Issuer::new(key, ISSUER.to_owned(), Duration::from_mins(1), clock.clone())
}

pub(crate) fn set(keys: impl IntoIterator<Item = Jwk>) -> JwkSet {
    JwkSet { keys: keys.into_iter().collect() }
}

/// A verifier with a leeway of 10 seconds.
pub(crate) fn verifier(keys: JwkSet, clock: &Arc<FixedClock>) -> Verifier {
    verifier_with(expectations(), keys, clock)
}

pub(crate) fn verifier_with(config: VerifierConfig, keys: JwkSet, clock: &Arc<FixedClock>) -> Verifier {
    let ring = KeyRing::new(Arc::new(StaticKeys(keys)), clock.clone());
    Verifier::new(config, Arc::new(ring), clock.clone())
}

pub(crate) fn expectations() -> VerifierConfig {
    VerifierConfig { leeway: Duration::from_secs(10), ..VerifierConfig::new(ISSUER, AUDIENCE) }
}

/// Claims that are good for everything, valid from now on for a minute.
pub(crate) fn claims() -> Value {
    let now = now().timestamp();
    json!({
        "iss": ISSUER, "sub": SUBJECT, "aud": AUDIENCE, "exp": now + 60, "nbf": now, "iat": now,
        "jti": "1", "tenant": TENANT, "roles": ["admin", "viewer"], "scope": "orders:read orders:write",
    })
}

/// The claims with one of them set to `value`, or taken away where that is null.
pub(crate) fn claims_but(name: &str, value: Value) -> Value {
    let mut claims = claims();
    let members = claims.as_object_mut().unwrap();
    if value.is_null() {
        members.remove(name)
    } else {
        members.insert(name.to_owned(), value)
    };
    claims
}

pub(crate) fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A token of exactly these texts, signed by `sign`.
pub(crate) fn token(header: &str, claims: &str, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let message = format!("{}.{}", base64url(header), base64url(claims));
    format!("{message}.{}", base64url(sign(message.as_bytes())))
}

/// A token with the header that `key` would give it.
pub(crate) fn signed(key: &SigningKey, claims: &Value) -> String {
    token(&header(key).to_string(), &claims.to_string(), signer(key))
}

pub(crate) fn header(key: &SigningKey) -> Value {
    json!({"typ": "JWT", "alg": key.algorithm(), "kid": key.key_id()})
}

/// Signs as the key does, with no help from the crate under test.
pub(crate) fn signer(key: &SigningKey) -> impl Fn(&[u8]) -> Vec<u8> {
    let pem = key.to_pem();
    let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    let (pkcs8, algorithm) = (STANDARD.decode(body).unwrap(), key.algorithm());
    move |message| match algorithm {
        Algorithm::EdDsa => Ed25519KeyPair::from_pkcs8(&pkcs8).unwrap().sign(message).as_ref().to_vec(),
        Algorithm::Es256 => EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &pkcs8)
            .unwrap()
            .sign(&SystemRandom::new(), message)
            .unwrap()
            .as_ref()
            .to_vec(),
        Algorithm::Rs256 => unreachable!("no such signing keys"),
    }
}

/// An RSA key of an outside issuer.
pub(crate) struct RsaKey(aws_lc_rs::rsa::KeyPair);

impl RsaKey {
    pub(crate) fn generate() -> Self {
        Self(aws_lc_rs::rsa::KeyPair::generate(KeySize::Rsa2048).unwrap())
    }

    pub(crate) fn jwk(&self, kid: &str) -> Jwk {
        let parts = PublicKeyComponents::<Vec<u8>>::from(self.0.public_key());
        let (n, e) = (base64url(parts.n), base64url(parts.e));
        serde_json::from_value(
            json!({"kty": "RSA", "kid": kid, "alg": "RS256", "use": "sig", "n": n, "e": e}),
        )
        .unwrap()
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let mut signature = vec![0; self.0.public_modulus_len()];
        self.0.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).unwrap();
        signature
    }
}
