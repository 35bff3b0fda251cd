//! `cargo xtask test`: every check of the project, in the order in which a mistake shows soonest.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::command::{run, run_in};
use crate::{licences, schema, tools};

/// Run everything that must hold.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  cargo xtask test                everything; installs missing servers where it may
  cargo xtask test --embedded     what needs no server, browser or Node.js
  cargo xtask test --only tests   one stage")]
pub(crate) struct Arguments {
    /// Leave out whatever needs PostgreSQL, Redis, Node.js or a browser.
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
    Console,
    Tests,
}

impl Stage {
    const ALL: [Self; 6] =
        [Self::Format, Self::Lints, Self::Licences, Self::Schema, Self::Console, Self::Tests];

    fn title(self) -> &'static str {
        match self {
            Self::Format => "format",
            Self::Lints => "lints",
            Self::Licences => "licences and advisories",
            Self::Schema => "schema drift",
            Self::Console => "the console's bundle is what web/ builds",
            Self::Tests => "tests",
        }
    }

    /// Whether the stage makes sense with nothing but Rust on the machine.
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
            Self::Console => {
                run_in("npm", &["ci", "--no-audit", "--no-fund"], "web")?;
                run_in("npm", &["run", "check"], "web")?;
                run_in("npm", &["run", "verify"], "web")
            }
            Self::Tests if embedded => run("cargo", &[TESTS, &["--"], &EMBEDDED].concat()),
            Self::Tests => {
                run_in("npm", &["ci", "--no-audit", "--no-fund"], "tests/browser")?;
                run_in("npm", &["ci", "--no-audit", "--no-fund"], "tests/foreign")?;
                run("cargo", TESTS)
            }
        }
    }
}

const TESTS: &[&str] = &["test", "--quiet", "--workspace"];

/// A test that needs a server has the server's name in its own path, so that leaving it out is seen and counted.
const EMBEDDED: [&str; 8] =
    ["--skip", "postgres", "--skip", "redis", "--skip", "browser", "--skip", "foreign"];

/// Runs the stages, all of them even where one fails, and sums up.
fn run_stages(arguments: &Arguments) -> Result<()> {
    let mut outcomes: Vec<(Stage, Duration, Result<()>)> = Vec::new();
    for stage in Stage::ALL {
        let wanted =
            arguments.only.is_none_or(|only| only == stage) && (stage.is_embedded() || !arguments.embedded);
        if wanted {
            println!("\n== {}", stage.title());
            let started = Instant::now();
            let outcome = stage.run(arguments.embedded);
            outcomes.push((stage, started.elapsed(), outcome));
        }
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
    if !arguments.embedded {
        tools::provide()?;
    }
    run_stages(arguments)
}
