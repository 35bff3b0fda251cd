use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::{EmptySubscription, ObjectType, Schema};
use auth::{Clock, Verifier};
use bytes::Bytes;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use http::{HeaderMap, HeaderValue};
use tokio::time::Instant;
use tracing::Instrument as _;
use wire::TransportError;

use super::admission::{Admission, Refused};
use super::complete::Failures;
use super::config::Config;
use super::entities::{Entities, EntityIndices};
use super::observe::Executed;
use super::report;
use super::scope::Scope;
use crate::authorization::Authorization;
use crate::budget::Budget;
use crate::error::{Code, Error};
use crate::loader::{Batches, drive};
use crate::tenancy::Database;

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
    pub(super) clock: Arc<dyn Clock>,
    pub(super) authorization: Authorization,
    pub(super) database: Database,
    pub(super) execute: Execute,
}

/// What came of a request that was let in.
pub(super) struct Answer {
    pub(super) response: wire::Response,
    pub(super) outcome: Outcome,
}

/// How far a request came, which over HTTP decides the status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The operation was executed: the answer has `data`, be it null.
    Executed,
    /// It is a GraphQL request, and was not executed.
    NotExecuted,
    /// It is no GraphQL request that can be read.
    Unreadable,
    /// The body is longer than the limit.
    TooLarge,
    /// Nothing was executed, and the fault is ours.
    Failed,
}

impl Answerer {
    /// Answers one request that was let in.
    pub(super) async fn answer(
        &self,
        admission: Admission,
        body: &Bytes,
        deadline: Option<Instant>,
    ) -> Result<Answer, NoAnswer> {
        let (span, statements) = (admission.span.clone(), admission.statements.clone());
        let (body, outcome) = self.run(admission, body, deadline).instrument(span.clone()).await?;
        span.record("sql_statements", statements.get());
        span.in_scope(|| tracing::info!(bytes = body.len(), "answered"));
        let mut headers = HeaderMap::new();
        headers.insert(wire::SQL_STATEMENTS, HeaderValue::from(statements.get()));
        Ok(Answer { response: wire::Response { headers, body }, outcome })
    }

    async fn run(
        &self,
        admission: Admission,
        body: &Bytes,
        deadline: Option<Instant>,
    ) -> Result<(Bytes, Outcome), NoAnswer> {
        let Admission { caller, request_id, statements, .. } = admission;
        if caller.is_none() && !asks_for_sdl(body) {
            return Err(NoAnswer::Refused(Refused::NoToken));
        }
        if caller.as_ref().is_some_and(|caller| caller.roles.is_empty()) {
            // Who may do what is told by roles: without one, nothing.
            let error = Error::forbidden("You have no role in this organization");
            return Ok((report::refusal(&error, false, &request_id), Outcome::NotExecuted));
        }
        let limits = &self.config.limits;
        if body.len() > limits.body_bytes {
            let error = too_large(limits.body_bytes);
            return Ok((report::refusal(&error, false, &request_id), Outcome::TooLarge));
        }
        let Some(operation) = read(body) else {
            let error = Error::new(Code::BadRequest, "The body is not a GraphQL request in JSON");
            return Ok((report::refusal(&error, false, &request_id), Outcome::Unreadable));
        };
        let batches = Batches::default();
        let budget = Budget::new(limits.answer_fields, limits.rows);
        let scope = caller.map(|caller| Scope {
            db: self.database.tenant_within(caller.tenant, statements, budget.clone()),
            authorizer: self.authorization.authorizer(caller.clone(), request_id.clone()),
            caller,
            clock: self.clock.clone(),
            batches: batches.clone(),
            request_id: request_id.clone(),
        });
        let executed = Executed::default();
        let operation = operation
            .data(executed.clone())
            .data(budget.clone())
            .data(EntityIndices::default())
            .data(Failures::default());

        // A panic in a resolver ends its request and nothing else: all that the request owns is dropped with it.
        let run = AssertUnwindSafe(async { drive(&batches, (self.execute)(operation, scope)).await })
            .catch_unwind();
        let error = match tokio::time::timeout_at(self.until(deadline), budget.spend(run)).await {
            Ok(Ok(Ok(response))) => {
                let outcome = if executed.get() { Outcome::Executed } else { Outcome::NotExecuted };
                return Ok((report::body(&response, executed.get(), &request_id), outcome));
            }
            Ok(Ok(Err(_panic))) => Error::internal("a resolver panicked"),
            Ok(Err(used_up)) => used_up.into(),
            // Who set the deadline is told by the transport; our own limit is an answer.
            Err(_) if deadline.is_some_and(|deadline| deadline <= Instant::now()) => {
                return Err(NoAnswer::DeadlineExceeded);
            }
            Err(_) => Error::new(Code::Timeout, "The answer took too long"),
        };
        let outcome = if executed.get() { Outcome::Executed } else { Outcome::Failed };
        Ok((report::refusal(&error, executed.get(), &request_id), outcome))
    }

    /// The caller's deadline or our own, whichever comes first.
    fn until(&self, deadline: Option<Instant>) -> Instant {
        let own = Instant::now() + Duration::from_millis(self.config.limits.timeout_ms);
        deadline.map_or(own, |deadline| deadline.min(own))
    }
}

/// Why a request that was let in has no GraphQL answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoAnswer {
    /// It was let in to ask for the schema, and asked for more.
    Refused(Refused),
    /// The caller's deadline passed.
    DeadlineExceeded,
}

impl From<NoAnswer> for TransportError {
    fn from(reason: NoAnswer) -> Self {
        match reason {
            NoAnswer::Refused(refused) => refused.into(),
            NoAnswer::DeadlineExceeded => Self::DeadlineExceeded,
        }
    }
}

fn read(body: &Bytes) -> Option<async_graphql::Request> {
    // Serde would take an array for an object.
    if !body.trim_ascii_start().starts_with(b"{") {
        return None;
    }
    serde_json::from_slice(body).ok().filter(|request: &async_graphql::Request| !request.query.is_empty())
}

/// The error of a body above the limit.
pub(super) fn too_large(limit: usize) -> Error {
    Error::new(Code::PayloadTooLarge, format!("The body is larger than {limit} bytes"))
}

/// Whether the operation is exactly `{ _service { sdl } }`, which needs no rows.
fn asks_for_sdl(body: &Bytes) -> bool {
    use async_graphql::parser::types::{DocumentOperations, OperationType, Selection};

    let Some(request) = read(body) else { return false };
    let Ok(document) = async_graphql::parser::parse_query(&request.query) else { return false };
    let DocumentOperations::Single(operation) = document.operations else { return false };
    operation.node.ty == OperationType::Query
        && operation.node.selection_set.node.items.iter().all(|selection| {
            matches!(&selection.node, Selection::Field(field) if matches!(field.node.name.node.as_str(), "_service" | "__typename"))
        })
}
