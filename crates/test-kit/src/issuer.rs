use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use auth::{
    Algorithm, Caller, Clock, IssueError, Issuer, JwkSet, KeyRing, Role, SigningKey, SigningKeyError,
    StaticKeys, SystemClock, TenantId, UserId, Verifier, VerifierConfig,
};
use uuid::Uuid;

/// How long its tokens live.
const LIFETIME: Duration = Duration::from_mins(5);

/// An issuer with a key of its own, for being whoever a test wants to be.
pub struct DevIssuer {
    issuer: Issuer,
    name: String,
    clock: Arc<dyn Clock>,
}

impl DevIssuer {
    /// An issuer of this name, by the machine's clock.
    pub fn new(name: impl Into<String>) -> Result<Self, SigningKeyError> {
        Self::with_clock(name, Arc::new(SystemClock))
    }

    /// An issuer of this name, by the test's clock. Its tokens live for 5 minutes.
    pub fn with_clock(name: impl Into<String>, clock: Arc<dyn Clock>) -> Result<Self, SigningKeyError> {
        let (key, name) = (SigningKey::generate(Algorithm::EdDsa)?, name.into());
        let issuer = Issuer::new(key, name.clone(), LIFETIME, Arc::clone(&clock));
        Ok(Self { issuer, name, clock })
    }

    /// The `iss` of its tokens.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A token that tells `audience` who the Caller is.
    pub fn token(&self, caller: &Caller, audience: &str) -> Result<String, IssueError> {
        self.issuer.issue(caller, audience)
    }

    /// What verifiers need: the public key.
    pub fn jwk_set(&self) -> JwkSet {
        self.issuer.jwk_set()
    }

    /// The same, as a ring of keys.
    pub fn key_ring(&self) -> Arc<KeyRing> {
        Arc::new(KeyRing::new(Arc::new(StaticKeys(self.jwk_set())), Arc::clone(&self.clock)))
    }

    /// A verifier that believes its tokens for this audience.
    pub fn verifier(&self, audience: &str) -> Verifier {
        let config = VerifierConfig::new(self.name.as_str(), audience);
        Verifier::new(config, self.key_ring(), Arc::clone(&self.clock))
    }

    /// Somebody new in this tenant.
    pub fn somebody(tenant: TenantId, roles: &[Role]) -> Caller {
        Caller {
            subject: UserId::from(Uuid::now_v7()),
            tenant,
            roles: roles.iter().copied().collect(),
            scopes: BTreeSet::new(),
        }
    }
}
