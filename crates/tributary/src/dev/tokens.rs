//! Development tokens: one for each role of each tenant.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use auth::{Caller, Clock, Issuer, KeyRing, Role, SigningKey, StaticKeys, Verifier, VerifierConfig};

use super::dataset;

/// The `iss` of development tokens.
const ISSUER: &str = "tributary-dev";
/// The `aud` of development tokens.
const AUDIENCE: &str = "tributary";
/// Long enough for a day's work.
const LIFETIME: Duration = Duration::from_secs(12 * 60 * 60);

/// Who a development token speaks for.
struct Identity {
    tenant: String,
    role: Role,
    caller: Caller,
}

/// Makes development tokens, each time anew.
pub(super) struct Tokens {
    issuer: Issuer,
    identities: Vec<Identity>,
    clock: Arc<dyn Clock>,
}

impl Tokens {
    pub(super) fn new(key: SigningKey, clock: Arc<dyn Clock>) -> Self {
        let identities = dataset::generate()
            .identities()
            .into_iter()
            .map(|(slug, tenant, role, subject)| Identity {
                tenant: slug,
                role,
                caller: Caller { subject, tenant, roles: [role].into(), scopes: BTreeSet::new() },
            })
            .collect();
        Self { issuer: Issuer::new(key, ISSUER.to_owned(), LIFETIME, clock.clone()), identities, clock }
    }

    /// What believes them.
    pub(super) fn verifier(&self) -> Verifier {
        let keys = KeyRing::new(Arc::new(StaticKeys(self.issuer.jwk_set())), self.clock.clone());
        Verifier::new(VerifierConfig::new(ISSUER, AUDIENCE), Arc::new(keys), self.clock.clone())
    }

    /// One for each role of each tenant.
    pub(super) fn mint(&self) -> Result<Vec<gateway::ConsoleToken>> {
        let mut tokens = Vec::new();
        for Identity { tenant, role, caller } in &self.identities {
            tokens.push(gateway::ConsoleToken {
                label: format!("{tenant} · {role}"),
                tenant: tenant.clone(),
                role: role.to_string(),
                token: self.issuer.issue(caller, AUDIENCE)?,
            });
        }
        Ok(tokens)
    }
}

impl gateway::ConsoleTokens for Tokens {
    fn tokens(&self) -> Vec<gateway::ConsoleToken> {
        self.mint().unwrap_or_else(|error| {
            tracing::error!(%error, "no development tokens");
            Vec::new()
        })
    }
}
