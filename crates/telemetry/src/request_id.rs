use std::fmt;
use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue};
use uuid::Uuid;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id that is taken over from a client, in bytes.
const LONGEST: usize = 128;

/// Names one client request in every log line, error and call that comes of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// A new id, a UUIDv7.
    pub fn random() -> Self {
        Self(Uuid::now_v7().to_string().into())
    }

    /// The id that came along, where it is harmless in logs and headers (1 to 128 letters, digits or `-_.:`); else a new
    /// one.
    pub fn from_headers(headers: &HeaderMap) -> Self {
        let sent = headers.get(HEADER).and_then(|value| value.to_str().ok());
        sent.filter(|text| is_harmless(text)).map_or_else(Self::random, |text| Self(text.into()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id as the value of `x-request-id`.
    pub fn to_header_value(&self) -> HeaderValue {
        // Only harmless text gets in here, so the fallback is never seen.
        HeaderValue::from_str(&self.0).unwrap_or_else(|_| HeaderValue::from_static("invalid"))
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

fn is_harmless(text: &str) -> bool {
    (1..=LONGEST).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':'))
}
