use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, StatusCode};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use telemetry::RequestId;
use wire::{Subgraph as _, TransportError};

use super::answer::too_large;
use super::{Service, report};
use crate::error::{Code, Error};

/// GraphQL over HTTP, section 6.1.
const GRAPHQL_RESPONSE: HeaderValue =
    HeaderValue::from_static("application/graphql-response+json; charset=utf-8");

pub(super) fn router(service: Service) -> Router {
    Router::new()
        .route("/graphql", post(graphql))
        .route("/health/live", get(live))
        .route("/health/ready", get(ready))
        .with_state(service)
}

async fn graphql(State(service): State<Service>, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let limit = service.answerer.config.limits.body_bytes;
    let body = match Limited::new(body, limit).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) => {
            let (status, error) = if error.is::<LengthLimitError>() {
                (StatusCode::PAYLOAD_TOO_LARGE, too_large(limit))
            } else {
                (StatusCode::BAD_REQUEST, Error::new(Code::BadRequest, "The body could not be read"))
            };
            return refused(status, &error, &parts.headers);
        }
    };
    let request = wire::Request { headers: parts.headers.clone(), body, deadline: None };
    match service.call(request).await {
        Ok(wire::Response { headers, body }) => with_body(StatusCode::OK, headers, body),
        Err(TransportError::Unauthenticated) => {
            let error = Error::new(Code::Unauthenticated, "A valid token for this subgraph is required");
            let mut response = refused(StatusCode::UNAUTHORIZED, &error, &parts.headers);
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            response
        }
        Err(error) => refused(StatusCode::INTERNAL_SERVER_ERROR, &Error::internal(error), &parts.headers),
    }
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

fn refused(status: StatusCode, error: &Error, headers: &HeaderMap) -> Response {
    with_body(status, HeaderMap::new(), report::refusal(error, &RequestId::from_headers(headers)))
}

fn with_body(status: StatusCode, mut headers: HeaderMap, body: Bytes) -> Response {
    headers.insert(CONTENT_TYPE, GRAPHQL_RESPONSE);
    (status, headers, body).into_response()
}
