use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// How an issuer names the claims that have no registered name. Outside issuers use URLs of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ClaimNames {
    /// The claim with the tenant's id, a UUID.
    pub tenant: String,
    /// The claim with the list of roles.
    pub roles: String,
}

impl Default for ClaimNames {
    fn default() -> Self {
        Self { tenant: "tenant".to_owned(), roles: "roles".to_owned() }
    }
}

/// The claims of a token whose signature holds (RFC 7519 section 4.1, RFC 8693 section 4.2 for `scope`).
pub(crate) type Claims = Map<String, Value>;

/// `aud`: one text, or a list of them.
pub(crate) fn names_audience(claims: &Claims, audience: &str) -> bool {
    match claims.get("aud") {
        Some(Value::String(one)) => one == audience,
        Some(Value::Array(many)) => many.iter().any(|one| one.as_str() == Some(audience)),
        _ => false,
    }
}

/// A NumericDate in whole seconds (RFC 7519 section 2 allows a fraction).
pub(crate) fn seconds(claims: &Claims, name: &str) -> Option<i64> {
    let value = claims.get(name)?;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "`as` saturates; a date that far away is rightly far away"
    )]
    value.as_i64().or_else(|| value.as_f64().map(|seconds| seconds.floor() as i64))
}
