//! Plans proven by running them: the federated answer equals the monolith's, and no subgraph is asked what it does
//! not know.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed test should say where"
)]

mod support;

use std::fs;

use apollo_compiler::ExecutableDocument;
use planner::{Options, Supergraph, plan};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use support::execute::Executor;
use support::subgraphs::World;
use support::{folders, generate, load, runner, sorted};

fn variables() -> Map<String, Value> {
    json!({ "yes": true, "no": false, "text": "t", "x": true, "y": false, "n": 2 })
        .as_object()
        .unwrap()
        .clone()
}

/// Plans and runs an operation, and compares. `false`: it is no valid operation.
fn check(supergraph: &Supergraph, world: &World, query: &str, variables: &Map<String, Value>) -> bool {
    let Ok(document) = ExecutableDocument::parse_and_validate(supergraph.api_schema(), query, "query") else {
        return false;
    };
    let operation = document.operations.get(None).unwrap();
    let mut variables: Map<String, Value> = variables
        .iter()
        .filter(|(name, _)| operation.variables.iter().any(|v| v.name == name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    runner::defaults(operation, &mut variables);
    let plan = plan(supergraph, &document, None, &Options::default())
        .unwrap_or_else(|error| panic!("{query}\n{error}"));
    let monolith = Executor { world, subgraph: None, document: &document, variables: &variables };
    let expected = monolith.run(operation);
    let outcome =
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| runner::run(world, &plan, &variables)));
    let Ok(answer) = outcome else {
        panic!(
            "while running
{query}
{plan}"
        )
    };
    assert_eq!(
        answer, expected,
        "
{query}
{plan}"
    );
    true
}

#[test]
fn recorded_operations_answer_like_the_monolith() {
    for folder in folders() {
        let (supergraph, world) = load(&folder);
        for file in sorted(&folder.join("queries")) {
            let query = fs::read_to_string(&file).unwrap();
            if query.contains("refused") {
                continue;
            }
            for flip in [false, true] {
                let mut variables = variables();
                if flip {
                    variables.values_mut().for_each(|v| {
                        if let Some(b) = v.as_bool() {
                            *v = json!(!b);
                        }
                    });
                }
                assert!(check(&supergraph, &world, &query, &variables), "{} is not valid", file.display());
            }
        }
    }
}

fn random(name: &str, cases: u32) {
    let folder = support::cases().join(name);
    let folder = if folder.exists() { folder } else { support::conformance().join(name) };
    let (supergraph, world) = load(&folder);
    let config = ProptestConfig {
        cases,
        failure_persistence: None,
        max_shrink_iters: 4000,
        ..ProptestConfig::default()
    };
    proptest!(config, |(bytes in proptest::collection::vec(any::<u8>(), 1..160))| {
        let query = generate::operation(supergraph.api_schema(), &bytes);
        check(&supergraph, &world, &query, &variables());
    });
}

#[test]
fn random_operations_on_every_graph_answer_like_the_monolith() {
    let cases = std::env::var("PLANNER_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(300);
    for folder in folders() {
        random(&folder.file_name().unwrap().display().to_string(), cases);
    }
}

/// The schema sets of the conformance groups, as far as the universe of these tests knows their like.
#[test]
fn random_operations_on_conformance_schemas_answer_like_the_monolith() {
    let cases = std::env::var("PLANNER_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(20);
    let only = std::env::var("PLANNER_GROUP").unwrap_or_default();
    for folder in sorted(&support::conformance()) {
        let name = folder.file_name().unwrap().display().to_string();
        // In one, a value depends on how it was computed, and one subgraph only knows it by itself; the other's supergraph
        // does not say all of its subgraphs.
        if name.contains(&only)
            && !["requires-circular", "corrupted-supergraph-node-id"].contains(&name.as_str())
        {
            random(&name, cases);
        }
    }
}
