use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which web pages of other origins may ask.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CorsConfig {
    /// Origins such as `https://app.example.com`; `*` alone lets all of them. None by default.
    pub origins: Vec<String>,
}

/// The guard against requests that a page of another site makes a browser send (CSRF).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CsrfConfig {
    /// Whether a GET must show that no page of another site can have sent it unnoticed: by a bearer token, by
    /// `content-type: application/json`, or by one of `headers`. A POST always shows it by its content type.
    pub enabled: bool,
    /// Headers that show it, whatever their value.
    pub headers: Vec<String>,
}

impl Default for CsrfConfig {
    fn default() -> Self {
        Self {
            enabled: true,
            headers: vec!["tributary-require-preflight".to_owned(), "apollo-require-preflight".to_owned()],
        }
    }
}
