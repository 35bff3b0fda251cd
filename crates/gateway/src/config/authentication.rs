use std::path::PathBuf;

use auth::{ClaimNames, Subjects};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who is let in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AuthenticationConfig {
    /// Lets everybody in, without a Caller. For gateways over subgraphs that want none.
    pub insecure_no_auth: bool,
    /// Whose tokens are believed.
    pub issuers: Vec<IssuerConfig>,
}

/// An issuer of tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IssuerConfig {
    /// The `iss` of its tokens.
    pub issuer: String,
    /// The `aud` that tokens for this gateway have.
    pub audience: String,
    /// Its public keys: an https URL (http on this machine), or a file.
    pub jwks: String,
    /// How far its clock may be off, in seconds.
    #[serde(default = "default_leeway")]
    pub leeway_seconds: u64,
    /// How it names the claims of tenant and roles.
    #[serde(default)]
    pub claims: ClaimNames,
    /// Whom its `sub` names. `users`: a UUID is the id of a user of the platform, and any other text gets an id derived from
    /// issuer and text; one issuer at most may be trusted so far. `foreign`: every text gets a derived id.
    #[serde(default = "default_subjects")]
    pub subjects: Subjects,
    /// Where it tells what it takes back before it expires: the Redis of the platform's own provider, as in
    /// `redis://127.0.0.1:6379`. Without it tokens are believed until they expire.
    #[serde(default)]
    pub revocations: Option<String>,
}

fn default_subjects() -> Subjects {
    Subjects::Users
}

fn default_leeway() -> u64 {
    30
}

/// The tokens that tell subgraphs who the Caller is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct InternalTokensConfig {
    /// A PKCS#8 PEM of an Ed25519 or P-256 key. Without it the gateway makes a key at each start; several gateways over the
    /// same subgraphs need the same key.
    pub key_file: Option<PathBuf>,
    /// How long a token lives, in seconds.
    pub lifetime_seconds: u64,
}

impl Default for InternalTokensConfig {
    fn default() -> Self {
        Self { key_file: None, lifetime_seconds: 60 }
    }
}
