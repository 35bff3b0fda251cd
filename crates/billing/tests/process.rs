//! The subgraph as a program.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::{Command, Output};

use tempfile::TempDir;

fn billing(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_billing")).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn prints_the_schema() {
    let output = billing(&["schema"]);
    assert!(output.status.success());
    assert_eq!(text(&output.stdout), billing::sdl());
}

#[test]
fn migrates() {
    let folder = TempDir::new().unwrap();
    let url = format!("sqlite://{}", folder.path().join("billing.db").display());
    let first = billing(&["migrate", "--database-url", &url]);
    assert_eq!(text(&first.stdout), "applied m20260101_000001_books\n", "{first:?}");
    let second = billing(&["migrate", "--database-url", &url]);
    assert_eq!(text(&second.stdout), "nothing to apply\n", "{second:?}");
}

#[test]
fn refuses_a_database_that_is_not_up_to_date() {
    let folder = TempDir::new().unwrap();
    let url = format!("sqlite://{}", folder.path().join("billing.db").display());
    let output = billing(&["--database-url", &url, "--jwks", "keys.json"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let error = text(&output.stderr);
    assert!(error.contains("the database is not up to date"), "{error}");
    assert_eq!(error.lines().count(), 1, "{error}");
}
