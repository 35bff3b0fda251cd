//! The plan runner: a fetch starts as soon as what it waits for has ended.

use std::time::Instant;

use futures::stream::{FuturesUnordered, StreamExt as _};
use http::HeaderMap;
use planner::{Fetch, Plan, Target};
use serde::Serialize;
use tracing::Instrument as _;
use wire::{Response, TransportError};

use super::condition::Variables;
use super::entities::{Batch, Targets};
use super::errors::Origin;
use super::request::PreparedFetch;
use crate::config::ErrorsConfig;
use crate::error::{Code, GraphqlError};
use crate::json::{self, Object, Value};
use crate::transport::Transport;

/// What a plan is run with.
pub(crate) struct Execution<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) fetches: &'a [PreparedFetch],
    pub(crate) variables: &'a Variables,
    pub(crate) errors: &'a ErrorsConfig,
    /// The subgraph by name, and the headers of a request to it.
    pub(crate) door: &'a (dyn Fn(&str) -> Option<(Transport, HeaderMap)> + Sync),
    pub(crate) deadline: tokio::time::Instant,
}

/// What came of it.
#[derive(Default)]
pub(crate) struct Executed {
    pub(crate) data: Object,
    pub(crate) errors: Vec<GraphqlError>,
    /// See [`Projection::unanswered`](super::Projection).
    pub(crate) unanswered: Vec<Vec<String>>,
    pub(crate) reports: Vec<FetchReport>,
}

/// How one fetch went, for whoever asks by `tributary-explain: trace`. Times are in microseconds.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FetchReport {
    id: usize,
    subgraph: String,
    /// From the beginning of the plan's execution.
    start_us: u128,
    duration_us: u128,
    /// Representations sent.
    entities: usize,
    request_bytes: usize,
    response_bytes: usize,
    /// As the subgraph tells; absent where it doesn't.
    #[serde(skip_serializing_if = "Option::is_none")]
    sql_statements: Option<u64>,
    status: &'static str,
}

impl FetchReport {
    /// When the fetch left, and its place in the plan.
    pub(crate) fn started(&self) -> (u128, usize) {
        (self.start_us, self.id)
    }
}

/// A fetch that has come back.
struct Returned<'a> {
    id: usize,
    targets: Vec<Targets<'a>>,
    outcome: Result<Response, TransportError>,
    report: FetchReport,
}

/// Runs the plan to its end.
pub(crate) async fn run(execution: &Execution<'_>) -> Executed {
    let fetches = &execution.plan.fetches;
    let began = Instant::now();
    let mut executed = Executed::default();
    let mut waits: Vec<usize> = fetches.iter().map(|fetch| fetch.after.len()).collect();
    let mut ready: Vec<usize> = (0..fetches.len()).rev().filter(|id| waits.get(*id) == Some(&0)).collect();
    let mut under_way = FuturesUnordered::new();
    loop {
        while let Some(id) = ready.pop() {
            match start(execution, id, &executed.data, began) {
                Some(call) => under_way.push(call),
                None => release(fetches, id, &mut waits, &mut ready),
            }
        }
        let Some(returned) = under_way.next().await else { return executed };
        let id = returned.id;
        take_in(execution, returned, &mut executed);
        release(fetches, id, &mut waits, &mut ready);
    }
}

/// Lets go what waited for this fetch alone.
fn release(fetches: &[Fetch], ended: usize, waits: &mut [usize], ready: &mut Vec<usize>) {
    for (id, fetch) in fetches.iter().enumerate() {
        let times = fetch.after.iter().filter(|after| after.0 == ended).count();
        if let (true, Some(left)) = (times > 0, waits.get_mut(id)) {
            *left = left.saturating_sub(times);
            if *left == 0 {
                ready.push(id);
            }
        }
    }
}

