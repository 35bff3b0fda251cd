use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jsonwebtoken::{DecodingKey, Validation};
use serde_json::Value;

use crate::claims::{ClaimNames, Claims, names_audience, seconds};
use crate::keys::{Jwk, KeyRing};
use crate::{Caller, Clock, Role};

/// Longer tokens are refused unread, in bytes.
const LONGEST_TOKEN: usize = 8 * 1024;

/// What a token must say to be believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierConfig {
    /// The `iss` that it must have.
    pub issuer: String,
    /// The `aud` that it must have, or have among others.
    pub audience: String,
    /// How far the issuer's clock may be off.
    pub leeway: Duration,
    /// Where tenant and roles stand.
    pub claims: ClaimNames,
}

impl VerifierConfig {
    /// With a leeway of 30 seconds and the platform's own claim names.
    pub fn new(issuer: impl Into<String>, audience: impl Into<String>) -> Self {
        Self {
            issuer: issuer.into(),
            audience: audience.into(),
            leeway: Duration::from_secs(30),
            claims: ClaimNames::default(),
        }
    }
}

/// Why a token is not believed. The texts are safe to log: they never hold the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not a JWT, or longer than 8 KiB.
    #[error("the token is malformed")]
    Malformed,
    /// No key that the token may be signed with.
    #[error("the token's key is unknown")]
    UnknownKey,
    /// The header names another algorithm than the key's.
    #[error("the token's algorithm is not that of its key")]
    WrongAlgorithm,
    /// The signature does not hold.
    #[error("the token's signature does not hold")]
    BadSignature,
    /// Another issuer.
    #[error("the token is from another issuer")]
    WrongIssuer,
    /// Not meant for us.
    #[error("the token is for another audience")]
    WrongAudience,
    /// Too late.
    #[error("the token has expired")]
    Expired,
    /// Too early.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// `sub`, `exp`, the tenant or the roles are missing or make no sense.
    #[error("the token lacks a usable claim: {0}")]
    BadClaim(&'static str),
}

impl TokenError {
    /// A stable name for logs and metrics.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::UnknownKey => "unknown_key",
            Self::WrongAlgorithm => "wrong_algorithm",
            Self::BadSignature => "bad_signature",
            Self::WrongIssuer => "wrong_issuer",
            Self::WrongAudience => "wrong_audience",
            Self::Expired => "expired",
            Self::NotYetValid => "not_yet_valid",
            Self::BadClaim(_) => "bad_claim",
        }
    }
}

/// Turns tokens of one issuer into Callers.
pub struct Verifier {
    config: VerifierConfig,
    keys: Arc<KeyRing>,
    clock: Arc<dyn Clock>,
}

impl Verifier {
    /// A verifier of tokens signed with a key of `keys`.
    pub fn new(config: VerifierConfig, keys: Arc<KeyRing>, clock: Arc<dyn Clock>) -> Self {
        Self { config, keys, clock }
    }

    /// The `iss` that this verifier believes, for choosing among several.
    pub fn issuer(&self) -> &str {
        &self.config.issuer
    }

    /// Who a token says is asking.
    ///
    /// # Errors
    /// The first reason found not to believe it.
    pub async fn verify(&self, token: &str) -> Result<Caller, TokenError> {
        if token.len() > LONGEST_TOKEN {
            return Err(TokenError::Malformed);
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| TokenError::Malformed)?;
        let key = self.keys.find(header.kid.as_deref()).await.ok_or(TokenError::UnknownKey)?;
        if header.alg != key.algorithm().ok_or(TokenError::UnknownKey)?.into() {
            return Err(TokenError::WrongAlgorithm);
        }
        let claims = signed_claims(token, &key)?;
        self.check_envelope(&claims)?;
        self.caller(&claims)
    }

    fn check_envelope(&self, claims: &Claims) -> Result<(), TokenError> {
        if claims.get("iss").and_then(Value::as_str) != Some(self.config.issuer.as_str()) {
            return Err(TokenError::WrongIssuer);
        }
        if !names_audience(claims, &self.config.audience) {
            return Err(TokenError::WrongAudience);
        }
        let now = self.clock.now().timestamp();
        let leeway = i64::try_from(self.config.leeway.as_secs()).unwrap_or(i64::MAX);
        let expiry = seconds(claims, "exp").ok_or(TokenError::BadClaim("exp"))?;
        if now >= expiry.saturating_add(leeway) {
            return Err(TokenError::Expired);
        }
        for name in ["nbf", "iat"] {
            if !claims.contains_key(name) {
                continue;
            }
            let start = seconds(claims, name).ok_or(TokenError::BadClaim(name))?;
            if now < start.saturating_sub(leeway) {
                return Err(TokenError::NotYetValid);
            }
        }
        Ok(())
    }

    fn caller(&self, claims: &Claims) -> Result<Caller, TokenError> {
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        let subject = text("sub").and_then(|text| text.parse().ok()).ok_or(TokenError::BadClaim("sub"))?;
        let tenant = text(&self.config.claims.tenant)
            .and_then(|text| text.parse().ok())
            .ok_or(TokenError::BadClaim("tenant"))?;
        let roles = claims
            .get(&self.config.claims.roles)
            .and_then(Value::as_array)
            .ok_or(TokenError::BadClaim("roles"))?;
        // Outside issuers know roles that mean nothing here.
        let roles: BTreeSet<Role> = roles.iter().filter_map(Value::as_str).filter_map(role).collect();
        if roles.is_empty() {
            return Err(TokenError::BadClaim("roles"));
        }
        let scopes = text("scope").unwrap_or_default().split_ascii_whitespace().map(str::to_owned).collect();
        Ok(Caller { subject, tenant, roles, scopes })
    }
}

fn role(name: &str) -> Option<Role> {
    Role::ALL.into_iter().find(|role| role.as_str() == name)
}

/// The claims, once the signature holds under the key's own algorithm. Everything else is checked by the caller,
/// against the injected clock.
fn signed_claims(token: &str, key: &Jwk) -> Result<Claims, TokenError> {
    let algorithm = key.algorithm().ok_or(TokenError::UnknownKey)?;
    let decoding: DecodingKey = key.decoding_key().ok_or(TokenError::UnknownKey)?;
    let mut validation = Validation::new(algorithm.into());
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    jsonwebtoken::decode::<Claims>(token, &decoding, &validation).map(|data| data.claims).map_err(|error| {
        match error.kind() {
            jsonwebtoken::errors::ErrorKind::InvalidSignature => TokenError::BadSignature,
            _ => TokenError::Malformed,
        }
    })
}
