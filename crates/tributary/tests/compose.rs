//! `tributary compose` with tags: the supergraph of a contract.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs;
use std::process::{Command, Output};

/// Composes one subgraph.
fn compose(types: &str, arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    let link = r#"extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@tag"])"#;
    write("main.graphql", &format!("{link}\n{types}"));
    write(
        "supergraph.yaml",
        "subgraphs: { main: { routing_url: http://main, schema: { file: main.graphql } } }",
    );
    let mut command = Command::new(env!("CARGO_BIN_EXE_tributary"));
    command.arg("compose").args(arguments).current_dir(folder.path()).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

const TYPES: &str = r#"
    type Query { a: Int @tag(name: "x") b: Int @tag(name: "y") c: C @tag(name: "x") @tag(name: "y") d: Int }
    type C { e: Int @tag(name: "x") }
    type Orphan { f: Int @tag(name: "x") }
"#;

#[test]
fn tags_choose_what_clients_see() {
    for (arguments, api) in [
        (
            &["--include-tag", "x"][..],
            "type C {\n  e: Int\n}\n\ntype Orphan {\n  f: Int\n}\n\ntype Query {\n  a: Int\n  c: C\n}\n",
        ),
        (
            &["--include-tag", "x", "--exclude-tag", "y", "--hide-unreachable-types"][..],
            "type Query {\n  a: Int\n}\n",
        ),
        (
            &["--include-tag", "x", "--include-tag", "y", "--hide-unreachable-types"][..],
            "type C {\n  e: Int\n}\n\ntype Query {\n  a: Int\n  b: Int\n  c: C\n}\n",
        ),
    ] {
        let output = compose(TYPES, &[arguments, &["--api"]].concat());
        assert_eq!(text(&output.stdout), api, "{output:?}");
        // The supergraph has all there is.
        let output = compose(TYPES, arguments);
        let supergraph = text(&output.stdout);
        assert!(supergraph.contains("d: Int @inaccessible\n"), "{supergraph}");
        assert!(supergraph.contains("specs.apollo.dev/inaccessible/v0.2"), "{supergraph}");
    }
}

#[test]
fn a_contract_that_can_not_be_is_told() {
    let broken = r#"type Query { t: T i: I } interface I { a: Int b: Int } type T implements I { a: Int b: Int @tag(name: "x") }"#;
    for (types, arguments, told) in [
        (TYPES, ["--include-tag", "z"], "the contract hides all fields of the query root type"),
        (
            broken,
            ["--exclude-tag", "x"],
            "T hides a part of what its interface I shows; tag the field of I in the same way",
        ),
    ] {
        let output = compose(types, &arguments);
        assert_eq!((output.status.code(), text(&output.stdout)), (Some(2), ""));
        assert_eq!(text(&output.stderr), format!("tributary: the contract can't be made: {told}\n"));
    }
}
