//! Keys: what signs, what verifies, and where the verifying ones come from.

mod algorithm;
mod jwk;
mod ring;
mod signing;
mod source;

pub use algorithm::Algorithm;
pub use jwk::{Jwk, JwkSet};
pub use ring::KeyRing;
pub(crate) use ring::{NoKey, VerifyingKey};
pub use signing::{SigningKey, SigningKeyError};
pub use source::{FileKeys, HttpKeys, KeySource, KeySourceError, StaticKeys};
