//! The plan runner: a fetch starts as soon as what it waits for has ended.

use std::collections::HashMap;
use std::time::Instant;

use bytes::Bytes;
use futures::stream::{FuturesUnordered, StreamExt as _};
use http::HeaderMap;
use planner::{EntityBatch, Fetch, Plan, Target};
use serde::Serialize;
use tracing::{Instrument as _, Span};
use wire::{Response, TransportError};

use super::collect::{Batch, collect};
use super::condition::Variables;
use super::describe::Unasked;
use super::entities::{Place, Targets};
use super::errors::{Origin, Told, failure};
use super::losses::{Losses, Marks};
use super::request::PreparedFetch;
use super::slots::Slots;
use crate::config::ErrorsConfig;
use crate::error::{Code, GraphqlError};
use crate::json::{self, LossId, Object, Value};
use crate::transport::Transport;

/// The failures of a fetch by number: of the whole of it, before it was sent, and of single entities.
const GENERAL: usize = 0;
const NO_CONTEXT: usize = 1;
const TOO_MANY_CONTEXTS: usize = 2;
const FIRST_ENTITY: usize = 3;

/// What a plan is run with.
pub(crate) struct Execution<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) fetches: &'a [PreparedFetch],
    pub(crate) variables: &'a Variables,
    pub(crate) errors: &'a ErrorsConfig,
    /// The subgraph by name, and the headers of a request to it.
    pub(crate) door: &'a (dyn Fn(&str) -> Option<(Transport, HeaderMap)> + Sync),
    pub(crate) deadline: tokio::time::Instant,
    /// Of a subscription: what the subgraph sent by itself. It stands in the place of the root field's fetch.
    pub(crate) event: Option<&'a Result<Bytes, TransportError>>,
}

/// What came of it.
#[derive(Default)]
pub(crate) struct Executed {
    pub(crate) data: Object,
    /// What subgraphs told of, in the plan's order.
    pub(crate) errors: Vec<GraphqlError>,
    /// What failed: each null that is due to it wants an error.
    pub(crate) losses: Losses,
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
    span: Span,
}

/// What a run has come to.
pub(super) struct Run<'a> {
    execution: &'a Execution<'a>,
    began: Instant,
    data: Object,
    /// Of each fetch: answers come in any order, and errors are told in the plan's.
    errors: Vec<Vec<GraphqlError>>,
    losses: Losses,
    marks: Marks<'a>,
    reports: Vec<FetchReport>,
}

/// Runs the plan to its end.
pub(crate) async fn run(execution: &Execution<'_>) -> Executed {
    drive(execution, |_, _| true).await.end()
}

/// Runs the plan. Each time when a fetch has come to its end, `look` is told which ones have; it says whether to go on.
pub(super) async fn drive<'a>(
    execution: &'a Execution<'a>,
    mut look: impl FnMut(&mut Run<'a>, &[bool]) -> bool,
) -> Run<'a> {
    let fetches = &execution.plan.fetches;
    let mut run = Run {
        execution,
        began: Instant::now(),
        data: Object::default(),
        errors: fetches.iter().map(|_| Vec::new()).collect(),
        losses: Losses::default(),
        marks: Marks::default(),
        reports: Vec::new(),
    };
    let mut waits: Vec<usize> = fetches.iter().map(|fetch| fetch.after.len()).collect();
    let mut ready: Vec<usize> = (0..fetches.len()).rev().filter(|id| waits.get(*id) == Some(&0)).collect();
    let mut ended = vec![false; fetches.len()];
    let mut under_way = FuturesUnordered::new();
    loop {
        while let Some(id) = ready.pop() {
            match run.start(id) {
                Some(call) => under_way.push(call),
                None => release(fetches, id, &mut ended, &mut waits, &mut ready),
            }
        }
        if !look(&mut run, &ended) {
            return run;
        }
        let Some(returned) = under_way.next().await else { return run };
        let id = returned.id;
        run.take_in(returned);
        release(fetches, id, &mut ended, &mut waits, &mut ready);
    }
}

/// Lets go what waited for this fetch alone.
fn release(fetches: &[Fetch], this: usize, ended: &mut [bool], waits: &mut [usize], ready: &mut Vec<usize>) {
    if let Some(ended) = ended.get_mut(this) {
        *ended = true;
    }
    for (id, fetch) in fetches.iter().enumerate() {
        let times = fetch.after.iter().filter(|after| after.0 == this).count();
        if let (true, Some(left)) = (times > 0, waits.get_mut(id)) {
            *left = left.saturating_sub(times);
            if *left == 0 {
                ready.push(id);
            }
        }
    }
}

impl<'a> Run<'a> {
    fn end(mut self) -> Executed {
        self.marks.apply(&mut self.data);
        Executed {
            data: self.data,
            errors: self.errors.into_iter().flatten().collect(),
            losses: self.losses,
            reports: self.reports,
        }
    }

    /// The data and the failures so far.
    pub(super) fn so_far(&mut self) -> (&Object, &Losses) {
        self.marks.apply(&mut self.data);
        (&self.data, &self.losses)
    }

    /// What the subgraph of a fetch told of.
    pub(super) fn errors_of(&self, fetch: usize) -> &[GraphqlError] {
        self.errors.get(fetch).map_or(&[], Vec::as_slice)
    }

