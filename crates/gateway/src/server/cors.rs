use std::time::Duration;

use http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, Method};
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};
use url::Url;

use crate::config::CorsConfig;
use crate::gateway::StartError;

/// How long a browser may remember what it was allowed.
const REMEMBERED: Duration = Duration::from_hours(1);

/// Lets pages of the configured origins ask and read the answers (Fetch standard, CORS protocol); `None` where there are none.
///
/// Cookies never go along: a Caller is told by a token alone.
pub(crate) fn cors_layer(config: &CorsConfig) -> Result<Option<CorsLayer>, StartError> {
    let origins = match config.origins.as_slice() {
        [] => return Ok(None),
        [all] if all == "*" => AllowOrigin::any(),
        some => AllowOrigin::list(some.iter().map(|text| origin(text)).collect::<Result<Vec<_>, _>>()?),
    };
    let layer = CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers([wire::REQUEST_ID, WWW_AUTHENTICATE, RETRY_AFTER])
        .max_age(REMEMBERED);
    Ok(Some(layer))
}

/// Scheme, host and port, as browsers write them.
fn origin(text: &str) -> Result<HeaderValue, StartError> {
    let parsed = Url::parse(text).ok().filter(|url| url.origin().ascii_serialization() == text);
    parsed.and_then(|_| HeaderValue::try_from(text).ok()).ok_or_else(|| StartError::Origin(text.to_owned()))
}
