//! A graph, set up twice, and what differs between the answers.

use std::collections::BTreeSet;
use std::sync::Arc;

use apollo_compiler::Schema;
use apollo_compiler::response::{JsonMap, JsonValue};
use apollo_compiler::validation::Valid;
use axum::Router;
use axum::body::{Body, to_bytes};
use gateway::{Config, Gateway};
use tower::ServiceExt as _;

use crate::argument::canonical;
use crate::case::{Graph, Operation};
use crate::server::{Subgraph, monolith};
use crate::view::{fields, linked};
use crate::world::{World, possible};

/// The kinds of what can be found. A case is made smaller as long as it shows the same kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `data` differs.
    Data,
    /// The errors stand at other places.
    Errors,
    /// A subgraph was asked what it must not be asked.
    Violation,
    /// The gateway refused what the one server answers.
    Refusal,
}

/// A difference.
#[derive(Debug, Clone)]
pub struct Finding {
    /// What kind.
    pub kind: Kind,
    /// What was told on both sides.
    pub message: String,
}

/// What came of an operation.
#[derive(Debug)]
pub enum Outcome {
    /// The answers are equal; whether they told errors.
    Equal {
        /// There were some.
        errors: bool,
    },
    /// The one server does not take the operation: nothing can be compared.
    Invalid(String),
    /// The answers differ.
    Different(Finding),
}

/// The one server, and the gateway over the subgraphs.
pub struct Arena {
    world: Arc<World>,
    gateway: Router,
}

impl Arena {
    /// Sets a graph up.
    ///
    /// # Errors
    /// What composition, or another part before the first operation, has against it.
    pub fn new(graph: &Graph) -> Result<Self, String> {
        let world = Arc::new(World::new(graph)?);
        let subgraphs: Vec<_> = graph.subgraphs.iter().map(|(name, sdl)| linked(name, sdl)).collect();
        let composed = composition::compose(&subgraphs)
            .map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
        agree(&world.whole, &composed.supergraph_sdl)?;
        // A provider that is there already is as good.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let mut config = Config::default();
        config.authentication.insecure_no_auth = true;
        let builder = Gateway::builder(config).supergraph_sdl(composed.supergraph_sdl);
        let builder = world.views.iter().enumerate().fold(builder, |builder, (at, view)| {
            builder.in_process(&view.name, Arc::new(Subgraph { world: Arc::clone(&world), at }))
        });
        let gateway = builder.build().map_err(|error| error.to_string())?;
        Ok(Self { world, gateway: gateway.router() })
    }

    /// The schema that operations are written against.
    pub(crate) fn schema(&self) -> &Valid<Schema> {
        &self.world.whole
    }

    /// Asks both.
    pub async fn compare(&self, operation: &Operation) -> Outcome {
        let variables: JsonMap = operation
            .variables
            .iter()
            .map(|(name, value)| (name.as_str().into(), value.clone().into()))
            .collect();
        self.world.begin();
        let expected = match monolith(&self.world, &operation.operation, &variables) {
            Ok(expected) => expected,
            Err(error) => return Outcome::Invalid(error),
        };
        let expected = serde_json::to_vec(&expected).map_err(|error| error.to_string());
        self.world.begin();
        let answer = self.ask(operation).await;
        let violations = self.world.violations.lock().map(|mut found| std::mem::take(&mut *found));
        let violations = violations.unwrap_or_default();
        let compared = expected.and_then(|expected| Answer::read(&expected)).and_then(|expected| {
            let told = Answer::read(&answer)?;
            Ok((expected, told))
        });
        let different = |kind, message| Outcome::Different(Finding { kind, message });
        let (expected, told) = match compared {
            Ok(both) => both,
            Err(error) => return different(Kind::Refusal, error),
        };
        if let Some(violation) = violations.first() {
            return different(Kind::Violation, violation.clone());
        }
        let both = || format!("one server: {}\ngateway:    {}", expected.text, told.text);
        match (&expected.data, &told.data) {
            (_, None) => different(Kind::Refusal, both()),
            (Some(one), Some(other)) if same(one, other, operation) => {
                if expected.errors.is_empty() == told.errors.is_empty() && expected.places() == told.places()
                {
                    return Outcome::Equal { errors: !expected.errors.is_empty() };
                }
                different(Kind::Errors, both())
            }
            _ => different(Kind::Data, both()),
        }
    }

