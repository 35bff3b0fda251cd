//! `tributary check` as a pipeline runs it: files in, text or JSON and an exit code out.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

const PUBLISHED: &str = "type Query { a: Int b: Int c: Int }";
/// Lacks `c`.
const PROPOSED: &str = "type Query { a: Int b: Int }";

/// A folder with a published supergraph, a proposed `supergraph.yaml` and recorded operations.
fn graph(operations: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("main.graphql"), PUBLISHED).unwrap();
    fs::write(
        at("supergraph.yaml"),
        "subgraphs: { main: { routing_url: http://main, schema: { file: main.graphql } } }",
    )
    .unwrap();
    let composed = tributary(folder.path(), &["compose", "--output", "published.graphql"]);
    assert!(composed.status.success(), "{composed:?}");
    fs::write(at("main.graphql"), PROPOSED).unwrap();
    fs::create_dir_all(at("operations/more")).unwrap();
    for (name, text) in operations {
        fs::write(at("operations").join(name), text).unwrap();
    }
    folder
}

fn tributary(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tributary")).args(arguments).current_dir(folder).output().unwrap()
}

/// The exit code, standard output and standard error of a check.
fn check(folder: &TempDir, more: &[&str]) -> (i32, String, String) {
    let arguments = [&["check", "--against", "published.graphql"], more].concat();
    let output = tributary(folder.path(), &arguments);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn without_operations_each_breaking_change_fails() {
    let (code, text, _) = check(&graph(&[]), &[]);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("FIELD_REMOVED Query.c"), "{text}");
    assert!(
        text.ends_with("BREAKING: 1 breaking, 0 dangerous, 0 safe; authorization: 0 changes.\n"),
        "{text}"
    );
}

#[test]
fn with_operations_only_what_they_use_fails() {
    let unused = graph(&[("a.graphql", "{ a }"), ("more/b.gql", "{ b }"), ("notes.txt", "{ c }")]);
    let (code, text, _) = check(&unused, &["--operations", "operations"]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("2 operations checked"), "{text}");

    let used = graph(&[("a.graphql", "{ a }"), ("more/c.graphql", "query C {\n  a\n  c\n}")]);
    let (code, text, _) = check(&used, &["--operations", "operations"]);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("used by C (operations/more/c.graphql:3)"), "{text}");
    let (code, ..) = check(&used, &["--operations", "operations/a.graphql"]);
    assert_eq!(code, 0);
    let (code, ..) =
        check(&used, &["--operations", "operations/a.graphql", "--operations", "operations/more"]);
    assert_eq!(code, 1);
}

#[test]
fn json_says_what_the_exit_code_says() {
    let folder = graph(&[("a.graphql", "{ a }")]);
    for (more, breaking) in [(&["--json"][..], true), (&["--json", "--operations", "operations"], false)] {
        let (code, text, _) = check(&folder, more);
        let json: Value = serde_json::from_str(&text).unwrap();
        assert_eq!((code, &json["breaking"]), (i32::from(breaking), &Value::Bool(breaking)));
        assert_eq!(json["changes"][0]["coordinate"], "Query.c");
    }
}

#[test]
fn a_composed_supergraph_is_taken_too() {
    let (code, text, _) = check(&graph(&[]), &["--supergraph", "published.graphql"]);
    assert_eq!(
        (code, text.as_str()),
        (0, "OK: 0 breaking, 0 dangerous, 0 safe; authorization: 0 changes.\n")
    );
}

#[test]
fn what_cannot_be_checked_has_a_code_of_its_own() {
    let folder = graph(&[]);
    fs::write(folder.path().join("wrong.graphql"), "type Query { a: Missing }").unwrap();
    fs::write(
        folder.path().join("wrong.yaml"),
        "subgraphs: { wrong: { routing_url: http://wrong, schema: { file: wrong.graphql } } }",
    )
    .unwrap();
    for (more, expected) in [
        (&["--subgraphs", "wrong.yaml"][..], "INVALID_GRAPHQL [wrong 1:17]"),
        (&["--subgraphs", "missing.yaml"], "cannot read missing.yaml"),
        (&["--supergraph", "wrong.graphql"], "the proposed supergraph: "),
        // Nothing breaks against no operations: a wrong path must not pass for a good graph.
        (&["--operations", "operations"], "there is no .graphql file in operations"),
        (&["--operations", "missing"], "cannot read missing"),
    ] {
        let (code, text, error) = check(&folder, more);
        assert_eq!((code, text.as_str()), (2, ""), "{more:?}: {error}");
        assert!(error.contains(expected), "{more:?}: {error}");
    }
}
