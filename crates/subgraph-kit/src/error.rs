//! One error for everything that a resolver can answer.
//!
//! What a client may read (code, message, field) and what only the log may have (the cause) are apart: the cause
//! never becomes part of a response. The code, the field and the request id are written into the response by
//! [`service`](crate::service) alone.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use sea_orm::{DbErr, RuntimeErr, SqlErr, SqlxError, SqlxPostgresError, SqlxSqliteError};

use crate::budget::UsedUp;
use crate::fault::Fault;
use crate::tenancy::UnscopedQuery;

/// What a client is told of what failed on our side.
pub(crate) const OUR_FAULT: &str = "Something went wrong on our side";

/// What a client is told in `extensions.code`. The codes are listed in `docs/errors.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Code {
    /// The keys of the token's issuer cannot be fetched; nothing is said about the token.
    AuthenticationUnavailable,
    /// The HTTP request or its JSON is malformed.
    BadRequest,
    /// An argument or a variable has a value that cannot be used; `extensions.field` names it.
    BadUserInput,
    /// The change contradicts what is already there.
    Conflict,
    /// The Caller may not do this.
    Forbidden,
    /// Something failed on our side.
    Internal,
    /// The text of the operation is not GraphQL.
    ParseFailed,
    /// The request is larger than the limit.
    PayloadTooLarge,
    /// What the operation needs is not there.
    NotFound,
    /// The operation asks for more fields or rows than the limits allow, or its answer would have more.
    OperationTooComplex,
    /// The operation is nested deeper than the limit.
    QueryTooDeep,
    /// A part of the service is not there for the moment; the same request may work later.
    ServiceUnavailable,
    /// The deadline passed.
    Timeout,
    /// No valid token.
    Unauthenticated,
    /// The operation does not fit the schema.
    ValidationFailed,
}

impl Code {
    /// The text in `extensions.code`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AuthenticationUnavailable => "AUTHENTICATION_UNAVAILABLE",
            Self::BadRequest => "BAD_REQUEST",
            Self::BadUserInput => "BAD_USER_INPUT",
            Self::Conflict => "CONFLICT",
            Self::Forbidden => "FORBIDDEN",
            Self::Internal => "INTERNAL_SERVER_ERROR",
            Self::ParseFailed => "GRAPHQL_PARSE_FAILED",
            Self::PayloadTooLarge => "PAYLOAD_TOO_LARGE",
            Self::NotFound => "NOT_FOUND",
            Self::OperationTooComplex => "OPERATION_TOO_COMPLEX",
            Self::QueryTooDeep => "QUERY_TOO_DEEP",
            Self::ServiceUnavailable => "SERVICE_UNAVAILABLE",
            Self::Timeout => "TIMEOUT",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::ValidationFailed => "GRAPHQL_VALIDATION_FAILED",
        }
    }

    /// Whether the fault is ours: such errors are logged with their cause.
    pub fn is_fault(self) -> bool {
        matches!(self, Self::Internal | Self::ServiceUnavailable | Self::Timeout)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// An error for a client: a code, a message that may be shown, and a cause that may not.
///
/// `Display` writes the public message alone. async-graphql takes every `Display` type with `?`, so a resolver
/// returns `Result<_, Error>`.
#[derive(Debug, Clone)]
pub struct Error {
    code: Code,
    message: Cow<'static, str>,
    field: Option<Cow<'static, str>>,
    cause: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error with a code and a message for the client.
    pub fn new(code: Code, message: impl Into<Cow<'static, str>>) -> Self {
        Self { code, message: message.into(), field: None, cause: None }
    }

    /// A value that cannot be used, and the input field (dotted, as in `input.email`) that has it.
    pub fn bad_input(field: impl Into<Cow<'static, str>>, message: impl Into<Cow<'static, str>>) -> Self {
        Self { field: Some(field.into()), ..Self::new(Code::BadUserInput, message) }
    }

    /// The Caller may not do this.
    pub fn forbidden(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Code::Forbidden, message)
    }

    /// The change contradicts what is already there.
    pub fn conflict(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Code::Conflict, message)
    }

    /// What the operation needs is not there.
    pub fn not_found(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Code::NotFound, message)
    }

    /// A fault of ours. The cause goes to the log; the client reads a fixed text.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { cause: Some(Arc::from(cause.into())), ..Self::new(Code::Internal, OUR_FAULT) }
    }

    /// The code for the client.
    pub fn code(&self) -> Code {
        self.code
    }

    /// The message for the client.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The input field that is to blame, if one is.
    pub fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }

    /// What happened, for the log.
    pub fn cause(&self) -> Option<&(dyn std::error::Error + Send + Sync)> {
        self.cause.as_deref()
    }
}

// Not `std::error::Error`: its cause is never to be walked into a text for a client.
impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

/// No text of the database reaches a client. A database that is away is told apart from a statement that failed.
/// A broken unique constraint is a [`Code::Conflict`]; a service that can say more about it checks
/// [`is_unique_violation`] first. What is not the database's is [`Code::Internal`].
impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        let cause = fault.into_cause();
        let (code, message) = match cause.downcast_ref::<DbErr>() {
            Some(error) if UsedUp::is_in(error) => return UsedUp.into(),
            Some(error) if is_unique_violation(error) => (Code::Conflict, "This already exists"),
            Some(error) if is_away(error) => {
                (Code::ServiceUnavailable, "The service is not available for the moment")
            }
            _ => (Code::Internal, OUR_FAULT),
        };
        Self { cause: Some(cause), ..Self::new(code, message) }
    }
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        Fault::new(error).into()
    }
}

impl From<UnscopedQuery> for Error {
    fn from(error: UnscopedQuery) -> Self {
        Self::internal(error)
    }
}

/// Whether a statement failed because a row with the same key is already there.
pub fn is_unique_violation(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}

fn is_away(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => true,
        DbErr::Exec(runtime) | DbErr::Query(runtime) => is_lost_connection(runtime),
        _ => false,
    }
}

fn is_lost_connection(error: &RuntimeErr) -> bool {
    let RuntimeErr::SqlxError(error) = error else { return false };
    match &**error {
        SqlxError::Io(_)
        | SqlxError::Tls(_)
        | SqlxError::PoolTimedOut
        | SqlxError::PoolClosed
        | SqlxError::WorkerCrashed => true,
        SqlxError::Database(error) => {
            // The codes of the two databases have nothing in common, and a SQLSTATE can be all digits.
            if let Some(error) = error.try_downcast_ref::<SqlxPostgresError>() {
                // Connection exceptions (class 08) and operator intervention (57P0x: the server is going down or is
                // not up yet).
                error.code().starts_with("08") || error.code().starts_with("57P0")
            } else {
                // BUSY (5) after the busy timeout, in any of its extended forms.
                error.try_downcast_ref::<SqlxSqliteError>().is_some()
                    && error.code().is_some_and(|code| code.parse::<u32>().is_ok_and(|code| code & 0xff == 5))
            }
        }
        _ => false,
    }
}
