//! Composition cases: each file in `tests/cases` holds subgraphs and what comes of them.
//!
//! A file has a section for each subgraph, then `== supergraph` (the types, without the definitions that come with the
//! specifications), `== hints`, or `== errors`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test may stop at the first surprise"
)]

mod case_file;

use std::fmt::Write as _;

use apollo_compiler::Schema;
use composition::{Subgraph, compose};

use case_file::{check_all, render};

const RESULTS: &[&str] = &["supergraph", "hints", "errors"];

/// What composition makes of the case, in the form of the case file.
fn outcome(subgraphs: &[Subgraph]) -> String {
    let mut sections = Vec::new();
    match compose(subgraphs) {
        Ok(composed) => {
            assert_reparses(&composed.supergraph_sdl);
            sections.push(("supergraph".to_owned(), own_types(&composed.supergraph_sdl)));
            if !composed.hints.is_empty() {
                let hints = composed.hints.iter().fold(String::new(), |mut all, hint| {
                    let _ = writeln!(all, "{hint}");
                    all
                });
                sections.push(("hints".to_owned(), hints));
            }
        }
        Err(errors) => {
            assert!(!errors.is_empty(), "a failure says why");
            let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
            sections.push(("errors".to_owned(), errors.join("\n")));
        }
    }
    render(sections.iter())
}

fn assert_reparses(sdl: &str) {
    if let Err(found) = Schema::parse_and_validate(sdl, "supergraph.graphql") {
        panic!("the supergraph is not valid:\n{}\n{sdl}", found.errors);
    }
}

/// The supergraph from the first type of the subgraphs on, and before it the links beyond `link` and `join`.
fn own_types(sdl: &str) -> String {
    let links: String = sdl
        .lines()
        .filter(|line| {
            // What most cases have says nothing.
            line.starts_with("  @link(") && !line.contains("/link/v1.0") && !line.contains("/join/v0.5")
        })
        .fold(String::new(), |mut all, line| {
            let _ = writeln!(all, "#{line}");
            all
        });
    let executable: String = sdl
        .lines()
        .filter(|line| {
            line.starts_with("directive @")
                && ![
                    "join__",
                    "link(",
                    "tag(",
                    "inaccessible ",
                    "authenticated ",
                    "requiresScopes(",
                    "policy(",
                    "cost(",
                    "listSize(",
                ]
                .iter()
                .any(|known| line["directive @".len()..].starts_with(known))
        })
        .fold(String::new(), |mut all, line| {
            let _ = writeln!(all, "{line}");
            all
        });
    let (_, types) = sdl.split_once("enum link__Purpose {").expect("the definitions of link");
    let (_, types) = types.split_once("}\n").expect("the end of link__Purpose");
    format!("{links}{executable}{}", types.trim_start())
}

#[test]
fn every_case_gives_what_it_says() {
    check_all("cases", RESULTS, RESULTS, |case| {
        let mut subgraphs = case.subgraphs();
        let actual = outcome(&subgraphs);
        subgraphs.reverse();
        let reversed = outcome(&subgraphs);
        assert_eq!(actual, reversed, "{}: the order of the subgraphs matters", case.path.display());
        actual
    });
}
