mod media_type;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use telemetry::RequestId;

use super::admission::{Admission, Refused};
use super::answer::{Answer, NoAnswer, too_large};
use super::{Service, report};
use crate::error::{Code, Error};
use media_type::MediaType;

/// The longest body of a request without a token, in bytes: `{ _service { sdl } }` and little more.
const LONGEST_ANONYMOUS_BODY: usize = 16 * 1024;

pub(super) fn router(service: Service) -> Router {
    Router::new()
        .route("/graphql", post(graphql).fallback(other_method))
        .route("/health/live", get(live))
        .route("/health/ready", get(ready))
        .with_state(service)
}

async fn graphql(State(service): State<Service>, request: Request<Body>) -> Response {
    let (mut parts, body) = request.into_parts();
    let id = RequestId::from_headers(&parts.headers);
    // One that was made up here must be the same all the way.
    parts.headers.insert(wire::REQUEST_ID, id.to_header_value());
    let media_type = MediaType::accepted(&parts.headers);
    let answered = match media_type {
        Some(_) => answer(&service, &parts.headers, body).await,
        None => Err(Refusal::new(
            StatusCode::NOT_ACCEPTABLE,
            Error::new(Code::BadRequest, "Accept application/graphql-response+json or application/json."),
        )),
    };
    let media_type = media_type.unwrap_or(MediaType::Json);
    let (status, headers, body) = match answered {
        Ok(Answer { response, outcome }) => (media_type.status(outcome), response.headers, response.body),
        Err(refusal) => refusal.into_parts(&id),
    };
    let mut response = (status, headers, body).into_response();
    response.headers_mut().insert(CONTENT_TYPE, media_type.header());
    response.headers_mut().insert(wire::REQUEST_ID, id.to_header_value());
    response
}

/// What the headers alone rule out is refused before the body is read.
async fn answer(service: &Service, headers: &HeaderMap, body: Body) -> Result<Answer, Refusal> {
    let admission = service.answerer.admit(headers).await?;
    if !media_type::is_json(headers) {
        return Err(Refusal::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Error::new(
                Code::BadRequest,
                "Send the request as `content-type: application/json` in UTF-8, without a content-encoding.",
            ),
        ));
    }
    let body = read(service, &admission, body).await?;
    service.answerer.answer(admission, &body, None).await.map_err(Refusal::from)
}

async fn read(service: &Service, admission: &Admission, body: Body) -> Result<Bytes, Refusal> {
    let own = service.answerer.config.limits.body_bytes;
    let limit = if admission.caller.is_some() { own } else { own.min(LONGEST_ANONYMOUS_BODY) };
    match Limited::new(body, limit).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => {
            Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, too_large(limit)))
        }
        Err(_) => Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            Error::new(Code::BadRequest, "The body could not be read"),
        )),
    }
}

/// A request that has no answer: its status, its error, and the header that the status wants.
struct Refusal {
    status: StatusCode,
    error: Error,
    header: Option<(HeaderName, HeaderValue)>,
}

impl Refusal {
    fn new(status: StatusCode, error: Error) -> Self {
        Self { status, error, header: None }
    }

    fn into_parts(self, id: &RequestId) -> (StatusCode, HeaderMap, Bytes) {
        (self.status, self.header.into_iter().collect(), report::refusal(&self.error, false, id))
    }
}

impl From<Refused> for Refusal {
    fn from(refused: Refused) -> Self {
        let error = refused.error();
        let (status, header) = match refused {
            Refused::KeysUnavailable => {
                (StatusCode::SERVICE_UNAVAILABLE, (RETRY_AFTER, HeaderValue::from_static("1")))
            }
            // RFC 6750, section 3.1: a request without a token is told no reason.
            Refused::NoToken => (
                StatusCode::UNAUTHORIZED,
                (WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"tributary\"")),
            ),
            Refused::Token(_) => (StatusCode::UNAUTHORIZED, (WWW_AUTHENTICATE, invalid_token(&error))),
        };
        Self { status, error, header: Some(header) }
    }
}

impl From<NoAnswer> for Refusal {
    fn from(reason: NoAnswer) -> Self {
        match reason {
            NoAnswer::Refused(refused) => refused.into(),
            NoAnswer::DeadlineExceeded => {
                Self::new(StatusCode::GATEWAY_TIMEOUT, Error::new(Code::Timeout, "The answer took too long"))
            }
        }
    }
}

fn invalid_token(error: &Error) -> HeaderValue {
    let challenge = format!(
        "Bearer realm=\"tributary\", error=\"invalid_token\", error_description=\"{}\"",
        error.message()
    );
    // The message is one of our own, in ASCII.
    HeaderValue::try_from(challenge).unwrap_or(HeaderValue::from_static("Bearer error=\"invalid_token\""))
}

async fn other_method(headers: HeaderMap) -> Response {
    let id = RequestId::from_headers(&headers);
    let error = Error::new(Code::BadRequest, "Use POST.");
    let mut response = (StatusCode::METHOD_NOT_ALLOWED, report::refusal(&error, false, &id)).into_response();
    response.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
    response.headers_mut().insert(CONTENT_TYPE, MediaType::Json.header());
    response.headers_mut().insert(wire::REQUEST_ID, id.to_header_value());
    response
}

/// The process runs.
async fn live() -> StatusCode {
    StatusCode::OK
}

/// The database answers.
async fn ready(State(service): State<Service>) -> Response {
    match service.database().ping().await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(error) => {
            tracing::warn!(%error, "the database does not answer");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}
