use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::claims::{ClaimNames, Claims, names_audience, seconds};
use crate::keys::{KeyRing, NoKey, VerifyingKey};
use crate::subject::Subjects;
use crate::token::{BadSignature, Header, Token};
use crate::{Caller, Clock, RevocationList, Role, TokenIds};

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
    /// Whom its `sub` names.
    pub subjects: Subjects,
}

impl VerifierConfig {
    /// With a leeway of 30 seconds, the platform's own claim names, and subjects that are users of the platform.
    pub fn new(issuer: impl Into<String>, audience: impl Into<String>) -> Self {
        Self {
            issuer: issuer.into(),
            audience: audience.into(),
            leeway: Duration::from_secs(30),
            claims: ClaimNames::default(),
            subjects: Subjects::default(),
        }
    }
}

/// Why a token is not believed. The texts are safe to log: they never hold the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not a JWT, or longer than 8 KiB, or one that asks for more than is understood here (`crit`).
    #[error("the token is malformed")]
    Malformed,
    /// No key that the token may be signed with.
    #[error("the token's key is unknown")]
    UnknownKey,
    /// The issuer's keys could not be fetched yet: a fault of ours or the issuer's, not of the token.
    #[error("the issuer's keys are not available")]
    KeysUnavailable,
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
    /// Taken back by its issuer.
    #[error("the token was revoked")]
    Revoked,
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
            Self::KeysUnavailable => "keys_unavailable",
            Self::WrongAlgorithm => "wrong_algorithm",
            Self::BadSignature => "bad_signature",
            Self::WrongIssuer => "wrong_issuer",
            Self::WrongAudience => "wrong_audience",
            Self::Expired => "expired",
            Self::NotYetValid => "not_yet_valid",
            Self::Revoked => "revoked",
            Self::BadClaim(_) => "bad_claim",
        }
    }
}

/// What a token says that is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Who is asking.
    pub caller: Caller,
    /// The moment from which the token is no longer believed: its `exp`, and the leeway.
    pub until: DateTime<Utc>,
    /// By what it can be taken back.
    pub ids: TokenIds,
}

/// Turns tokens of one issuer into Callers.
pub struct Verifier {
    config: VerifierConfig,
    keys: Arc<KeyRing>,
    clock: Arc<dyn Clock>,
    revocations: Option<Arc<RevocationList>>,
}

impl Verifier {
    /// A verifier of tokens signed with a key of `keys`.
    pub fn new(config: VerifierConfig, keys: Arc<KeyRing>, clock: Arc<dyn Clock>) -> Self {
        Self { config, keys, clock, revocations: None }
    }

    /// Refuses what the issuer has taken back, too.
    #[must_use]
    pub fn with_revocations(self, revocations: Arc<RevocationList>) -> Self {
        Self { revocations: Some(revocations), ..self }
    }

    /// What the issuer has taken back, where that is known.
    pub fn revocations(&self) -> Option<&Arc<RevocationList>> {
        self.revocations.as_ref()
    }

    /// The `iss` that this verifier believes, for choosing among several.
    pub fn issuer(&self) -> &str {
        &self.config.issuer
    }

    /// Whether there are keys to verify with; fetches them where there are none. For readiness.
    pub async fn is_ready(&self) -> bool {
        self.keys.is_ready().await
    }

    /// Who a token says is asking.
    ///
    /// # Errors
    /// The first reason found not to believe it.
    pub async fn verify(&self, token: &str) -> Result<Caller, TokenError> {
        self.verify_in_full(token).await.map(|verified| verified.caller)
    }

