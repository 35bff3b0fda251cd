//! GraphQL over HTTP: what was asked (<https://graphql.github.io/graphql-over-http/draft/>, section 5).

use axum::body::Body;
use bytes::Bytes;
use http::header::{ALLOW, AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderMap, Method, StatusCode};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

use crate::config::CsrfConfig;
use crate::error::{Code, Refusal};
use crate::json::{self, Object, Value};

/// What the client asks.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Read {
    pub(crate) query: String,
    pub(crate) operation_name: Option<String>,
    /// As they were sent: numbers keep every digit.
    pub(crate) variables: Object,
}

/// Refuses what the method and the headers alone rule out, before anything is spent on the request.
pub(crate) fn check(parts: &Parts, csrf: &CsrfConfig) -> Result<(), Refusal> {
    match parts.method {
        Method::GET if csrf.enabled && !is_asked_first(&parts.headers, csrf) => Err(bad(format!(
            "A GET must carry one of these headers, so that no page of another site can send it unnoticed: {}.",
            csrf.headers.join(", ")
        ))),
        Method::GET => Ok(()),
        // JSON alone: other types could be sent by a page of another site without the browser asking first.
        Method::POST if is_json(&parts.headers) => Ok(()),
        Method::POST => Err(Refusal::request(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Code::BadRequest,
            "Send the request as `content-type: application/json` in UTF-8, without a content-encoding.",
        )),
        _ => Err(Refusal {
            header: Some((ALLOW, "GET, POST".to_owned())),
            ..Refusal::request(StatusCode::METHOD_NOT_ALLOWED, Code::BadRequest, "Use GET or POST.")
        }),
    }
}

/// Reads what `check` let pass.
pub(crate) async fn read(parts: &Parts, body: Body, longest_body: usize) -> Result<Read, Refusal> {
    if parts.method == Method::GET {
        return from_query(parts.uri.query().unwrap_or_default());
    }
    from_body(&bytes(body, longest_body).await?)
}

/// Whether a browser that sends this for a page of another site asks the gateway first (Fetch standard, CORS-preflight): it
/// does for headers that are not safelisted. A bearer token is such a header, and no browser adds it by itself.
fn is_asked_first(headers: &HeaderMap, csrf: &CsrfConfig) -> bool {
    let bearer = headers.get(AUTHORIZATION).is_some_and(|value| {
        value.as_bytes().get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"bearer "))
    });
    bearer || is_json(headers) || csrf.headers.iter().any(|name| headers.contains_key(name))
}

fn is_json(headers: &HeaderMap) -> bool {
    let sent = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let plain =
        headers.get(CONTENT_ENCODING).is_none_or(|value| value.as_bytes().eq_ignore_ascii_case(b"identity"));
    plain
        && sent.parse::<mime::Mime>().is_ok_and(|mime| {
            mime.essence_str() == "application/json"
                && mime.get_param(mime::CHARSET).is_none_or(|charset| charset == "utf-8")
        })
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

fn from_query(query: &str) -> Result<Read, Refusal> {
    let mut read = Read::default();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        match name.as_ref() {
            "query" => read.query = value.into_owned(),
            "operationName" if !value.is_empty() => read.operation_name = Some(value.into_owned()),
            "variables" if !value.is_empty() => {
                read.variables = map("variables", Some(json(&Bytes::from(value.into_owned()))?))?;
            }
            "extensions" if !value.is_empty() => {
                map("extensions", Some(json(&Bytes::from(value.into_owned()))?))?;
            }
            _ => {}
        }
    }
    if read.query.is_empty() { Err(bad("The parameter `query` is missing.")) } else { Ok(read) }
}

fn from_body(body: &Bytes) -> Result<Read, Refusal> {
    match json(body)? {
        Value::Object(object) => from_object(object),
        Value::List(_) => Err(bad("Batches are not taken; send one request at a time.")),
        Value::Null | Value::Lost(_) | Value::Leaf(_) => Err(bad("The body must be a JSON object.")),
    }
}

/// The members of a request, wherever the object stood.
pub(crate) fn from_object(mut object: Object) -> Result<Read, Refusal> {
    let query = match object.take("query") {
        None | Some(Value::Null) => return Err(bad("`query` is missing.")),
        Some(query) => query.as_string().filter(|query| !query.is_empty()).map(String::from),
    };
    let operation_name = match object.take("operationName") {
        None | Some(Value::Null) => None,
        Some(name) => match name.as_string() {
            Some(name) => (!name.is_empty()).then(|| String::from(name)),
            None => return Err(bad("`operationName` must be a string.")),
        },
    };
    let variables = map("variables", object.take("variables"))?;
    map("extensions", object.take("extensions"))?;
    let query = query.ok_or_else(|| bad("`query` must be a string that is not empty."))?;
    Ok(Read { query, operation_name, variables })
}

fn json(text: &Bytes) -> Result<Value, Refusal> {
    json::parse(text).map_err(|_| bad("Not JSON in UTF-8, or JSON that is nested too deeply."))
}

fn map(name: &str, value: Option<Value>) -> Result<Object, Refusal> {
    match value {
        None | Some(Value::Null | Value::Lost(_)) => Ok(Object::default()),
        Some(Value::Object(map)) => Ok(map),
        Some(Value::Leaf(_) | Value::List(_)) => Err(bad(format!("`{name}` must be a JSON object."))),
    }
}

fn bad(message: impl Into<String>) -> Refusal {
    Refusal::request(StatusCode::BAD_REQUEST, Code::BadRequest, message)
}
