//! Chores of this repository: `cargo xtask --help`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line tool talks to its terminal")]

mod command;
mod fuzz;
mod licences;
mod node;
mod schema;
mod test;
mod tools;
mod wheel;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Chores of this repository.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Run everything that must hold: format, lints, licences, schema drift, tests in both shapes, the browser.
    Test(test::Arguments),
    /// Compare the gateway with one server, on random graphs and operations, until a difference is found or the time is up.
    Differential {
        /// The seed of the first graph.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// For how long.
        #[arg(long, default_value_t = 60)]
        seconds: u64,
    },
    Fuzz(fuzz::Arguments),
    /// Write schema/ anew from the subgraphs' code.
    Schema {
        /// Change nothing; fail where a file differs from what the code makes.
        #[arg(long)]
        check: bool,
    },
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().chore {
        Chore::Test(arguments) => test::run_all(&arguments),
        Chore::Differential { seed, seconds } => {
            let (seed, seconds) = (seed.to_string(), seconds.to_string());
            let program = ["run", "--quiet", "--package", "differential", "--"];
            command::run("cargo", &[&program[..], &["--seed", &seed, "--seconds", &seconds]].concat())
        }
        Chore::Fuzz(arguments) => fuzz::run(&arguments),
        Chore::Schema { check } => schema::run(check),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
