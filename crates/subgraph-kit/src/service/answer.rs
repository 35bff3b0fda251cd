use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use async_graphql::{EmptySubscription, ObjectType, Schema};
use auth::{Caller, Verifier};
use bytes::Bytes;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue};
use telemetry::RequestId;
use tokio::time::Instant;
use tracing::Instrument as _;
use wire::TransportError;

use super::complete::Failures;
use super::config::Config;
use super::entities::{Entities, EntityIndices};
use super::observe::Executed;
use super::report;
use super::scope::Scope;
use crate::error::{Code, Error};
use crate::loader::{Batches, drive};
use crate::tenancy::{Database, StatementCounter};

/// Executes on a schema whose types are not known here.
pub(super) type Execute = Box<
    dyn Fn(async_graphql::Request, Option<Scope>) -> BoxFuture<'static, async_graphql::Response>
        + Send
        + Sync,
>;

/// Hides the types of the schema and of the request's data.
pub(super) fn executor<Q, M, D>(
    schema: Schema<Entities<Q>, M, EmptySubscription>,
    per_request: impl Fn(&Scope) -> D + Send + Sync + 'static,
) -> Execute
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    D: Any + Send + Sync,
{
    Box::new(move |mut request, scope| {
        if let Some(scope) = scope {
            request = request.data(per_request(&scope)).data(scope);
        }
        let schema = schema.clone();
        async move { schema.execute(request).await }.boxed()
    })
}

/// What both doors, in process and HTTP, lead to.
pub(super) struct Answerer {
    pub(super) name: &'static str,
    pub(super) config: Config,
    pub(super) verifier: Verifier,
    pub(super) database: Database,
    pub(super) execute: Execute,
}

impl Answerer {
    /// Answers one request.
    pub(super) async fn answer(&self, request: wire::Request) -> Result<wire::Response, TransportError> {
        let request_id = RequestId::from_headers(&request.headers);
        let span = tracing::info_span!(
            "subgraph.request",
            otel.kind = "server",
            subgraph = self.name,
            request_id = request_id.as_str(),
            tenant = tracing::field::Empty,
            sql_statements = tracing::field::Empty,
        );
        telemetry::accept(&request.headers, &span);
        let statements = StatementCounter::default();
        let answer = self.answer_within(request, &request_id, statements.clone()).instrument(span.clone());
        let body = answer.await?;
        span.record("sql_statements", statements.get());
        span.in_scope(|| tracing::info!(bytes = body.len(), "answered"));
        let mut headers = HeaderMap::new();
        headers.insert(wire::SQL_STATEMENTS, HeaderValue::from(statements.get()));
        Ok(wire::Response { headers, body })
    }

    async fn answer_within(
        &self,
        request: wire::Request,
        request_id: &RequestId,
        statements: StatementCounter,
    ) -> Result<Bytes, TransportError> {
        let caller = self.authenticate(&request).await?;
        if let Some(caller) = &caller {
            tracing::Span::current().record("tenant", tracing::field::display(caller.tenant));
        }
        let operation = match self.read(&request.body) {
            Ok(operation) => operation,
            Err(error) => return Ok(report::refusal(&error, request_id)),
        };
        let batches = Batches::default();
        let scope = caller.map(|caller| Scope {
            db: self.database.tenant(caller.tenant, statements),
            caller,
            batches: batches.clone(),
            request_id: request_id.clone(),
        });
        let executed = Executed::default();
        let operation =
            operation.data(executed.clone()).data(EntityIndices::default()).data(Failures::default());

        // A panic in a resolver ends its request and nothing else: all that the request owns is dropped with it.
        let run = AssertUnwindSafe(async { drive(&batches, (self.execute)(operation, scope)).await })
            .catch_unwind();
        match tokio::time::timeout_at(self.deadline(request.deadline), run).await {
            Ok(Ok(response)) => Ok(report::body(&response, executed.get(), request_id)),
            Ok(Err(_panic)) => Ok(report::refusal(&Error::internal("a resolver panicked"), request_id)),
            // Who set the deadline is told by the transport; our own limit is an answer.
            Err(_) if request.time_left().is_some_and(|left| left.is_zero()) => {
                Err(TransportError::DeadlineExceeded)
            }
            Err(_) => Ok(report::refusal(&Error::new(Code::Timeout, "The answer took too long"), request_id)),
        }
    }

    fn deadline(&self, caller: Option<Instant>) -> Instant {
        let own = Instant::now() + Duration::from_millis(self.config.limits.timeout_ms);
        caller.map_or(own, |caller| caller.min(own))
    }

    /// The Caller, or nobody where the schema alone is asked for and that is allowed.
    async fn authenticate(&self, request: &wire::Request) -> Result<Option<Caller>, TransportError> {
        let Some(token) = bearer(&request.headers) else {
            let public = self.config.public_sdl && asks_for_sdl(&request.body);
            return if public { Ok(None) } else { Err(TransportError::Unauthenticated) };
        };
        match self.verifier.verify(token).await {
            Ok(caller) => Ok(Some(caller)),
            Err(error) => {
                tracing::warn!(%error, "a token was refused");
                Err(TransportError::Unauthenticated)
            }
        }
    }

    fn read(&self, body: &Bytes) -> Result<async_graphql::Request, Error> {
        if body.len() > self.config.limits.body_bytes {
            return Err(too_large(self.config.limits.body_bytes));
        }
        // Serde would take an array for an object.
        let object = body.trim_ascii_start().starts_with(b"{");
        object
            .then(|| serde_json::from_slice(body).ok())
            .flatten()
            .filter(|request: &async_graphql::Request| !request.query.is_empty())
            .ok_or_else(|| Error::new(Code::BadRequest, "The body is not a GraphQL request in JSON"))
    }
}

/// The error of a body above the limit.
pub(super) fn too_large(limit: usize) -> Error {
    Error::new(Code::PayloadTooLarge, format!("The body is larger than {limit} bytes"))
}

/// The token of `Authorization: Bearer …` (RFC 6750, section 2.1).
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim_start())
}

/// Whether the operation is exactly `{ _service { sdl } }`, which needs no rows.
fn asks_for_sdl(body: &Bytes) -> bool {
    use async_graphql::parser::types::{DocumentOperations, OperationType, Selection};

    let Ok(request) = serde_json::from_slice::<async_graphql::Request>(body) else { return false };
    let Ok(document) = async_graphql::parser::parse_query(&request.query) else { return false };
    let DocumentOperations::Single(operation) = document.operations else { return false };
    operation.node.ty == OperationType::Query
        && operation.node.selection_set.node.items.iter().all(|selection| {
            matches!(&selection.node, Selection::Field(field) if matches!(field.node.name.node.as_str(), "_service" | "__typename"))
        })
}
