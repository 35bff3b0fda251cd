//! The subgraph as a program.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Output, Stdio};

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
    assert_eq!(
        text(&first.stdout),
        "applied m20260101_000001_books\napplied m20260201_000001_payments_by_age\n",
        "{first:?}"
    );
    let second = billing(&["migrate", "--database-url", &url]);
    assert_eq!(text(&second.stdout), "nothing to apply\n", "{second:?}");
}

#[test]
fn starts_with_a_file_of_its_own_and_brings_it_up_to_date() {
    let folder = TempDir::new().unwrap();
    let keys = folder.path().join("keys.json");
    fs::write(&keys, "{\"keys\":[]}").unwrap();
    let mut process = Command::new(env!("CARGO_BIN_EXE_billing"))
        .args(["--listen", "127.0.0.1:0", "--jwks", "keys.json"])
        .current_dir(folder.path())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let log = BufReader::new(process.stderr.take().unwrap()).lines();
    let listening = log.map_while(Result::ok).any(|line| line.contains("listening"));
    process.kill().unwrap();
    process.wait().unwrap();
    assert!(listening, "it ended without listening");
    let url = format!("sqlite://{}", folder.path().join("data/billing.db").display());
    let migrated = billing(&["migrate", "--database-url", &url]);
    assert_eq!(text(&migrated.stdout), "nothing to apply\n", "{migrated:?}");
}

#[test]
fn shows_what_can_be_configured() {
    let shown = text(&billing(&["config", "default"]).stdout);
    assert!(shown.contains("sqlite://data/billing.db"), "{shown}");
    assert!(text(&billing(&["config", "schema"]).stdout).contains("answer_fields"));
}

#[test]
fn a_missing_key_set_is_one_line_and_exit_code_2() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let output = billing(&["--data", data.to_str().unwrap(), "--jwks", "/nowhere/keys.json"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let error = text(&output.stderr);
    assert!(error.contains("cannot read the keys in /nowhere/keys.json"), "{error}");
    assert_eq!(error.lines().count(), 1, "{error}");
}
