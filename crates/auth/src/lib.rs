//! Tokens, key sets and the [`Caller`].
//!
//! A token is a JWT (RFC 7519) signed with RS256, ES256 or EdDSA. Its key comes from a JWK set (RFC 7517) and the
//! key alone decides the algorithm; whatever else the token's header offers (`jku`, `x5u`, `jwk`) is not looked at.
//! The same format serves clients' tokens and the internal tokens that the gateway mints for each subgraph.

mod caller;
mod claims;
mod clock;
mod issuer;
mod keys;
mod revocation;
mod subject;
mod token;
mod verifier;

pub use caller::{Caller, ParseIdError, Role, TenantId, UserId};
pub use claims::ClaimNames;
pub use clock::{Clock, FixedClock, SystemClock};
pub use issuer::{IssueError, Issuer};
pub use keys::{
    Algorithm, FileKeys, HttpKeys, Jwk, JwkSet, KeyRing, KeySource, KeySourceError, SigningKey,
    SigningKeyError, StaticKeys,
};
pub use revocation::{Revocation, RevocationList, Revoked, TokenIds};
pub use subject::Subjects;
pub use token::unverified_issuer;
pub use verifier::{TokenError, Verified, Verifier, VerifierConfig};

/// The `iss` of the tokens that the gateway mints for subgraphs.
pub const INTERNAL_ISSUER: &str = "tributary-gateway";
