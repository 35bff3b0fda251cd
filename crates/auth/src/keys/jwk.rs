use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::DecodingKey;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::Algorithm;

/// The shortest RSA modulus that is believed, in bytes (RFC 7518 section 3.3: 2048 bits).
const SHORTEST_MODULUS: usize = 256;

/// The length of a coordinate on P-256 and of an Ed25519 key, in bytes.
const COORDINATE: usize = 32;

/// A set of public keys (RFC 7517 section 5).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JwkSet {
    /// The keys. Members that are no keys are passed over, or one new kind of key would make all the others unusable
    /// (RFC 7517 section 5).
    #[serde(deserialize_with = "keys_alone")]
    pub keys: Vec<Jwk>,
}

fn keys_alone<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Jwk>, D::Error> {
    let members = Vec::<Value>::deserialize(deserializer)?;
    Ok(members.into_iter().filter_map(|member| serde_json::from_value(member).ok()).collect())
}

/// A public key (RFC 7517 section 4). Members that play no part in verifying are not kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwk {
    /// `RSA`, `EC` or `OKP`.
    pub kty: String,
    /// The key's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// The algorithm that the key is meant for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alg: Option<String>,
    /// What the key is meant for: `sig`, where it is given.
    #[serde(default, rename = "use", skip_serializing_if = "Option::is_none")]
    pub usage: Option<String>,
    /// The curve: `P-256` or `Ed25519`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crv: Option<String>,
    /// The first coordinate, or the whole of an Ed25519 key, in base64url.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub x: Option<String>,
    /// The second coordinate, in base64url.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub y: Option<String>,
    /// The RSA modulus, in base64url.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n: Option<String>,
    /// The RSA exponent, in base64url.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub e: Option<String>,
}

impl Jwk {
    /// The one algorithm that this key verifies; `None` for keys that are no use here.
    pub fn algorithm(&self) -> Option<Algorithm> {
        let algorithm = match (self.kty.as_str(), self.crv.as_deref()) {
            ("RSA", _) => Algorithm::Rs256,
            ("EC", Some("P-256")) => Algorithm::Es256,
            ("OKP", Some("Ed25519")) => Algorithm::EdDsa,
            _ => return None,
        };
        let meant = self.alg.as_deref().is_none_or(|alg| Algorithm::named(alg) == Some(algorithm));
        let signs = self.usage.as_deref().is_none_or(|usage| usage == "sig");
        (meant && signs).then_some(algorithm)
    }

    /// The key, where its numbers are of the length that its kind has.
    pub(crate) fn decoding_key(&self) -> Option<DecodingKey> {
        let key = match self.algorithm()? {
            Algorithm::Rs256 => {
                let (modulus, exponent) = (self.n.as_deref()?, self.e.as_deref()?);
                if decoded_length(modulus)? < SHORTEST_MODULUS {
                    return None;
                }
                DecodingKey::from_rsa_components(modulus, exponent)
            }
            Algorithm::Es256 => DecodingKey::from_ec_components(
                coordinate(self.x.as_deref())?,
                coordinate(self.y.as_deref())?,
            ),
            Algorithm::EdDsa => DecodingKey::from_ed_components(coordinate(self.x.as_deref())?),
        };
        key.ok()
    }
}

fn decoded_length(text: &str) -> Option<usize> {
    URL_SAFE_NO_PAD.decode(text).ok().map(|bytes| bytes.len())
}

/// A coordinate on one of the two curves (RFC 7518 section 6.2.1.2, RFC 8037 section 2).
fn coordinate(text: Option<&str>) -> Option<&str> {
    text.filter(|text| decoded_length(text) == Some(COORDINATE))
}
