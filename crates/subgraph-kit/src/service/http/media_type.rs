//! GraphQL over HTTP: media types (<https://graphql.github.io/graphql-over-http/draft/>, section 4).

use http::header::{ACCEPT, CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, StatusCode};

use crate::service::answer::Outcome;

const GRAPHQL_RESPONSE: &str = "application/graphql-response+json";
const JSON: &str = "application/json";

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MediaType {
    /// `application/graphql-response+json`: the status tells how it went.
    GraphqlResponse,
    /// `application/json`: 200 for every well-formed request.
    Json,
}

impl MediaType {
    /// What the client accepts most; `application/json` where it does not mind, `None` where it accepts neither.
    pub(super) fn accepted(headers: &HeaderMap) -> Option<Self> {
        let mut best: Option<(f32, Self)> = None;
        let mut asked = false;
        for value in headers.get_all(ACCEPT) {
            for range in value.to_str().unwrap_or_default().split(',') {
                asked = true;
                let Ok(mime) = range.trim().parse::<mime::Mime>() else { continue };
                let utf8 = mime.get_param(mime::CHARSET).is_none_or(|charset| charset == "utf-8");
                let media_type = match mime.essence_str() {
                    GRAPHQL_RESPONSE if utf8 => Self::GraphqlResponse,
                    JSON if utf8 => Self::Json,
                    "*/*" | "application/*" => Self::Json,
                    _ => continue,
                };
                let quality = mime.get_param("q").and_then(|q| q.as_str().parse().ok()).unwrap_or(1.0_f32);
                if quality > 0.0 && best.is_none_or(|(other, _)| quality > other) {
                    best = Some((quality, media_type));
                }
            }
        }
        match best {
            Some((_, media_type)) => Some(media_type),
            None => (!asked).then_some(Self::Json),
        }
    }

    /// The value of `Content-Type`.
    pub(super) fn header(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        })
    }

    /// The status of an answer (section 6.4).
    pub(super) fn status(self, outcome: Outcome) -> StatusCode {
        match (outcome, self) {
            (Outcome::Executed, _) | (Outcome::NotExecuted, Self::Json) => StatusCode::OK,
            (Outcome::NotExecuted, Self::GraphqlResponse) | (Outcome::Unreadable, _) => {
                StatusCode::BAD_REQUEST
            }
            (Outcome::TooLarge, _) => StatusCode::PAYLOAD_TOO_LARGE,
            (Outcome::Failed, _) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// Whether the body is said to be JSON as it is read here: in UTF-8 and not compressed.
pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let sent = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let plain =
        headers.get(CONTENT_ENCODING).is_none_or(|value| value.as_bytes().eq_ignore_ascii_case(b"identity"));
    plain
        && sent.parse::<mime::Mime>().is_ok_and(|mime| {
            mime.essence_str() == JSON
                && mime.get_param(mime::CHARSET).is_none_or(|charset| charset == "utf-8")
        })
}
