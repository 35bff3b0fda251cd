//! A token's text: its header, and what it claims before anybody believes it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::claims::Claims;
use crate::keys::{Algorithm, VerifyingKey};

/// Longer tokens are refused unread, in bytes.
const LONGEST: usize = 8 * 1024;

/// A token in JWS compact serialization (RFC 7515 section 3.1), of a bounded length.
pub(crate) struct Token<'a> {
    /// What is signed: header and payload.
    message: &'a str,
    header: &'a str,
    payload: &'a str,
    signature: &'a str,
}

/// The members of the header that are looked at. `jku`, `x5u`, `jwk` and the like are not.
#[derive(Deserialize)]
pub(crate) struct Header {
    alg: String,
    #[serde(default)]
    pub(crate) kid: Option<String>,
    /// Extensions that must be understood (RFC 7515 section 4.1.11).
    #[serde(default)]
    pub(crate) crit: Option<Value>,
}

impl Header {
    /// Whether the token says that it is signed as this key signs.
    pub(crate) fn fits(&self, key: &VerifyingKey) -> bool {
        Algorithm::named(&self.alg) == Some(key.algorithm)
    }
}

impl<'a> Token<'a> {
    /// Takes the text apart; `None` where it is too long or has not three parts.
    pub(crate) fn read(text: &'a str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let (message, signature) = text.rsplit_once('.')?;
        let (header, payload) = message.split_once('.')?;
        (!payload.contains('.')).then_some(Self { message, header, payload, signature })
    }

    pub(crate) fn header(&self) -> Option<Header> {
        decode(self.header)
    }

    /// What the token claims, whoever signed it.
    pub(crate) fn unverified_claims(&self) -> Option<Claims> {
        decode(self.payload)
    }

    /// The claims, if the key made the signature. The key alone decides how.
    pub(crate) fn claims(&self, key: &VerifyingKey) -> Result<Option<Claims>, BadSignature> {
        let message = self.message.as_bytes();
        let verified =
            jsonwebtoken::crypto::verify(self.signature, message, &key.decoding, key.algorithm.into());
        match verified {
            Ok(true) => Ok(self.unverified_claims()),
            Ok(false) => Err(BadSignature::NotThisKeys),
            Err(_) => Err(BadSignature::NoSignature),
        }
    }
}

/// Why a signature does not hold.
pub(crate) enum BadSignature {
    /// It was not made by this key over this message.
    NotThisKeys,
    /// It is no base64url.
    NoSignature,
}

/// The `iss` that a token claims to be of. **Nothing is verified**: it is good for choosing the [`Verifier`](crate::Verifier)
/// that may believe the token, and for nothing else.
pub fn unverified_issuer(token: &str) -> Option<String> {
    let claims = Token::read(token)?.unverified_claims()?;
    claims.text("iss").map(str::to_owned)
}

fn decode<T: DeserializeOwned>(part: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}