    /// The same, with what connections need to know that last.
    ///
    /// # Errors
    /// As [`verify`](Self::verify).
    pub async fn verify_in_full(&self, token: &str) -> Result<Verified, TokenError> {
        let token = Token::read(token).ok_or(TokenError::Malformed)?;
        let header = token.header().ok_or(TokenError::Malformed)?;
        // RFC 7515 section 4.1.11: extensions that are not understood, and none is, must not be passed over.
        if header.crit.is_some() {
            return Err(TokenError::Malformed);
        }
        let keys = self.keys.find(header.kid.as_deref()).await.map_err(|reason| match reason {
            NoKey::Unknown => TokenError::UnknownKey,
            NoKey::Unavailable => TokenError::KeysUnavailable,
        })?;
        let claims = signed_claims(&token, &header, &keys)?;
        let expiry = self.check_envelope(&claims)?;
        // What is too far away to be written as a date does not come.
        let until = DateTime::from_timestamp(expiry, 0).unwrap_or(DateTime::<Utc>::MAX_UTC);
        let (caller, ids) = (self.caller(&claims)?, token_ids(&claims));
        if self.revocations.as_ref().is_some_and(|list| list.is_revoked(&ids)) {
            return Err(TokenError::Revoked);
        }
        Ok(Verified { caller, until, ids })
    }

    /// The second from which the token is no longer believed.
    fn check_envelope(&self, claims: &Claims) -> Result<i64, TokenError> {
        if claims.text("iss") != Some(self.config.issuer.as_str()) {
            return Err(TokenError::WrongIssuer);
        }
        if !names_audience(claims, &self.config.audience) {
            return Err(TokenError::WrongAudience);
        }
        let now = self.clock.now().timestamp();
        let leeway = i64::try_from(self.config.leeway.as_secs()).unwrap_or(i64::MAX);
        let expiry = seconds(claims, "exp").ok_or(TokenError::BadClaim("exp"))?.saturating_add(leeway);
        if now >= expiry {
            return Err(TokenError::Expired);
        }
        for name in ["nbf", "iat"] {
            if claims.get(name).is_none() {
                continue;
            }
            let start = seconds(claims, name).ok_or(TokenError::BadClaim(name))?;
            if now < start.saturating_sub(leeway) {
                return Err(TokenError::NotYetValid);
            }
        }
        Ok(expiry)
    }

    fn caller(&self, claims: &Claims) -> Result<Caller, TokenError> {
        let subject = claims.text("sub").and_then(|text| self.config.subjects.id(&self.config.issuer, text));
        let subject = subject.ok_or(TokenError::BadClaim("sub"))?;
        let tenant = claims
            .text(&self.config.claims.tenant)
            .and_then(|text| text.parse().ok())
            .ok_or(TokenError::BadClaim("tenant"))?;
        let roles = claims
            .get(&self.config.claims.roles)
            .and_then(Value::as_array)
            .ok_or(TokenError::BadClaim("roles"))?;
        // Outside issuers know roles that mean nothing here.
        let roles: BTreeSet<Role> = roles.iter().filter_map(Value::as_str).filter_map(role).collect();
        let scopes =
            claims.text("scope").unwrap_or_default().split_ascii_whitespace().map(str::to_owned).collect();
        Ok(Caller { subject, tenant, roles, scopes })
    }
}

fn token_ids(claims: &Claims) -> TokenIds {
    let text = |name: &str| claims.text(name).map(str::to_owned);
    let issued_at = seconds(claims, "iat").and_then(|at| DateTime::from_timestamp(at, 0));
    TokenIds { token: text("jti"), session: text("sid"), issued_at }
}

fn role(name: &str) -> Option<Role> {
    Role::ALL.into_iter().find(|role| role.as_str() == name)
}

/// The claims, once the signature holds under one of the keys and that key's own algorithm. Everything else is checked by the
/// caller, against the injected clock.
fn signed_claims(
    token: &Token<'_>,
    header: &Header,
    keys: &[Arc<VerifyingKey>],
) -> Result<Claims, TokenError> {
    let mut reason = TokenError::WrongAlgorithm;
    for key in keys.iter().filter(|key| header.fits(key)) {
        match token.claims(key) {
            Ok(claims) => return claims.ok_or(TokenError::Malformed),
            Err(BadSignature::NoSignature) => return Err(TokenError::Malformed),
            Err(BadSignature::NotThisKeys) => reason = TokenError::BadSignature,
        }
    }
    Err(reason)
}
