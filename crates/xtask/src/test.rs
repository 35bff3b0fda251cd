//! `cargo xtask test`: every check of the project, in the order in which a mistake shows soonest.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use cargo_metadata::MetadataCommand;

use crate::command::{root, run, run_in};
use crate::tools::Tool;
use crate::{licences, schema, tools};

/// Run everything that must hold.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  cargo xtask test                everything; installs missing servers where it may
  cargo xtask test --embedded     what needs nothing but Rust: no server, browser, Node.js or Python
  cargo xtask test --only tests   one stage")]
pub(crate) struct Arguments {
    /// Leave out whatever needs PostgreSQL, Redis, Node.js, Python or a browser.
    #[arg(long)]
    embedded: bool,
    /// Run this stage alone.
    #[arg(long, value_name = "STAGE")]
    only: Option<Stage>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Stage {
    Format,
    Lints,
    Licences,
    Schema,
    Policies,
    Console,
    Tests,
}

impl Stage {
    const ALL: [Self; 7] =
        [Self::Format, Self::Lints, Self::Licences, Self::Schema, Self::Policies, Self::Console, Self::Tests];

    fn title(self) -> &'static str {
        match self {
            Self::Format => "format",
            Self::Lints => "lints",
            Self::Licences => "licences and advisories",
            Self::Schema => "schema drift",
            Self::Policies => "policies fit their schemas",
            Self::Console => "the console's bundle is what web/ builds",
            Self::Tests => "tests",
        }
    }

    /// What the stage needs beside Rust.
    fn tools(self) -> &'static [Tool] {
        match self {
            Self::Format | Self::Lints | Self::Schema | Self::Policies => &[],
            Self::Licences if licences::is_ready() => &[],
            Self::Licences => &[Tool::PythonVenv],
            Self::Console => &[Tool::Node],
            Self::Tests => &[Tool::Postgres, Tool::Redis, Tool::Chromium, Tool::Node],
        }
    }

    /// Whether something of the stage can be run with nothing but Rust.
    fn is_embedded(self) -> bool {
        !matches!(self, Self::Console | Self::Licences)
    }

    fn run(self, embedded: bool) -> Result<()> {
        match self {
            Self::Format => run("cargo", &["fmt", "--all", "--check"]),
            Self::Lints => run(
                "cargo",
                &["clippy", "--quiet", "--workspace", "--all-targets", "--", "--deny", "warnings"],
            ),
            Self::Licences => licences::check(),
            Self::Schema => schema::run(true),
            Self::Policies => {
                run("cargo", &["run", "--quiet", "--package", "tributary", "--", "policy", "check"])
            }
            Self::Console => {
                run_in("npm", &["ci", "--no-audit", "--no-fund"], "web")?;
                run_in("npm", &["run", "check"], "web")?;
                run_in("npm", &["run", "verify"], "web")
            }
            Self::Tests if embedded => embedded_tests(),
            Self::Tests => {
                run_in("npm", &["ci", "--no-audit", "--no-fund"], "tests/browser")?;
                run_in("npm", &["ci", "--no-audit", "--no-fund"], "tests/foreign")?;
                run("cargo", TESTS)
            }
        }
    }
}

/// A target that fails does not hide what the others find.
const TESTS: &[&str] = &["test", "--quiet", "--workspace", "--no-fail-fast"];

/// Test targets of which everything needs a server, a browser or Node.js. In all others a test that needs PostgreSQL has
/// `postgres` in its path.
const SERVERS: [&str; 4] = ["postgres", "redis", "browser", "foreign"];

/// Everything that runs on Rust alone. What is left out is named, and counted by the test runner as filtered out.
fn embedded_tests() -> Result<()> {
    let metadata = MetadataCommand::new().manifest_path(root().join("Cargo.toml")).no_deps().exec()?;
    let targets = metadata.packages.iter().flat_map(|package| &package.targets);
    let names: BTreeSet<&str> =
        targets.filter(|target| target.is_test()).map(|target| target.name.as_str()).collect();
    let (left_out, kept): (Vec<&str>, Vec<&str>) = names.into_iter().partition(|name| SERVERS.contains(name));
    println!("left out: {}, and every test with `postgres` in its path", left_out.join(", "));
    let mut arguments = [TESTS, &["--lib", "--bins"]].concat();
    arguments.extend(kept.iter().flat_map(|name| ["--test", name]));
    arguments.extend(["--", "--skip", "postgres"]);
    run("cargo", &arguments)
}

/// Runs the stages, all of them even where one fails, and sums up.
fn run_stages(stages: &[Stage], embedded: bool) -> Result<()> {
    let mut outcomes: Vec<(Stage, Duration, Result<()>)> = Vec::new();
    for stage in stages {
        println!("\n== {}", stage.title());
        let started = Instant::now();
        let outcome = stage.run(embedded);
        outcomes.push((*stage, started.elapsed(), outcome));
    }
    println!("\n== summary");
    for (stage, took, outcome) in &outcomes {
        let word = if outcome.is_ok() { "ok" } else { "FAILED" };
        println!("{word:6}  {:>5.0} s  {}", took.as_secs_f64(), stage.title());
    }
    let failed: Vec<String> = outcomes
        .iter()
        .filter_map(|(stage, _, outcome)| {
            outcome.as_ref().err().map(|error| format!("{}: {error:#}", stage.title()))
        })
        .collect();
    println!("{} passed, {} failed", outcomes.len() - failed.len(), failed.len());
    if !failed.is_empty() {
        bail!("{}", failed.join("\n"));
    }
    Ok(())
}

/// Provides what the stages need, then runs them.
pub(crate) fn run_all(arguments: &Arguments) -> Result<()> {
    let wanted = |stage: &Stage| {
        arguments.only.is_none_or(|only| only == *stage) && (stage.is_embedded() || !arguments.embedded)
    };
    let stages: Vec<Stage> = Stage::ALL.into_iter().filter(wanted).collect();
    if stages.is_empty() {
        bail!("nothing of that stage can be run with --embedded");
    }
    if !arguments.embedded {
        let tools: Vec<Tool> = stages.iter().flat_map(|stage| stage.tools()).copied().collect();
        tools::provide(&tools)?;
    }
    run_stages(&stages, arguments.embedded)
}
