use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::HeaderMap;
use planner::{
    Condition, Content, EntityBatch, Fetch, FetchId, OperationKind, OutputField, OutputSelection, PathStep,
    Plan, Representation, RepresentationField, Shape, Source, Target,
};
use serde_json::{Value, json};
use wire::{Request, Response, Subgraph, TransportError};

use super::super::losses::Losses;
use super::super::{Execution, PreparedFetch, Projection, Variables, run};
use crate::config::ErrorsConfig;
use crate::transport::Transport;

/// The shape of a type as the GraphQL specification writes it. `T` is an object with that selection.
pub(super) fn shape(text: &str, selection: &OutputSelection) -> Shape {
    let (text, non_null) = match text.strip_suffix('!') {
        Some(text) => (text, true),
        None => (text, false),
    };
    let content = match text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
        Some(item) => Content::List(Box::new(shape(item, selection))),
        None => match text {
            "T" => Content::Object { types: vec!["T".to_owned()], selection: selection.clone() },
            "Mood" => Content::Enum { name: "Mood".to_owned(), values: vec!["GOOD".to_owned()] },
            name => Content::Scalar { name: name.to_owned() },
        },
    };
    Shape { non_null, content }
}

/// A field of the answer that is read from the slot of the same name.
pub(super) fn field(name: &str, ty: &str, selection: &OutputSelection) -> OutputField {
    OutputField {
        response_key: name.to_owned(),
        types: vec![],
        condition: Condition::Always,
        defer: Vec::new(),
        source: Source::Slot { slot: name.to_owned(), shape: shape(ty, selection) },
    }
}

/// `{ name: type … }`, without anything below.
pub(super) fn leaves(fields: &[(&str, &str)]) -> OutputSelection {
    let none = OutputSelection::default();
    OutputSelection { fields: fields.iter().map(|(name, ty)| field(name, ty, &none)).collect() }
}

pub(super) fn root_fetch(subgraph: &str, operation: &str, after: &[usize]) -> Fetch {
    Fetch {
        subgraph: subgraph.to_owned(),
        after: after.iter().map(|id| FetchId(*id)).collect(),
        condition: Condition::Always,
        operation: operation.to_owned(),
        operation_name: None,
        variables: vec![],
        target: Target::Root,
        copies: None,
    }
}

/// A fetch of entities `T`, known by their `id`, at these slots.
pub(super) fn entity_fetch(subgraph: &str, after: &[usize], slots: &[&str]) -> Fetch {
    let id = RepresentationField {
        name: "id".to_owned(),
        slot: "id".to_owned(),
        required: true,
        selections: vec![],
    };
    let batch = EntityBatch {
        response_key: "_entities".to_owned(),
        variable: "representations".to_owned(),
        path: slots.iter().map(|slot| PathStep::Slot((*slot).to_owned())).collect(),
        condition: Condition::Always,
        contexts: vec![],
        representations: vec![Representation {
            types: vec![],
            typename: Some("T".to_owned()),
            fields: vec![id],
        }],
    };
    Fetch {
        target: Target::Entities { batches: vec![batch] },
        ..root_fetch(
            subgraph,
            "query($representations:[_Any!]!){_entities(representations:$representations){...on T{more}}}",
            after,
        )
    }
}

pub(super) fn plan(fetches: Vec<Fetch>, output: OutputSelection) -> Plan {
    Plan {
        kind: OperationKind::Query,
        name: None,
        fetches,
        output,
        defers: Vec::new(),
        labels: BTreeMap::new(),
    }
}

/// A subgraph that answers by a function, and keeps what it was asked.
pub(super) struct Answering<F> {
    answer: F,
    pub(super) asked: Mutex<Vec<Value>>,
}

impl<F> Answering<F> {
    pub(super) fn new(answer: F) -> Arc<Self> {
        Arc::new(Self { answer, asked: Mutex::default() })
    }
}

#[async_trait]
impl<F, A> Subgraph for Answering<F>
where
    F: Fn() -> A + Send + Sync,
    A: Future<Output = Result<String, TransportError>> + Send,
{
    async fn call(&self, request: Request) -> Result<Response, TransportError> {
        self.asked.lock().unwrap().push(serde_json::from_slice(&request.body).unwrap());
        let body = (self.answer)().await?;
        Ok(Response { headers: HeaderMap::new(), body: Bytes::from(body) })
    }
}

/// A subgraph that always says the same.
pub(super) fn saying(body: &str) -> Arc<dyn Subgraph> {
    let body = body.to_owned();
    Answering::new(move || {
        let body = body.clone();
        async move { Ok(body) }
    })
}

/// Runs the plan: the text of `data`, and the errors.
pub(super) async fn execute(plan: &Plan, subgraphs: &[(&str, Arc<dyn Subgraph>)]) -> (String, Value) {
    let subgraphs: HashMap<&str, Transport> =
        subgraphs.iter().map(|(name, subgraph)| (*name, Arc::clone(subgraph))).collect();
    let door = |name: &str| Some((Arc::clone(subgraphs.get(name)?), HeaderMap::new()));
    let fetches: Vec<PreparedFetch> = plan.fetches.iter().map(PreparedFetch::new).collect();
    let variables = Variables::default();
    let execution = Execution {
        plan,
        fetches: &fetches,
        variables: &variables,
        errors: &ErrorsConfig::default(),
        door: &door,
        deadline: tokio::time::Instant::now() + Duration::from_secs(60),
        event: None,
    };
    let executed = run(&execution).await;
    let mut errors = executed.errors;
    let data = projection(plan, &variables, &executed.losses).write(&executed.data, &mut errors).unwrap();
    (String::from_utf8(data).unwrap(), json!(errors))
}

fn projection<'a>(plan: &'a Plan, variables: &'a Variables, losses: &'a Losses) -> Projection<'a> {
    static NONE: std::sync::LazyLock<HashMap<String, Vec<u8>>> = std::sync::LazyLock::new(HashMap::new);
    Projection {
        output: &plan.output,
        introspection: &NONE,
        variables,
        losses,
        longest: 1 << 20,
        deferring: false,
    }
}
