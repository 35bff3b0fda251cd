use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use jsonwebtoken::Header;
use serde_json::json;
use uuid::Uuid;

use crate::keys::{JwkSet, SigningKey};
use crate::{Caller, Clock};

/// Why a token could not be made.
#[derive(Debug, thiserror::Error)]
pub enum IssueError {
    /// The key did not sign.
    #[error("the key did not sign: {0}")]
    Signing(#[from] jsonwebtoken::errors::Error),
    /// The lifetime reaches beyond the calendar.
    #[error("the token's lifetime is out of range")]
    Lifetime,
}

/// Makes tokens.
pub struct Issuer {
    key: SigningKey,
    name: String,
    lifetime: Duration,
    clock: Arc<dyn Clock>,
}

impl Issuer {
    /// An issuer of tokens that say `iss: name` and live for `lifetime`.
    pub fn new(key: SigningKey, name: String, lifetime: Duration, clock: Arc<dyn Clock>) -> Self {
        Self { key, name, lifetime, clock }
    }

    /// How long a token lives.
    pub fn lifetime(&self) -> Duration {
        self.lifetime
    }

    /// What verifiers need: the public key.
    pub fn jwk_set(&self) -> JwkSet {
        JwkSet { keys: vec![self.key.public_jwk()] }
    }

    /// A token that tells `audience` who the Caller is.
    pub fn issue(&self, caller: &Caller, audience: &str) -> Result<String, IssueError> {
        let now = self.clock.now();
        let lifetime = TimeDelta::from_std(self.lifetime).map_err(|_| IssueError::Lifetime)?;
        let expiry = now.checked_add_signed(lifetime).ok_or(IssueError::Lifetime)?;
        let mut header = Header::new(self.key.algorithm().into());
        header.kid = Some(self.key.key_id().to_owned());
        let claims = json!({
            "iss": self.name,
            "sub": caller.subject,
            "aud": audience,
            "exp": expiry.timestamp(),
            "nbf": now.timestamp(),
            "iat": now.timestamp(),
            "jti": Uuid::now_v7(),
            "tenant": caller.tenant,
            "roles": caller.roles,
            "scope": caller.scopes.iter().map(String::as_str).collect::<Vec<_>>().join(" "),
        });
        Ok(jsonwebtoken::encode(&header, &claims, self.key.encoding_key())?)
    }
}
