//! Any subgraphs: composition ends with a supergraph that all others can read, or with errors.
//!
//! The input has the form of composition's case files (`crates/composition/tests/cases`), which are seeds as they are: a line
//! `== NAME`, then the subgraph's SDL. Other sections of a case file are passed over.

use apollo_compiler::Schema;
use composition::{ContractFilter, Subgraph, compose, contract};
use planner::{Supergraph, SupergraphError};

/// What a line `#v2` stands for.
const V2: &str = r#"extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@external", "@requires", "@provides", "@override", "@inaccessible", "@tag", "@interfaceObject", "@extends", "@composeDirective", "@authenticated", "@requiresScopes", "@policy", "@cost", "@listSize", "@context", "@fromContext"])"#;
/// The sections of a case file that are no subgraphs.
const RESULTS: [&str; 3] = ["supergraph", "hints", "errors"];
/// More subgraphs take longer and show nothing new.
const MOST_SUBGRAPHS: usize = 5;

pub(crate) fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut subgraphs = subgraphs(text);
    let composed = compose(&subgraphs);
    match &composed {
        Ok(composed) => check(&composed.supergraph_sdl),
        Err(errors) => {
            assert!(!errors.is_empty(), "a failure says why");
            assert!(errors.iter().all(|error| !error.to_string().is_empty()), "an error has a text");
        }
    }
    subgraphs.reverse();
    assert_eq!(compose(&subgraphs), composed, "the order of the subgraphs matters");
}

fn subgraphs(text: &str) -> Vec<Subgraph> {
    let mut subgraphs: Vec<Subgraph> = Vec::new();
    for section in format!("\n{text}").split("\n== ").skip(1) {
        let (name, sdl) = section.split_once('\n').unwrap_or((section, ""));
        let name = name.trim();
        if !RESULTS.contains(&name) && subgraphs.len() < MOST_SUBGRAPHS {
            let url = "http://subgraph.test".to_owned();
            subgraphs.push(Subgraph { name: name.to_owned(), url, sdl: sdl.replace("#v2", V2) });
        }
    }
    subgraphs
}

/// Whoever takes a supergraph takes this one.
fn check(sdl: &str) {
    if let Err(found) = Schema::parse_and_validate(sdl, "supergraph.graphql") {
        panic!("the supergraph is not valid:\n{}\n{sdl}", found.errors);
    }
    if let Err(error) = contract(sdl, &ContractFilter::default()) {
        panic!("there is no API schema: {error}\n{sdl}");
    }
    match Supergraph::parse(sdl) {
        Ok(_) | Err(SupergraphError::UnsupportedFeature { .. }) => {}
        Err(error) => panic!("the planner does not take it: {error}\n{sdl}"),
    }
}
