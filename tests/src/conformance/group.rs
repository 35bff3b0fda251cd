//! A group: read from its folder, and run.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use gateway::{Config, Gateway};
use serde::Deserialize;
use serde_json::{Value, json};

use super::executor::Executor;
use super::schema::SubgraphSchema;
use super::serve::ask;
use super::world::World;

/// One operation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What it is about.
    pub name: String,
    /// The operation.
    pub query: String,
    /// Its variables.
    #[serde(default)]
    pub variables: Value,
    /// Whether the answer comes with errors.
    #[serde(default)]
    pub errors: bool,
    /// Text that must stand nowhere in the answer.
    #[serde(default)]
    pub never: Vec<String>,
    /// The answer's `data`, written by hand because one server over all data would answer differently (a subgraph is
    /// at odds with the others). All other answers stand in `expected.json`.
    #[serde(default, deserialize_with = "given")]
    pub data: Option<Value>,
}

/// A null that is written down is an answer too.
fn given<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// A folder.
#[derive(Debug)]
pub struct Group {
    /// The folder's name.
    pub name: String,
    /// In the order of their names.
    pub(super) subgraphs: Vec<SubgraphSchema>,
    /// The supergraph that another tool composed.
    pub(super) ready_made: String,
    /// The gateway's configuration.
    pub(super) config: Config,
    /// All objects.
    pub(super) world: World,
    /// The operations.
    pub cases: Vec<Case>,
    /// The answers' `data`, by case.
    pub expected: BTreeMap<String, Value>,
    /// What a subgraph was asked that it must not be asked.
    pub(super) violations: Mutex<Vec<String>>,
    /// How many requests the subgraphs got.
    pub(super) requests: AtomicUsize,
}

impl Group {
    /// Reads a folder.
    pub fn read(folder: &Path) -> Self {
        let text = |name: &str| {
            fs::read_to_string(folder.join(name))
                .unwrap_or_else(|e| panic!("{}/{name}: {e}", folder.display()))
        };
        let yaml = |name: &str, error: serde_yaml_ng::Error| -> String {
            format!("{}/{name}: {error}", folder.display())
        };
        let files = fs::read_dir(folder.join("subgraphs")).expect("subgraphs");
        let own_config = Some(folder.join("gateway.toml")).filter(|file| file.exists());
        let mut config = Config::load(own_config.as_deref(), std::iter::empty())
            .unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
        config.authentication.insecure_no_auth = true;
        let mut files: Vec<_> = files.map(|entry| entry.expect("a file").path()).collect();
        files.sort();
        let mut subgraphs: Vec<SubgraphSchema> = files
            .iter()
            .map(|file| {
                let name = file.file_stem().expect("a name").to_string_lossy().into_owned();
                SubgraphSchema::parse(&name, &fs::read_to_string(file).expect("a schema"))
            })
            .collect();
        let lost: Vec<_> = subgraphs.iter().flat_map(|subgraph| subgraph.overrides.clone()).collect();
        for (coordinate, from) in lost {
            if let Some(loser) = subgraphs.iter_mut().find(|subgraph| subgraph.name == from) {
                loser.lost.insert(coordinate);
            }
        }
        let mut world: World = serde_yaml_ng::from_str(&text("data.yaml"))
            .unwrap_or_else(|e| panic!("{}", yaml("data.yaml", e)));
        world.learn(&subgraphs);
        let expected = fs::read_to_string(folder.join("expected.json")).unwrap_or_else(|_| "{}".to_owned());
        Self {
            name: folder.file_name().expect("a name").to_string_lossy().into_owned(),
            ready_made: text("supergraph.graphql"),
            cases: serde_yaml_ng::from_str(&text("cases.yaml"))
                .unwrap_or_else(|e| panic!("{}", yaml("cases.yaml", e))),
            expected: serde_json::from_str(&expected).expect("expected.json"),
            subgraphs,
            config,
            world,
            violations: Mutex::default(),
            requests: AtomicUsize::default(),
        }
    }

    /// The supergraph that our own composition makes.
    pub fn compose(&self) -> Result<String, String> {
        let subgraphs: Vec<composition::Subgraph> = self
            .subgraphs
            .iter()
            .map(|subgraph| composition::Subgraph {
                name: subgraph.name.clone(),
                url: format!("http://localhost/{}", subgraph.name),
                sdl: subgraph.sdl.clone(),
            })
            .collect();
        let composed = composition::compose(&subgraphs)
            .map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
        Ok(composed.supergraph_sdl)
    }

    /// What one server over all data answers, without a plan.
    pub fn monolith(&self, case: &Case) -> Result<Value, String> {
        let api = planner::Supergraph::parse(&self.ready_made).map_err(|error| error.to_string())?;
        let violations = Mutex::default();
        let schema = api.api_schema();
        let executor = Executor { world: &self.world, subgraph: None, schema, violations: &violations };
        self.world.forget();
        let answer = executor.answer(&body(case));
        let violations = violations.into_inner().map_err(|error| error.to_string())?;
        if violations.is_empty() { Ok(answer) } else { Err(violations.join("\n")) }
    }

    /// Runs one case; an empty text if all is well.
    pub async fn check(self: &Arc<Self>, gateway: &Gateway, case: &Case) -> String {
        self.world.forget();
        self.violations.lock().expect("violations").clear();
        self.requests.store(0, Ordering::Relaxed);
        let answer = ask(gateway, &body(case)).await;
        let mut problems = self.violations.lock().expect("violations").clone();
        let expected = case.data.as_ref().or_else(|| self.expected.get(&case.name));
        match expected {
            Some(expected) if answer["data"] == *expected => {}
            Some(expected) => problems.push(format!("expected {expected}")),
            None => problems.push("no answer is recorded".to_owned()),
        }
        if (answer.get("errors").is_some()) != case.errors {
            problems.push(format!("errors expected: {}", case.errors));
        }
        let text = answer.to_string();
        problems
            .extend(case.never.iter().filter(|t| text.contains(*t)).map(|t| format!("{t} must stay hidden")));
        if problems.is_empty() {
            String::new()
        } else {
            format!("{}\nanswered {answer}", problems.join("\n"))
        }
    }
}

fn body(case: &Case) -> Value {
    json!({ "query": case.query, "variables": case.variables })
}
