//! The one place where errors become part of a response.

use async_graphql::{PathSegment, Pos, ServerError, Value};
use bytes::Bytes;
use serde::Serialize;
use telemetry::RequestId;

use crate::error::{Code, Error};

/// The body of every answer: `data` is absent when nothing was executed (GraphQL, section 7.1).
#[derive(Serialize)]
struct Body<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Reported<'a>>,
}

#[derive(Serialize)]
struct Reported<'a> {
    message: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    locations: &'a [Pos],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    path: &'a [PathSegment],
    extensions: Extensions<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Extensions<'a> {
    code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    request_id: &'a str,
}

/// The body of what was executed, or refused before.
pub(super) fn body(response: &async_graphql::Response, executed: bool, request_id: &RequestId) -> Bytes {
    let errors = response.errors.iter().map(|error| reported(error, request_id)).collect();
    write(&Body { data: executed.then_some(&response.data), errors })
}

/// The body of a request that came to no execution, or did not come back from it: then `data` is null.
pub(super) fn refusal(error: &Error, executed: bool, request_id: &RequestId) -> Bytes {
    log(error);
    write(&Body { data: executed.then_some(&Value::Null), errors: vec![entry(error, &[], &[], request_id)] })
}

fn write(body: &Body<'_>) -> Bytes {
    match serde_json::to_vec(body) {
        Ok(bytes) => bytes.into(),
        Err(error) => {
            // Only a map with keys that are no strings can do this, and GraphQL has none.
            tracing::error!(%error, "an answer could not be written");
            Bytes::from_static(br#"{"errors":[{"message":"Something went wrong on our side","extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}"#)
        }
    }
}

fn reported<'a>(error: &'a ServerError, request_id: &'a RequestId) -> Reported<'a> {
    if let Some(own) = error.source::<Error>() {
        log(own);
        return entry(own, &error.locations, &error.path, request_id);
    }
    let code = match error.extensions.as_ref().and_then(|extensions| extensions.get("code")) {
        Some(Value::String(code)) => Some(code.as_str()),
        _ if is_coercion(error) => Some(Code::BadUserInput.as_str()),
        _ => None,
    };
    let Some(code) = code else {
        // Of unknown origin, so its text may hold anything.
        tracing::error!(error.message, "a resolver failed with an error that is not the kit's");
        return Reported {
            message: "Something went wrong on our side",
            locations: &error.locations,
            path: &error.path,
            extensions: Extensions {
                code: Code::Internal.as_str(),
                field: None,
                request_id: request_id.as_str(),
            },
        };
    };
    Reported {
        message: &error.message,
        locations: &error.locations,
        path: &error.path,
        extensions: Extensions { code, field: None, request_id: request_id.as_str() },
    }
}

/// Whether async-graphql could not read a value: it has no other sign for it than its own texts.
fn is_coercion(error: &ServerError) -> bool {
    error.source.is_none()
        && ["Failed to parse ", "Expected input type ", "Invalid value for argument "]
            .iter()
            .any(|start| error.message.starts_with(start))
}

fn entry<'a>(
    error: &'a Error,
    locations: &'a [Pos],
    path: &'a [PathSegment],
    request_id: &'a RequestId,
) -> Reported<'a> {
    Reported {
        message: error.message(),
        locations,
        path,
        extensions: Extensions {
            code: error.code().as_str(),
            field: error.field(),
            request_id: request_id.as_str(),
        },
    }
}

fn log(error: &Error) {
    if error.code().is_fault() {
        let cause = error.cause().map(tracing::field::display);
        tracing::error!(code = error.code().as_str(), cause, "a request failed");
    }
}
