//! Contracts: each file in `tests/contracts` holds subgraphs, a filter, and the API schema that it leaves.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod case_file;

use std::collections::BTreeSet;

use composition::{ContractError, ContractFilter, compose, contract, contract_supergraph};

use case_file::{check_all, render};

/// Lines `include: a b`, `exclude: c` and `hide unreachable`.
fn filter(text: &str) -> ContractFilter {
    let tags = |start: &str| -> BTreeSet<String> {
        let lines = text.lines().filter_map(|line| line.strip_prefix(start));
        lines.flat_map(str::split_whitespace).map(str::to_owned).collect()
    };
    ContractFilter {
        include: tags("include:"),
        exclude: tags("exclude:"),
        hide_unreachable: text.lines().any(|line| line == "hide unreachable"),
    }
}

#[test]
fn every_contract_shows_what_it_says() {
    check_all("contracts", &["filter", "api", "refused"], &["api", "refused"], |case| {
        let supergraph = compose(&case.subgraphs()).expect("subgraphs that compose").supergraph_sdl;
        let (_, chosen) = case.sections.iter().find(|(name, _)| name == "filter").expect("a filter");
        let filter = filter(chosen);
        let section = match contract(&supergraph, &filter) {
            Ok(sdl) => ("api".to_owned(), sdl),
            Err(error) => ("refused".to_owned(), error.to_string()),
        };
        // What a gateway serves shows the same.
        match contract_supergraph(&supergraph, &filter) {
            Ok(sdl) => {
                let shown = contract(&sdl, &ContractFilter::default()).expect("an API schema");
                assert_eq!(shown, section.1, "{}", case.path.display());
                assert!(sdl.contains("join__Graph"), "{sdl}");
            }
            Err(ContractError::BrokenInterface { .. }) => assert!(case.path.ends_with("interfaces.txt")),
            Err(error) => assert_eq!(error.to_string(), section.1),
        }
        render([section].iter())
    });
}

#[test]
fn what_is_no_supergraph_is_refused() {
    for sdl in
        ["", "type {", "type Query { a: Missing }", "extend schema @link(url: 1) type Query { a: Int }"]
    {
        let refused = contract(sdl, &ContractFilter::default());
        assert!(matches!(refused, Err(ContractError::InvalidSupergraph(_))), "{sdl}: {refused:?}");
    }
}
