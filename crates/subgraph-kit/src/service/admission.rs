//! Who asks: decided by the headers alone, before the body is read.

use auth::{Caller, TokenError, Verifier};
use http::HeaderMap;
use http::header::AUTHORIZATION;
use telemetry::RequestId;
use tracing::Span;
use wire::TransportError;

use super::answer::Answerer;
use crate::error::{Code, Error};
use crate::tenancy::StatementCounter;

/// A request that is let in, and what goes with it on its way.
pub(super) struct Admission {
    /// The Caller, or nobody where the schema alone may be asked for without a token.
    pub(super) caller: Option<Caller>,
    pub(super) request_id: RequestId,
    pub(super) span: Span,
    pub(super) statements: StatementCounter,
}

/// Why a request is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// There is no bearer token.
    NoToken,
    /// There is one, and it is not believed.
    Token(TokenError),
    /// Nothing is known about the token: the issuer's keys are not to be had.
    KeysUnavailable,
}

impl Answerer {
    /// Opens the span of a request and decides whether it is let in.
    pub(super) async fn admit(&self, headers: &HeaderMap) -> Result<Admission, Refused> {
        let request_id = RequestId::from_headers(headers);
        let span = tracing::info_span!(
            "subgraph.request",
            otel.kind = "server",
            subgraph = self.name,
            request_id = request_id.as_str(),
            tenant = tracing::field::Empty,
            sql_statements = tracing::field::Empty,
        );
        telemetry::accept(headers, &span);
        let caller = match bearer(headers) {
            None if self.config.public_sdl => None,
            None => return Err(Refused::NoToken),
            Some(token) => {
                let caller = caller(&self.verifier, token).await.inspect_err(|refused| {
                    span.in_scope(|| tracing::warn!(reason = refused.reason(), "a token was refused"));
                })?;
                span.record("tenant", tracing::field::display(caller.tenant));
                Some(caller)
            }
        };
        Ok(Admission { caller, request_id, span, statements: StatementCounter::default() })
    }
}

async fn caller(verifier: &Verifier, token: &str) -> Result<Caller, Refused> {
    verifier.verify(token).await.map_err(|error| match error {
        TokenError::KeysUnavailable => Refused::KeysUnavailable,
        error => Refused::Token(error),
    })
}

impl Refused {
    /// What whoever asked directly is told.
    pub(super) fn error(self) -> Error {
        match self {
            Self::NoToken => Error::new(Code::Unauthenticated, "A bearer token is required."),
            Self::Token(TokenError::Expired) => Error::new(Code::Unauthenticated, "The token has expired."),
            Self::Token(_) => Error::new(Code::Unauthenticated, "The token is not valid."),
            Self::KeysUnavailable => {
                Error::new(Code::AuthenticationUnavailable, "Tokens can't be verified at the moment.")
            }
        }
    }

    fn reason(self) -> &'static str {
        match self {
            Self::NoToken => "no_token",
            Self::Token(error) => error.code(),
            Self::KeysUnavailable => TokenError::KeysUnavailable.code(),
        }
    }
}

impl From<Refused> for TransportError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::NoToken | Refused::Token(_) => Self::Unauthenticated,
            Refused::KeysUnavailable => Self::AuthenticationUnavailable,
        }
    }
}

/// The token of `Authorization: Bearer …` (RFC 6750, section 2.1).
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim()).filter(|token| !token.is_empty())
}
