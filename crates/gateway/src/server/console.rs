//! The console: GraphiQL, out of the binary. See web/README.md.

use std::io::Read as _;
use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State as Extract};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use flate2::read::GzDecoder;
use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HOST, IF_NONE_MATCH, VARY,
};
use http::uri::Authority;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri};
use include_dir::{Dir, include_dir};
use serde::Serialize;

use crate::gateway::State;

/// What `web/` builds: each file gzip-compressed, as FILE.gz.
static BUNDLE: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../web/dist");

/// The strictest that GraphiQL works under; the editor's own styles are inline.
const POLICY: &str = "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; img-src 'self' data:; \
                      font-src 'self'; style-src 'self' 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";

/// A token that the console offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConsoleToken {
    /// What people see.
    pub label: String,
    /// The tenant's short name.
    pub tenant: String,
    /// The role.
    pub role: String,
    /// The token itself.
    pub token: String,
}

/// Makes the tokens that the console offers, anew for each page. For development alone.
pub trait ConsoleTokens: Send + Sync {
    /// The tokens.
    fn tokens(&self) -> Vec<ConsoleToken>;
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ConsoleConfig<'a> {
    endpoint: &'static str,
    tokens: Vec<ConsoleToken>,
    default_query: &'a str,
}

pub(super) fn routes() -> Router<Arc<State>> {
    Router::new()
        .route("/", get(|headers: HeaderMap| async move { file("index.html", &headers) }))
        .route("/console/config.json", get(config))
        .route(
            "/console/{*file}",
            get(|Path(path): Path<String>, headers: HeaderMap| async move { file(&path, &headers) }),
        )
}

/// The console's configuration, with tokens where the console has some: then only for pages of this machine.
async fn config(Extract(state): Extract<Arc<State>>, uri: Uri, headers: HeaderMap) -> Response {
    if state.console.is_some() && !is_asked_by_own_name(&uri, &headers, state.config.listen.ip()) {
        return guarded(StatusCode::MISDIRECTED_REQUEST.into_response());
    }
    let tokens = state.console.as_ref().map(|console| console.tokens()).unwrap_or_default();
    let config =
        ConsoleConfig { endpoint: "/graphql", tokens, default_query: &state.config.console.default_query };
    let body = serde_json::to_vec(&config).unwrap_or_default();
    guarded(([(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-store")], body).into_response())
}

/// Whether the request was sent to a name of this machine or to the address that is listened on. A page of another site whose
/// name was made to lead here (DNS rebinding) gives itself away by that name.
fn is_asked_by_own_name(uri: &Uri, headers: &HeaderMap, listen: IpAddr) -> bool {
    let header = || headers.get(HOST)?.to_str().ok()?.parse::<Authority>().ok();
    let Some(authority) = uri.authority().cloned().or_else(header) else { return false };
    let host = authority.host().trim_start_matches('[').trim_end_matches(']');
    match host.parse::<IpAddr>() {
        // Where every address of the machine is listened on, any may have been typed; an address can't be rebound.
        Ok(address) => address.is_loopback() || address == listen || listen.is_unspecified(),
        Err(_) => host.eq_ignore_ascii_case("localhost"),
    }
}

fn file(path: &str, headers: &HeaderMap) -> Response {
    let Some(file) = BUNDLE.get_file(format!("{path}.gz")) else {
        return guarded(StatusCode::NOT_FOUND.into_response());
    };
    // Names below assets/ hold a hash of the content.
    let lifetime =
        if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let tag = entity_tag(file.contents());
    let kept = [(CACHE_CONTROL, lifetime), (VARY, "accept-encoding"), (ETAG, &tag)];
    if has(headers, &tag) {
        return guarded((StatusCode::NOT_MODIFIED, kept).into_response());
    }
    let described = [(CONTENT_TYPE, content_type(path))];
    if takes_gzip(headers) {
        let body = Body::from(file.contents());
        return guarded((kept, described, [(CONTENT_ENCODING, "gzip")], body).into_response());
    }
    let mut plain = Vec::new();
    match GzDecoder::new(file.contents()).read_to_end(&mut plain) {
        Ok(_) => guarded((kept, described, plain).into_response()),
        Err(_) => guarded(StatusCode::INTERNAL_SERVER_ERROR.into_response()),
    }
}

/// What changes with the content: gzip ends with a CRC-32 and the length (RFC 1952 section 2.3.1). It is a weak one: packed or
/// not, the content is the same and the bytes are not (RFC 9110 section 8.8.1).
fn entity_tag(packed: &[u8]) -> String {
    let trailer = packed.last_chunk::<8>().copied().unwrap_or_default();
    format!("W/\"{:016x}\"", u64::from_le_bytes(trailer))
}

/// Whether the client has it already (RFC 9110 section 13.1.2; the comparison is weak).
fn has(headers: &HeaderMap, tag: &str) -> bool {
    let known = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    known.split(',').map(opaque).any(|one| one == opaque(tag) || one == "*")
}

fn takes_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|one| {
        let (coding, weight) = one.split_once(';').unwrap_or((one, "q=1"));
        let refused = weight.trim().strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0));
        coding.trim().eq_ignore_ascii_case("gzip") && !refused
    })
}

fn guarded(mut response: Response) -> Response {
    let headers = [
        ("content-security-policy", POLICY),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
    ];
    for (name, value) in headers {
        response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("ttf") => "font/ttf",
        Some("json") => "application/json",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
