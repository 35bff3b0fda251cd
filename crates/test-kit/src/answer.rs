//! What is asked of a subgraph, and what comes back.

use http::header::{AUTHORIZATION, InvalidHeaderValue};
use http::{HeaderMap, HeaderValue};
use serde_json::{Value, json};

/// The name that a [`question`] goes by in logs and errors.
const REQUEST_ID: &str = "test-request";

/// A GraphQL request of whoever has this token.
///
/// # Errors
/// The token cannot stand in a header.
pub fn question(token: &str, query: &str, variables: &Value) -> Result<wire::Request, InvalidHeaderValue> {
    let mut headers = HeaderMap::new();
    headers.insert(AUTHORIZATION, HeaderValue::try_from(format!("Bearer {token}"))?);
    headers.insert(wire::REQUEST_ID, HeaderValue::from_static(REQUEST_ID));
    let body = json!({ "query": query, "variables": variables }).to_string().into();
    Ok(wire::Request { headers, body, deadline: None })
}

/// What a subgraph of the platform answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The whole body.
    pub body: Value,
    /// How many statements it took.
    pub statements: u64,
}

/// What came back is no answer of a subgraph of the platform.
#[derive(Debug, thiserror::Error)]
pub enum UnreadableAnswer {
    /// The body is not JSON.
    #[error("the body is not JSON: {0}")]
    Body(#[from] serde_json::Error),
    /// It does not say how many statements it took.
    #[error("there is no count of statements")]
    Statements,
}

impl TryFrom<wire::Response> for Answer {
    type Error = UnreadableAnswer;

    fn try_from(response: wire::Response) -> Result<Self, UnreadableAnswer> {
        let statements = response.headers.get(wire::SQL_STATEMENTS).and_then(|count| count.to_str().ok());
        let statements =
            statements.and_then(|count| count.parse().ok()).ok_or(UnreadableAnswer::Statements)?;
        Ok(Self { body: serde_json::from_slice(&response.body)?, statements })
    }
}

impl Answer {
    /// The data of an answer that has no errors.
    ///
    /// # Panics
    /// It has some.
    pub fn data(&self) -> &Value {
        assert!(self.is_good(), "{:#}", self.body);
        self.body.get("data").unwrap_or(&Value::Null)
    }

    /// The only error's `code` and `field`.
    ///
    /// # Panics
    /// There is none, there are several, or it does not name the request.
    pub fn error(&self) -> (&str, Option<&str>) {
        let errors = self.body.get("errors").and_then(Value::as_array);
        assert_eq!(errors.map(Vec::len), Some(1), "{:#}", self.body);
        let text = |name: &str| self.body.pointer(&format!("/errors/0/extensions/{name}"))?.as_str();
        assert_eq!(text("requestId"), Some(REQUEST_ID), "{:#}", self.body);
        let code = text("code");
        assert!(code.is_some(), "{:#}", self.body);
        (code.unwrap_or_default(), text("field"))
    }

    /// Whether there is no error in it.
    pub fn is_good(&self) -> bool {
        self.body.get("errors").is_none()
    }

    /// As text that people read. Fields are sorted: a subgraph answers them in the order in which they were ready, which
    /// is not always the same.
    pub fn text(&self) -> String {
        let mut body = self.body.clone();
        body.sort_all_objects();
        format!("{body:#}")
    }
}
