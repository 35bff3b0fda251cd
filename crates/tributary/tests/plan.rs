//! `tributary plan` with labels of progressive `@override`s.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs;
use std::process::{Command, Output};

use tempfile::TempDir;

fn folder(new: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("query.graphql", "{ n }");
    write("old.graphql", "type Query { n: Int }");
    let link =
        r#"extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@override"])"#;
    write("new.graphql", &format!("{link}\n{new}"));
    write(
        "supergraph.yaml",
        "subgraphs:
  old: { routing_url: http://old, schema: { file: old.graphql } }
  new: { routing_url: http://new, schema: { file: new.graphql } }",
    );
    folder
}

fn plan(folder: &TempDir, labels: &[&str]) -> Output {
    let labels = labels.iter().flat_map(|label| ["--label", label]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_tributary"));
    command.args(["plan", "query.graphql"]).args(labels).current_dir(folder.path()).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn a_named_label_is_active() {
    let folder = folder(r#"type Query { n: Int @override(from: "old", label: "percent(5)") }"#);
    for (labels, expected) in [
        (&[][..], "label \"percent(5)\" inactive\n#0 old\n"),
        (&["percent(5)"][..], "label \"percent(5)\" active\n#0 new\n"),
    ] {
        let output = plan(&folder, labels);
        assert!(text(&output.stdout).starts_with(expected), "{output:?}");
    }
}

#[test]
fn a_label_that_the_supergraph_has_not_is_refused() {
    for (new, known) in [
        (r#"type Query { n: Int @override(from: "old", label: "percent(5)") }"#, "known are: percent(5)"),
        ("type Query { m: Int }", "none has any"),
    ] {
        let output = plan(&folder(new), &["percent(6)"]);
        assert_eq!(output.status.code(), Some(2));
        let error = text(&output.stderr).lines().last().unwrap().to_owned();
        let expected =
            format!("tributary: no @override of the supergraph has the label \"percent(6)\"; {known}");
        assert_eq!(error, expected);
    }
}
