use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::EncodingKey;

use super::{Algorithm, Jwk};

const PEM_BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const PEM_END: &str = "-----END PRIVATE KEY-----";

/// Why a key can't be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SigningKeyError {
    /// RSA keys are verified with, but not made.
    #[error("keys of this algorithm are not made here")]
    NotMadeHere,
    /// The crypto library refused.
    #[error("no key could be made")]
    Generation,
    /// Not a PKCS#8 PEM of a P-256 or Ed25519 key.
    #[error("not a PKCS#8 PEM (\"BEGIN PRIVATE KEY\") of a P-256 or Ed25519 key")]
    Malformed,
}

/// A private key that signs tokens: P-256 or Ed25519.
#[derive(Clone)]
pub struct SigningKey {
    algorithm: Algorithm,
    pkcs8: Vec<u8>,
    public: Jwk,
    key_id: String,
    encoding: EncodingKey,
}

impl SigningKey {
    /// A new key, for [`Algorithm::Es256`] or [`Algorithm::EdDsa`].
    pub fn generate(algorithm: Algorithm) -> Result<Self, SigningKeyError> {
        let random = SystemRandom::new();
        let document = match algorithm {
            Algorithm::Rs256 => return Err(SigningKeyError::NotMadeHere),
            Algorithm::Es256 => EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random),
            Algorithm::EdDsa => Ed25519KeyPair::generate_pkcs8(&random),
        };
        Self::from_pkcs8(document.map_err(|_| SigningKeyError::Generation)?.as_ref())
    }

    /// Reads what [`to_pem`](Self::to_pem) writes (RFC 5958 in RFC 7468).
    pub fn from_pem(pem: &str) -> Result<Self, SigningKeyError> {
        let (_, rest) = pem.split_once(PEM_BEGIN).ok_or(SigningKeyError::Malformed)?;
        let (body, _) = rest.split_once(PEM_END).ok_or(SigningKeyError::Malformed)?;
        let body: String = body.split_ascii_whitespace().collect();
        Self::from_pkcs8(&STANDARD.decode(body).map_err(|_| SigningKeyError::Malformed)?)
    }

    /// The private key as a PKCS#8 PEM. It is a secret.
    pub fn to_pem(&self) -> String {
        let mut pem = format!("{PEM_BEGIN}\n");
        for line in STANDARD.encode(&self.pkcs8).as_bytes().chunks(64) {
            pem.push_str(&String::from_utf8_lossy(line));
            pem.push('\n');
        }
        pem.push_str(PEM_END);
        pem.push('\n');
        pem
    }

    fn from_pkcs8(pkcs8: &[u8]) -> Result<Self, SigningKeyError> {
        let (algorithm, public, encoding) = if let Ok(pair) = Ed25519KeyPair::from_pkcs8(pkcs8) {
            (Algorithm::EdDsa, ed25519_jwk(pair.public_key().as_ref()), EncodingKey::from_ed_der(pkcs8))
        } else {
            let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8)
                .map_err(|_| SigningKeyError::Malformed)?;
            let public = p256_jwk(pair.public_key().as_ref()).ok_or(SigningKeyError::Malformed)?;
            (Algorithm::Es256, public, EncodingKey::from_ec_der(pkcs8))
        };
        let key_id = thumbprint(&public);
        let public = Jwk { kid: Some(key_id.clone()), ..public };
        Ok(Self { algorithm, pkcs8: pkcs8.to_vec(), public, key_id, encoding })
    }

    /// The key's id: its thumbprint (RFC 7638), so that equal keys have equal ids everywhere.
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// The algorithm that it signs with.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The public half, for a [`JwkSet`](super::JwkSet).
    pub fn public_jwk(&self) -> Jwk {
        self.public.clone()
    }

    pub(crate) fn encoding_key(&self) -> &EncodingKey {
        &self.encoding
    }
}

/// Without the key.
impl fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SigningKey")
            .field("algorithm", &self.algorithm)
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}

fn ed25519_jwk(public: &[u8]) -> Jwk {
    let x = Some(URL_SAFE_NO_PAD.encode(public));
    Jwk { crv: Some("Ed25519".to_owned()), x, ..jwk("OKP", "EdDSA") }
}

/// `public` is an uncompressed point: 4, then two coordinates of 32 bytes (SEC 1 section 2.3.3).
fn p256_jwk(public: &[u8]) -> Option<Jwk> {
    let (x, y) = (public.get(1..33)?, public.get(33..65)?);
    let (x, y) = (Some(URL_SAFE_NO_PAD.encode(x)), Some(URL_SAFE_NO_PAD.encode(y)));
    Some(Jwk { crv: Some("P-256".to_owned()), x, y, ..jwk("EC", "ES256") })
}

fn jwk(kty: &str, alg: &str) -> Jwk {
    Jwk {
        kty: kty.to_owned(),
        kid: None,
        alg: Some(alg.to_owned()),
        usage: Some("sig".to_owned()),
        crv: None,
        x: None,
        y: None,
        n: None,
        e: None,
    }
}

/// RFC 7638 section 3: the required members, sorted, without white space.
fn thumbprint(key: &Jwk) -> String {
    let member = |name: &str, value: &Option<String>| {
        value.as_ref().map(|value| format!("\"{name}\":\"{value}\"")).unwrap_or_default()
    };
    let kty = format!("\"kty\":\"{}\"", key.kty);
    let mut members = vec![member("crv", &key.crv), kty, member("x", &key.x)];
    if key.y.is_some() {
        members.push(member("y", &key.y));
    }
    URL_SAFE_NO_PAD.encode(digest(&SHA256, format!("{{{}}}", members.join(",")).as_bytes()))
}
