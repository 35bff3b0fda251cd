//! Compared with another planner on every operation of the conformance groups: never more fetches, never a longer path.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a failed test should say where"
)]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use apollo_compiler::ExecutableDocument;
use hive_router_query_planner::ast::normalization::normalize_operation;
use hive_router_query_planner::graph::PlannerOverrideContext;
use hive_router_query_planner::planner::plan_nodes::{PlanNode, QueryPlan};
use hive_router_query_planner::planner::{Planner, QueryPlannerOptions};
use hive_router_query_planner::utils::cancellation::CancellationToken;
use hive_router_query_planner::utils::parsing::{safe_parse_operation, safe_parse_schema};
use planner::{OperationKind, Options, Plan, Supergraph, plan};
use serde_yaml_ng::Value;

/// Fetches in all, and on the longest path.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Size {
    fetches: usize,
    path: usize,
}

fn ours(plan: &Plan) -> Size {
    let mut levels: Vec<usize> = Vec::new();
    for fetch in &plan.fetches {
        let before = fetch.after.iter().map(|id| levels[id.0]).max().unwrap_or(0);
        levels.push(before + 1);
    }
    Size { fetches: levels.len(), path: levels.into_iter().max().unwrap_or(0) }
}

fn theirs(plan: &QueryPlan) -> Size {
    plan.node.as_ref().map_or(Size { fetches: 0, path: 0 }, node)
}

fn node(of: &PlanNode) -> Size {
    let join = |nodes: Vec<&PlanNode>, in_series: bool| {
        nodes.into_iter().map(node).fold(Size { fetches: 0, path: 0 }, |all, one| Size {
            fetches: all.fetches + one.fetches,
            path: if in_series { all.path + one.path } else { all.path.max(one.path) },
        })
    };
    match of {
        PlanNode::Fetch(_) | PlanNode::BatchFetch(_) => Size { fetches: 1, path: 1 },
        PlanNode::Sequence(sequence) => join(sequence.nodes.iter().collect(), true),
        PlanNode::Parallel(parallel) => join(parallel.nodes.iter().collect(), false),
        PlanNode::Flatten(flatten) => node(&flatten.node),
        PlanNode::Condition(condition) => {
            let clauses = [&condition.if_clause, &condition.else_clause];
            join(clauses.into_iter().flatten().map(|clause| &**clause).collect(), false)
        }
        other => panic!("{other:?} is not expected"),
    }
}

/// `None` where it finds no plan.
fn their_plan(supergraph: &str, query: &str) -> Option<QueryPlan> {
    let schema = safe_parse_schema(supergraph).ok()?;
    let document = safe_parse_operation(query).ok()?;
    // A frozen crate: what it panics on stays so.
    let planned = std::panic::catch_unwind(|| {
        let planner = Planner::new_from_supergraph(&schema, QueryPlannerOptions::default()).ok()?;
        let normalized = normalize_operation(&planner.supergraph, &document, None).ok()?;
        let context = PlannerOverrideContext::default();
        let operation = normalized.executable_operation();
        planner.plan_from_normalized_operation(operation, context, &CancellationToken::new()).ok()
    });
    planned.ok().flatten()
}

fn groups() -> Vec<PathBuf> {
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance");
    let mut all: Vec<PathBuf> = fs::read_dir(all).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.sort();
    all
}

#[test]
fn never_more_fetches_and_never_a_longer_path() {
    let mut worse = String::new();
    let (mut compared, mut better, mut unplanned) = (0, 0, 0);
    for folder in groups() {
        let text = fs::read_to_string(folder.join("supergraph.graphql")).unwrap();
        // There, fields are asked for without their values from contexts, which takes fewer fetches.
        if text.contains("contextArguments: [{") {
            continue;
        }
        let supergraph = Supergraph::parse(&text).unwrap();
        let cases: Vec<Value> =
            serde_yaml_ng::from_str(&fs::read_to_string(folder.join("cases.yaml")).unwrap()).unwrap();
        for query in cases.iter().map(|case| case["query"].as_str().unwrap()) {
            let valid = ExecutableDocument::parse_and_validate(supergraph.api_schema(), query, "query");
            let Ok(document) = valid else { continue };
            let plan = plan(&supergraph, &document, None, &Options::default()).unwrap();
            let Some(other) = their_plan(&text, query) else {
                unplanned += 1;
                continue;
            };
            let (ours, theirs) = (ours(&plan), theirs(&other));
            compared += 1;
            better += usize::from(ours.fetches < theirs.fetches || ours.path < theirs.path);
            // There, a mutation does not wait for what is fetched for the one before it.
            let comparable = plan.kind != OperationKind::Mutation;
            if comparable && (ours.fetches > theirs.fetches || ours.path > theirs.path) {
                let _ =
                    writeln!(worse, "{}: {query}\n{ours:?} {theirs:?}\n{plan}\n{other}", folder.display());
            }
        }
    }
    assert!(worse.is_empty(), "{worse}");
    let counts = format!("{compared} compared, {better} better, {unplanned} not planned there");
    assert!(compared > 300, "{counts}");
    println!("{counts}");
}
