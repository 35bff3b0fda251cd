//! A gateway as a process of its own.

use std::process::ExitCode;

use clap::Parser;

/// A Federation gateway.
#[derive(Parser)]
#[command(name = "gateway", version)]
struct CommandLine {
    #[command(flatten)]
    gateway: gateway::cli::Arguments,
}

fn main() -> ExitCode {
    // Before anything can open a TLS connection. A provider that is there already is as good.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    gateway::cli::run(CommandLine::parse().gateway)
}