    /// Puts a fetch on its way; `None` where there is nothing to ask.
    fn start(&mut self, id: usize) -> Option<impl Future<Output = Returned<'a>> + use<'a>> {
        let execution = self.execution;
        let (fetch, prepared) = (execution.plan.fetches.get(id)?, execution.fetches.get(id)?);
        if !execution.variables.satisfy(&fetch.condition) {
            return None;
        }
        let planned = match &fetch.target {
            Target::Root => &[][..],
            Target::Entities { batches } => batches,
        };
        let batches = self.collect(id, planned, &prepared.slots);
        if !planned.is_empty() && batches.is_empty() {
            return None;
        }
        let body = prepared.body(fetch, execution.variables, planned, &batches);
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
        let event = execution.event.filter(|_| matches!(fetch.target, Target::Root));
        // An event is there already.
        let door = if event.is_some() { None } else { (execution.door)(&fetch.subgraph) };
        let deadline = execution.deadline;
        let mut report = FetchReport {
            id,
            subgraph: fetch.subgraph.clone(),
            start_us: self.began.elapsed().as_micros(),
            duration_us: 0,
            entities,
            request_bytes: body.len(),
            response_bytes: 0,
            sql_statements: None,
            status: "ok",
        };
        Some(async move {
            let started = Instant::now();
            let outcome = match (event, door) {
                (Some(event), _) => event.clone().map(|body| Response { headers: HeaderMap::new(), body }),
                (None, None) => Err(TransportError::Unreachable("no such subgraph is configured".to_owned())),
                (None, Some((transport, mut headers))) => {
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
            Returned { id, targets, outcome, report, span }
        })
    }

    /// The representations that there are to send. What can't be asked about because of a failure is lost to it too.
    fn collect(&mut self, id: usize, planned: &'a [EntityBatch], slots: &'a Slots) -> Vec<Batch<'a>> {
        if planned.is_empty() {
            return Vec::new();
        }
        self.marks.apply(&mut self.data);
        let mut batches = Vec::with_capacity(planned.len());
        let variables = self.execution.variables;
        for plan in planned.iter().filter(|plan| variables.satisfy(&plan.condition)) {
            let collected = collect(plan, &self.data);
            batches.extend(collected.batches);
            let Some(slots) = slots.below(&plan.response_key) else { continue };
            for (place, why) in collected.unasked {
                if let Some(loss) = self.loss(id, why) {
                    self.marks.add(place, slots, loss);
                }
            }
        }
        batches
    }

    /// The failure for which an object is not asked about, if it is one.
    fn loss(&mut self, fetch: usize, why: Unasked) -> Option<LossId> {
        let (number, error) = match why {
            Unasked::Nothing => return None,
            Unasked::Lost(loss) => return Some(loss),
            Unasked::NoContext => {
                let message = "A value that the field needs of an object above it is null.";
                (NO_CONTEXT, GraphqlError::new(Code::ContextMissing, message))
            }
            Unasked::TooManyContexts => {
                let message = "The field is asked for below too many objects that it depends on.";
                (TOO_MANY_CONTEXTS, GraphqlError::new(Code::TooComplex, message))
            }
        };
        let loss = LossId { fetch, number };
        self.losses.add(loss, vec![error]);
        Some(loss)
    }

    /// Merges what a fetch brought, and keeps the errors that tell of what it did not.
    fn take_in(&mut self, returned: Returned<'a>) {
        let Returned { id, mut targets, outcome, mut report, span } = returned;
        let execution = self.execution;
        let (Some(fetch), Some(prepared)) = (execution.plan.fetches.get(id), execution.fetches.get(id))
        else {
            return;
        };
        let mut answered = false;
        let received = outcome.map(|response| {
            let mut answer = parse(&response)?;
            answered = merge(&mut targets, answer.take("data"), &mut self.data);
            answer.take("errors").filter(|errors| !errors.is_null() && *errors != Value::List(vec![]))
        });
        let origin = Origin {
            subgraph: &fetch.subgraph,
            output: &execution.plan.output,
            variables: execution.variables,
            slots: &prepared.slots,
            targets: &targets,
            config: execution.errors,
        };
        let mut told = match received {
            Err(error) => Told { general: vec![origin.transport(&error)], ..Told::default() },
            Ok(Some(errors)) => origin.translate(&errors, &self.data, answered),
            Ok(None) => Told::default(),
        };
        if !answered && told.general.is_empty() {
            told.general.push(told.any().unwrap_or_else(|| failure(Code::SubgraphMalformedResponse)));
        }
        if !told.is_empty() && report.status == "ok" {
            report.status = "errors";
        }
        span.record("status", report.status);
        self.reports.push(report);
        self.lose(id, &targets, answered, told);
    }

    /// Keeps the errors, and marks what is missing because of them.
    fn lose(&mut self, id: usize, targets: &[Targets<'a>], answered: bool, told: Told) {
        if let Some(errors) = self.errors.get_mut(id) {
            *errors = told.placed;
        }
        let Some(prepared) = self.execution.fetches.get(id) else { return };
        let general = (!told.general.is_empty()).then_some(LossId { fetch: id, number: GENERAL });
        let entities: HashMap<(usize, usize), LossId> = told
            .entities
            .keys()
            .zip(FIRST_ENTITY..)
            .map(|(one, number)| (*one, LossId { fetch: id, number }))
            .collect();
        if let (true, false, Some(loss)) = (targets.is_empty(), answered, general) {
            self.marks.add(Place::ROOT, &prepared.slots, loss);
        }
        for (batch, targets) in targets.iter().enumerate() {
            let Some(slots) = prepared.slots.below(&targets.plan().response_key) else { continue };
            for (object, place) in targets.missing() {
                if let Some(loss) = entities.get(&(batch, place)).copied().or(general) {
                    self.marks.add(object, slots, loss);
                }
            }
        }
        if let Some(loss) = general {
            self.losses.add(loss, told.general);
        }
        for (one, errors) in told.entities {
            if let Some(loss) = entities.get(&one) {
                self.losses.add(*loss, errors);
            }
        }
    }
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