/// Puts a fetch on its way; `None` where there is nothing to ask.
fn start<'a>(
    execution: &Execution<'a>,
    id: usize,
    data: &Object,
    began: Instant,
) -> Option<impl Future<Output = Returned<'a>> + use<'a>> {
    let (fetch, prepared) = (execution.plan.fetches.get(id)?, execution.fetches.get(id)?);
    if !execution.variables.satisfy(&fetch.condition) {
        return None;
    }
    let batches: Vec<Batch<'a>> = match &fetch.target {
        Target::Root => Vec::new(),
        Target::Entities { batches } => {
            batches.iter().filter_map(|batch| Batch::collect(batch, data)).collect()
        }
    };
    let all_batches = match &fetch.target {
        Target::Root => &[][..],
        Target::Entities { batches } => batches,
    };
    if !all_batches.is_empty() && batches.is_empty() {
        return None;
    }
    let body = prepared.body(fetch, execution.variables, all_batches, &batches);
    let entities = batches.iter().map(Batch::len).sum();
    let targets = batches.into_iter().map(Batch::into_targets).collect();
    let span = tracing::info_span!(
        "fetch",
        otel.kind = "client",
        subgraph = fetch.subgraph,
        entities,
        bytes = body.len(),
        status = tracing::field::Empty
    );
    let door = (execution.door)(&fetch.subgraph);
    let deadline = execution.deadline;
    let mut report = FetchReport {
        id,
        subgraph: fetch.subgraph.clone(),
        start_us: began.elapsed().as_micros(),
        duration_us: 0,
        entities,
        request_bytes: body.len(),
        response_bytes: 0,
        sql_statements: None,
        status: "ok",
    };
    Some(async move {
        let started = Instant::now();
        let outcome = match door {
            None => Err(TransportError::Unreachable("no such subgraph is configured".to_owned())),
            Some((transport, mut headers)) => {
                telemetry::inject(&span, &mut headers);
                let request = wire::Request { headers, body, deadline: Some(deadline) };
                transport.call(request).instrument(span.clone()).await
            }
        };
        report.duration_us = started.elapsed().as_micros();
        match &outcome {
            Ok(response) => {
                report.response_bytes = response.body.len();
                let statements =
                    response.headers.get(wire::SQL_STATEMENTS).and_then(|value| value.to_str().ok());
                report.sql_statements = statements.and_then(|text| text.parse().ok());
            }
            Err(_) => report.status = "failed",
        }
        span.record("status", report.status);
        Returned { id, targets, outcome, report }
    })
}

/// Merges what a fetch brought, and keeps the errors that tell of what it did not.
fn take_in(execution: &Execution<'_>, returned: Returned<'_>, executed: &mut Executed) {
    let Returned { id, mut targets, outcome, mut report } = returned;
    let (Some(fetch), Some(prepared)) = (execution.plan.fetches.get(id), execution.fetches.get(id)) else {
        return;
    };
    let mut answered = false;
    let received = outcome.map(|response| {
        let mut answer = parse(&response)?;
        answered = merge(&mut targets, answer.take("data"), &mut executed.data);
        Some(answer.take("errors").filter(|errors| *errors != Value::Null && *errors != Value::List(vec![])))
    });
    let origin = Origin {
        subgraph: &fetch.subgraph,
        output: &execution.plan.output,
        root_slots: &prepared.root_slots,
        targets: &targets,
        config: execution.errors,
    };
    let told = match received {
        Err(error) => origin.transport(&error, &executed.data),
        Ok(Some(Some(errors))) => origin.translate(&errors, &executed.data),
        Ok(Some(None)) if answered => Vec::new(),
        Ok(_) => origin.failure(Code::SubgraphMalformedResponse, &executed.data),
    };
    if !answered {
        executed.unanswered.extend(origin.unanswered());
    }
    if !told.is_empty() && report.status == "ok" {
        report.status = "errors";
    }
    executed.errors.extend(told);
    executed.reports.push(report);
}

fn parse(response: &Response) -> Option<Object> {
    match json::parse(&response.body) {
        Ok(Value::Object(object)) => Some(object),
        Ok(_) => None,
        Err(error) => {
            tracing::warn!(%error, "a subgraph's answer is malformed");
            None
        }
    }
}

/// `false` where the answer brings no data of the form that was asked for.
fn merge(targets: &mut [Targets<'_>], answer: Option<Value>, data: &mut Object) -> bool {
    let Some(Value::Object(mut answer)) = answer else { return false };
    if targets.is_empty() {
        data.merge(answer);
        return true;
    }
    let mut all = true;
    for targets in targets {
        let entities = answer.take(targets.response_key());
        all &= targets.merge(data, entities);
    }
    all
}
