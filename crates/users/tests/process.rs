//! The subgraph as a program.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::process::{Command, Output};

use tempfile::TempDir;

fn users(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_users")).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn prints_the_schema() {
    let output = users(&["schema"]);
    assert!(output.status.success());
    assert_eq!(text(&output.stdout), users::sdl());
}

#[test]
fn migrates() {
    let folder = TempDir::new().unwrap();
    let url = format!("sqlite://{}", folder.path().join("users.db").display());
    let first = users(&["migrate", "--database-url", &url]);
    assert_eq!(text(&first.stdout), "applied m20260101_000001_organizations\n", "{first:?}");
    let second = users(&["migrate", "--database-url", &url]);
    assert_eq!(text(&second.stdout), "nothing to apply\n", "{second:?}");
}

#[test]
fn a_mistake_is_one_line_and_exit_code_2() {
    let folder = TempDir::new().unwrap();
    let url = format!("sqlite://{}", folder.path().join("users.db").display());
    let config = folder.path().join("users.toml");
    std::fs::write(&config, "[subgraph.database]\nurll = \"x\"\n").unwrap();
    let config = config.to_str().unwrap();
    let taken = folder.path().join("taken");
    std::fs::write(&taken, "").unwrap();
    let cases: [(&[&str], &str); 5] = [
        (&["migrate", "--data", taken.to_str().unwrap()], "cannot write to the folder"),
        (&["migrate", "--database-url", "sqlite:///nowhere/at/all.db"], "cannot open the sqlite database"),
        (&["migrate", "--database-url", "postgres://u:hun/ter2@h/users"], "the database URL cannot be read"),
        (&["--database-url", &url, "--jwks", "/nowhere/keys.json"], "cannot read the keys"),
        (&["--config", config], "users.toml:2:1: unknown key `urll`; did you mean `url`?"),
    ];
    for (arguments, message) in cases {
        let output = users(arguments);
        let error = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {error}");
        assert!(error.contains(message), "{arguments:?}: {error}");
        assert_eq!(error.lines().count(), 1, "{arguments:?}: {error}");
    }
}
