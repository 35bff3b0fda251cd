//! GraphQL over HTTP: what was asked (<https://graphql.github.io/graphql-over-http/draft/>, section 5).

use axum::body::Body;
use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE};
use http::request::Parts;
use http::{Method, StatusCode};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde_json::{Map, Value};

use crate::error::{Code, Refusal};

/// What the client asks.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Read {
    pub(crate) query: String,
    pub(crate) operation_name: Option<String>,
    pub(crate) variables: Map<String, Value>,
    /// By GET, which must not change anything.
    pub(crate) is_get: bool,
}

/// Reads a request, whichever way it came.
pub(crate) async fn read(parts: &Parts, body: Body, longest_body: usize) -> Result<Read, Refusal> {
    match parts.method {
        Method::GET => from_query(parts.uri.query().unwrap_or_default()),
        Method::POST => {
            check_content_type(parts)?;
            from_body(&bytes(body, longest_body).await?)
        }
        _ => Err(Refusal {
            header: Some((ALLOW, "GET, POST".to_owned())),
            ..Refusal::request(StatusCode::METHOD_NOT_ALLOWED, Code::BadRequest, "Use GET or POST.")
        }),
    }
}

async fn bytes(body: Body, longest: usize) -> Result<Bytes, Refusal> {
    match Limited::new(body, longest).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(Refusal::request(
            StatusCode::PAYLOAD_TOO_LARGE,
            Code::PayloadTooLarge,
            format!("The body is longer than {longest} bytes."),
        )),
        Err(_) => Err(bad("The body could not be read.")),
    }
}

/// JSON in UTF-8 alone: other types could be sent by a page of another origin without being asked first.
fn check_content_type(parts: &Parts) -> Result<(), Refusal> {
    let sent = parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let fits = sent.parse::<mime::Mime>().is_ok_and(|mime| {
        mime.essence_str() == "application/json"
            && mime.get_param(mime::CHARSET).is_none_or(|charset| charset == "utf-8")
    });
    if fits {
        return Ok(());
    }
    Err(Refusal::request(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Code::BadRequest,
        "Send the request as `content-type: application/json` in UTF-8.",
    ))
}

fn from_query(query: &str) -> Result<Read, Refusal> {
    let mut read = Read { is_get: true, ..Read::default() };
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        match name.as_ref() {
            "query" => read.query = value.into_owned(),
            "operationName" if !value.is_empty() => read.operation_name = Some(value.into_owned()),
            "variables" if !value.is_empty() => read.variables = map("variables", json(value.as_bytes())?)?,
            "extensions" if !value.is_empty() => drop(map("extensions", json(value.as_bytes())?)?),
            _ => {}
        }
    }
    if read.query.is_empty() { Err(bad("The parameter `query` is missing.")) } else { Ok(read) }
}

fn from_body(body: &[u8]) -> Result<Read, Refusal> {
    let mut object = match json(body)? {
        Value::Object(object) => object,
        Value::Array(_) => return Err(bad("Batches are not taken; send one request at a time.")),
        _ => return Err(bad("The body must be a JSON object.")),
    };
    let query = match object.remove("query") {
        Some(Value::String(query)) if !query.is_empty() => query,
        None | Some(Value::Null) => return Err(bad("`query` is missing.")),
        Some(_) => return Err(bad("`query` must be a string that is not empty.")),
    };
    let operation_name = match object.remove("operationName") {
        None | Some(Value::Null) => None,
        Some(Value::String(name)) => (!name.is_empty()).then_some(name),
        Some(_) => return Err(bad("`operationName` must be a string.")),
    };
    let variables = map("variables", object.remove("variables").unwrap_or_default())?;
    map("extensions", object.remove("extensions").unwrap_or_default())?;
    Ok(Read { query, operation_name, variables, is_get: false })
}

fn json(text: &[u8]) -> Result<Value, Refusal> {
    serde_json::from_slice(text).map_err(|_| bad("Not JSON."))
}

fn map(name: &str, value: Value) -> Result<Map<String, Value>, Refusal> {
    match value {
        Value::Null => Ok(Map::new()),
        Value::Object(map) => Ok(map),
        _ => Err(bad(&format!("`{name}` must be a JSON object."))),
    }
}

fn bad(message: &str) -> Refusal {
    Refusal::request(StatusCode::BAD_REQUEST, Code::BadRequest, message)
}
