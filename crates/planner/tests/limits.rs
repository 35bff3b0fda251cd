//! Hostile and huge operations: a plan or a clear error, in bounded time.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed test should say where"
)]

mod support;

use std::fmt::Write as _;

use apollo_compiler::ExecutableDocument;
use planner::{Options, Plan, PlanError, Supergraph, plan};

fn graph(name: &str) -> Supergraph {
    support::load(&support::cases().join(name)).0
}

fn try_plan(supergraph: &Supergraph, query: &str, options: &Options) -> Result<Plan, PlanError> {
    let document = ExecutableDocument::parse_and_validate(supergraph.api_schema(), query, "query")
        .unwrap_or_else(|error| panic!("{}", error.errors));
    plan(supergraph, &document, None, options)
}

#[test]
fn selections_that_double_at_each_level_are_refused() {
    let mut query = String::from("{ nodes { ...F0 } }\n");
    for level in 0..40 {
        let next = level + 1;
        let _ = writeln!(
            query,
            "fragment F{level} on Node {{ a: child {{ ...F{next} }} b: child {{ ...F{next} }} }}"
        );
    }
    query.push_str("fragment F40 on Node { id }");
    let error = try_plan(&graph("circles"), &query, &Options::default()).unwrap_err();
    assert_eq!(error.code(), "OPERATION_TOO_COMPLEX");
    assert_eq!(error.to_string(), "the operation is too complex: it needs more than 10000 selections");
}

#[test]
fn a_fragment_spread_many_times_is_planned_once() {
    let mut query = String::from("{ nodes { ...F0 } }\n");
    for level in 0..60 {
        let next = level + 1;
        let _ = writeln!(query, "fragment F{level} on Node {{ ...F{next} ...F{next} x{level}: id }}");
    }
    query.push_str("fragment F60 on Node { id }");
    let plan = try_plan(&graph("circles"), &query, &Options::default()).unwrap();
    assert_eq!(plan.fetches.len(), 1);
}

#[test]
fn deep_nesting_is_refused() {
    let depth = 40;
    let query = format!("{{ nodes {{ {} id {} }} }}", "child { ".repeat(depth), "}".repeat(depth));
    let options = Options { max_depth: 32, ..Options::default() };
    let error = try_plan(&graph("circles"), &query, &options).unwrap_err();
    assert_eq!(error.to_string(), "the operation is too complex: it needs more than 32 levels");
}

#[test]
fn deep_chains_of_requirements_end_within_the_budget() {
    let depth = 30;
    let query =
        format!("{{ nodes {{ {} a3 b2 label {} }} }}", "a3 child { b2 ".repeat(depth), "}".repeat(depth));
    let plan = try_plan(&graph("circles"), &query, &Options::default()).unwrap();
    // Each stage asks each subgraph once, however many levels there are.
    assert_eq!(plan.fetches.len(), 6);
}

/// Each level of a chain has its own requirements, with several ways for each.
fn chains(count: usize, depth: usize) -> String {
    let mut query = String::from("{");
    for n in 0..count {
        let (open, close) = ("a3 child { b2 ".repeat(depth), "}".repeat(depth));
        let _ = write!(query, " x{n}: nodes {{ {open} a3 b2 label {close} }}");
    }
    query + "}"
}

#[test]
fn the_effort_grows_with_the_operation_and_not_with_its_combinations() {
    let supergraph = graph("circles");
    for (count, depth, fetches, max_effort) in [(1, 60, 6, 10_000), (20, 28, 7, 250_000)] {
        let options = Options { max_effort, ..Options::default() };
        let plan = try_plan(&supergraph, &chains(count, depth), &options).unwrap();
        assert_eq!(plan.fetches.len(), fetches, "{count} of {depth}");
    }
}

#[test]
fn what_takes_too_much_effort_is_refused() {
    let options = Options { max_effort: 1_000, ..Options::default() };
    let error = try_plan(&graph("circles"), &chains(1, 60), &options).unwrap_err();
    assert_eq!(error.code(), "OPERATION_TOO_COMPLEX");
    assert_eq!(
        error.to_string(),
        "the operation is too complex: it needs more than 1000 steps of the search"
    );
}

#[test]
fn abstract_types_inside_abstract_types_meet_the_limit() {
    let mut query = String::from("{ popular { ...F0 } }\n");
    for level in 0..14 {
        let next = level + 1;
        let _ = writeln!(
            query,
            "fragment F{level} on Media {{ title comments {{ on {{ ...F{next} ... on Book {{ pages comments {{ on {{ ...F{next} }} }} }} }} }} }}"
        );
    }
    query.push_str("fragment F14 on Media { id }");
    let outcome = try_plan(&graph("interface_objects"), &query, &Options::default());
    assert_eq!(outcome.unwrap_err().code(), "OPERATION_TOO_COMPLEX");
}

#[test]
fn many_aliases_of_many_hops_are_one_request_for_each_stage() {
    let mut query = String::from("{");
    for n in 0..150 {
        let _ = write!(query, " p{n}: product(upc: \"{n}\") {{ inStock picker {{ battery }} }}");
    }
    query.push('}');
    let plan = try_plan(&graph("keys"), &query, &Options::default()).unwrap();
    assert_eq!(plan.fetches.len(), 4);
}

#[test]
fn the_same_operation_gets_the_same_plan_from_a_small_budget_too() {
    let supergraph = graph("platform");
    let query =
        "{ me { orders { nodes { invoice { billedTo { displayName } } lines { product { name } } } } } }";
    let generous = try_plan(&supergraph, query, &Options::default()).unwrap();
    let again = try_plan(&supergraph, query, &Options::default()).unwrap();
    assert_eq!(generous, again);
    let options = Options { search_budget: 1, ..Options::default() };
    assert_eq!(try_plan(&supergraph, query, &options).unwrap().fetches.len(), generous.fetches.len());
}

#[test]
fn operations_are_found_by_name() {
    let supergraph = graph("platform");
    let query = "query A { me { id } } query B { organization { id } }";
    let document = ExecutableDocument::parse_and_validate(supergraph.api_schema(), query, "query").unwrap();
    let options = Options::default();
    assert_eq!(plan(&supergraph, &document, Some("B"), &options).unwrap().name.as_deref(), Some("B"));
    for (name, text) in [
        (None, "the document has several operations: name the one to run"),
        (Some("C"), "the document has no operation named \"C\""),
    ] {
        let error = plan(&supergraph, &document, name, &options).unwrap_err();
        assert_eq!((error.code(), error.to_string().as_str()), ("BAD_REQUEST", text));
    }
}
