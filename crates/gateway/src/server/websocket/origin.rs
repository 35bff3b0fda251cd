use http::header::{HOST, ORIGIN};
use http::request::Parts;
use http::uri::Authority;
use url::Url;

use crate::config::CorsConfig;

/// Whether a WebSocket connection may be opened by who asks for it. Browsers let any page open one and read what comes (CORS
/// does not apply), but they tell which page it is. Who is no browser tells nothing.
pub(super) fn is_allowed(parts: &Parts, cors: &CorsConfig) -> bool {
    let Some(origin) = parts.headers.get(ORIGIN) else { return true };
    let Ok(origin) = origin.to_str() else { return false };
    cors.origins.iter().any(|allowed| allowed == "*" || allowed == origin) || is_own(origin, parts)
}

/// Whether the page came from where the connection goes. The scheme is not compared: where TLS ends before the gateway, it
/// does not know its own.
fn is_own(origin: &str, parts: &Parts) -> bool {
    let header = || parts.headers.get(HOST)?.to_str().ok()?.parse::<Authority>().ok();
    let Some(host) = parts.uri.authority().cloned().or_else(header) else { return false };
    let Ok(origin) = Url::parse(origin) else { return false };
    let Some(named) = origin.host_str() else { return false };
    let port = host.port_u16().or_else(|| default_port(origin.scheme()));
    named.eq_ignore_ascii_case(host.host()) && origin.port_or_known_default() == port
}

fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    }
}
