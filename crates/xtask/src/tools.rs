//! Programs that the tests need beside Rust: found on the machine, or installed where that is ours to do.

use std::fs;
use std::path::Path;

use anyhow::{Result, bail};

use crate::command::{answers, output, run};

/// A program of the outside world.
struct Tool {
    /// What people call it.
    name: &'static str,
    /// What it is for.
    purpose: &'static str,
    /// Debian's packages that bring it.
    packages: &'static [&'static str],
    present: fn() -> bool,
}

const TOOLS: &[Tool] = &[
    Tool {
        name: "PostgreSQL (initdb, postgres)",
        purpose: "the tests of the split shape",
        packages: &["postgresql"],
        present: postgres_is_present,
    },
    Tool {
        name: "redis-server",
        purpose: "the tests of the kit's private servers",
        packages: &["redis-server"],
        present: || answers("redis-server", &["--version"]),
    },
    Tool {
        name: "Chromium",
        purpose: "the browser test of the console",
        packages: &["chromium"],
        present: || Path::new("/usr/bin/chromium").exists() || std::env::var_os("CHROMIUM").is_some(),
    },
    Tool {
        name: "Node.js 20 or later with npm",
        purpose: "building the console, the foreign client and the foreign subgraph",
        packages: &["nodejs", "npm"],
        present: node_is_present,
    },
];

/// Sees to it that every tool is there.
///
/// As root on Debian or Ubuntu, what is missing is installed; elsewhere the error says what to install.
pub(crate) fn provide() -> Result<()> {
    let missing: Vec<&Tool> = TOOLS.iter().filter(|tool| !(tool.present)()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    if may_install() {
        install(&missing)?;
    }
    let still: Vec<String> = missing
        .iter()
        .filter(|tool| !(tool.present)())
        .map(|tool| {
            format!(
                "  {} for {} (Debian: apt-get install {})",
                tool.name,
                tool.purpose,
                tool.packages.join(" ")
            )
        })
        .collect();
    if !still.is_empty() {
        bail!(
            "missing on this machine:\n{}\nInstall them, or run what needs no server: cargo xtask test --embedded",
            still.join("\n")
        );
    }
    Ok(())
}

fn install(missing: &[&Tool]) -> Result<()> {
    let packages: Vec<&str> = missing.iter().flat_map(|tool| tool.packages.iter().copied()).collect();
    println!("installing {}", packages.join(", "));
    run("apt-get", &["update", "-q"])?;
    let mut arguments =
        vec!["DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-q", "-y", "--no-install-recommends"];
    arguments.extend(packages);
    run("env", &arguments)
}

/// Root on Debian or a child of it.
fn may_install() -> bool {
    let root = output("id", &["-u"]).is_ok_and(|id| id.trim() == "0");
    let debian = fs::read_to_string("/etc/os-release")
        .is_ok_and(|text| text.contains("debian") || text.contains("ubuntu"));
    root && debian && answers("apt-get", &["--version"])
}

/// Debian keeps the server's programs off PATH.
fn postgres_is_present() -> bool {
    if answers("initdb", &["--version"]) {
        return true;
    }
    let Ok(versions) = fs::read_dir("/usr/lib/postgresql") else { return false };
    versions.flatten().any(|version| version.path().join("bin/initdb").exists())
}

fn node_is_present() -> bool {
    let Ok(version) = output("node", &["--version"]) else { return false };
    let major =
        version.trim().trim_start_matches('v').split('.').next().and_then(|text| text.parse::<u32>().ok());
    major.is_some_and(|major| major >= 20) && answers("npm", &["--version"])
}
