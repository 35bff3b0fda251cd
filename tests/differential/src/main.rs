//! The long run: `cargo xtask differential`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line tool talks to its terminal")]

use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use differential::{Hunt, Tally, shrink};

/// Compares the gateway with one server, on random graphs and operations.
#[derive(Parser)]
struct Arguments {
    /// The seed of the first graph; the next has the next.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// For how long.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Operations on each graph.
    #[arg(long, default_value_t = 100)]
    operations: usize,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let end = Instant::now() + Duration::from_secs(arguments.seconds);
    let mut told = Instant::now();
    let mut tally = Tally::default();
    let mut seed = arguments.seed;
    while Instant::now() < end {
        let (hunt, found) = Hunt::run(seed, arguments.operations).await;
        tally += hunt.tally;
        if let Some(refusal) = hunt.refusal {
            eprintln!("seed {seed}: {refusal}");
        }
        if let Some((case, finding)) = found {
            let (case, finding) = shrink(case, finding).await;
            println!("seed {seed}: {:?}\n{}\n---\n{}---", finding.kind, finding.message, case.to_file());
            println!("{tally}");
            return ExitCode::FAILURE;
        }
        if told.elapsed() > Duration::from_secs(10) {
            told = Instant::now();
            println!("seed {seed}: {tally}");
        }
        seed += 1;
    }
    println!("seeds {} to {}: no difference in {tally}", arguments.seed, seed - 1);
    ExitCode::SUCCESS
}