    async fn ask(&self, operation: &Operation) -> Vec<u8> {
        let body = serde_json::json!({ "query": operation.operation, "variables": operation.variables });
        let request = http::Request::post("/graphql")
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()));
        let Ok(request) = request else { return Vec::new() };
        let response = match self.gateway.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        to_bytes(response.into_body(), usize::MAX).await.map(Vec::from).unwrap_or_default()
    }
}

/// Whether data is equal. The order of keys counts, but not where variables decide about selections: a plan is the same whatever
/// the variables, and so a key that is selected twice stands where it first stands in the text, even where that selection is
/// skipped. (GraphQL specification, 7.2.2: the order *should* be that of execution.)
fn same(one: &JsonValue, other: &JsonValue, operation: &Operation) -> bool {
    if operation.operation.contains("(if: $") {
        canonical(one) == canonical(other)
    } else {
        // Maps are equal in any order, their texts are not.
        let (one, other) = (one.to_string(), other.to_string());
        one == other
    }
}

/// Whether clients of both see the same schema; else there is nothing to compare.
fn agree(whole: &Schema, supergraph: &str) -> Result<(), String> {
    let api = composition::contract(supergraph, &composition::ContractFilter::default())
        .map_err(|error| error.to_string())?;
    let api = Schema::parse(api, "api.graphql").map_err(|error| error.errors.to_string())?;
    let (one, other) = (lines(whole), lines(&api));
    match one.symmetric_difference(&other).next() {
        None => Ok(()),
        Some(line) => Err(format!("composed, the graph is another: {line}")),
    }
}

/// A schema as a set of lines.
fn lines(schema: &Schema) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    for ty in schema.types.values().filter(|ty| !ty.is_built_in()) {
        let name = ty.name();
        for field in fields(ty) {
            let arguments: BTreeSet<String> = field.arguments.iter().map(ToString::to_string).collect();
            lines.insert(format!("{name}.{}{arguments:?}: {}", field.name, field.ty));
        }
        lines.extend(possible(schema, name).into_iter().map(|member| format!("{name} can be {member}")));
    }
    lines
}

/// An answer's parts.
struct Answer {
    text: String,
    /// `None` where the request was refused.
    data: Option<JsonValue>,
    errors: Vec<JsonValue>,
}

impl Answer {
    fn read(body: &[u8]) -> Result<Self, String> {
        let text = String::from_utf8_lossy(body).into_owned();
        let mut whole: JsonMap = serde_json::from_slice(body).map_err(|error| format!("{error}: {text}"))?;
        let errors = match whole.remove("errors") {
            Some(JsonValue::Array(errors)) => errors,
            _ => Vec::new(),
        };
        Ok(Self { text, data: whole.remove("data"), errors })
    }

    /// Where errors show in the data: at a null, the nearest above where the null spread. Of several errors that took the same place
    /// with them a server need not tell more than one (GraphQL specification, 6.4.4), and so which one it was is not compared.
    /// Errors without a path stand nowhere: the gateway tells one of an entity that did not come back where its subgraph told errors
    /// of others alone.
    fn places(&self) -> BTreeSet<String> {
        let place = |error: &JsonValue| {
            let path = error.get("path").and_then(JsonValue::as_array).cloned().unwrap_or_default();
            let mut at = self.data.as_ref();
            let mut passed = String::new();
            for step in &path {
                if at.is_none_or(JsonValue::is_null) {
                    break;
                }
                passed.push_str(&format!("/{step}"));
                at = match step {
                    JsonValue::Number(index) => {
                        at.and_then(|at| at.get(usize::try_from(index.as_u64()?).ok()?))
                    }
                    _ => at.and_then(|at| at.get(step.as_str()?)),
                };
            }
            match at {
                Some(JsonValue::Null) => passed,
                // An error beside a value explains nothing.
                _ => format!("{passed} is not null"),
            }
        };
        self.errors.iter().filter(|error| error.get("path").is_some()).map(place).collect()
    }
}
