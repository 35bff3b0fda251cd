//! Every case of `cases/`, through the face, against its report as people read it.
//!
//! A case is one file of sections, each begun by a line `#### KIND NAME`: `published` and `proposed` hold the SDL of a subgraph,
//! `published-supergraph` and `proposed-supergraph` a composed one, `operation` a recorded document.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::PathBuf;

use schema_check::{OperationFile, Report, check};

#[test]
fn every_case_reads_as_recorded() {
    for file in files() {
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        let report = report(&fs::read_to_string(&file).unwrap());
        insta::with_settings!({ omit_expression => true }, {
            insta::assert_snapshot!(name, report.to_string());
        });
    }
}

/// The form for programs, where it says what the text doesn't.
#[test]
fn json_has_its_shape() {
    let text = fs::read_to_string("tests/cases/everything_for_programs.graphql").unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&report(&text)).unwrap());
}

#[test]
fn nothing_changed_is_no_change() {
    for file in files() {
        let text = fs::read_to_string(&file).unwrap();
        for side in ["published", "proposed"] {
            let sdl = supergraph(&text, side);
            let report = check(&sdl, &sdl, Some(&[])).unwrap();
            assert!(!report.is_breaking(), "{}", file.display());
            assert_eq!((report.changes, report.authorization), (Vec::new(), Vec::new()));
        }
    }
}

/// A check that cannot be made says which of the two it could not read.
#[test]
fn what_is_no_supergraph_is_an_error() {
    let good = supergraph("#### published main\ntype Query { a: Int }", "published");
    let bad = "type Query {";
    assert!(check(bad, &good, None).unwrap_err().to_string().starts_with("the published supergraph: "));
    assert!(check(&good, bad, None).unwrap_err().to_string().starts_with("the proposed supergraph: "));
}

fn files() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        fs::read_dir("tests/cases").unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

fn report(case: &str) -> Report {
    let operations: Vec<OperationFile> = sections(case)
        .into_iter()
        .filter(|(kind, _, _)| *kind == "operation")
        .map(|(_, name, text)| OperationFile { name: name.to_owned(), text })
        .collect();
    let operations = (!operations.is_empty()).then_some(operations);
    check(&supergraph(case, "published"), &supergraph(case, "proposed"), operations.as_deref()).unwrap()
}

fn supergraph(case: &str, side: &str) -> String {
    let sections = sections(case);
    if let Some((_, _, sdl)) = sections.iter().find(|(kind, _, _)| *kind == format!("{side}-supergraph")) {
        return sdl.clone();
    }
    let subgraphs: Vec<composition::Subgraph> = sections
        .into_iter()
        .filter(|(kind, _, _)| *kind == side)
        .map(|(_, name, sdl)| composition::Subgraph { name: name.to_owned(), url: String::new(), sdl })
        .collect();
    composition::compose(&subgraphs).unwrap().supergraph_sdl
}

fn sections(case: &str) -> Vec<(&str, &str, String)> {
    let mut sections = Vec::new();
    for line in case.lines() {
        match line.strip_prefix("#### ").map(|heading| heading.split_once(' ').unwrap()) {
            Some((kind, name)) => sections.push((kind, name, String::new())),
            None => {
                let (_, _, text) = sections.last_mut().expect("a case begins with a heading");
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    sections
}
