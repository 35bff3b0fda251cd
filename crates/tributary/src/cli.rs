//! The command line.

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use clap::{CommandFactory as _, Parser, Subcommand};
use clap_complete::Shell;

use crate::subgraphs::Subgraph;
use crate::{check, compose, dev, keys, migrate, plan, policy, seed};

/// One GraphQL endpoint over subgraphs that teams ship on their own.
#[derive(Parser)]
#[command(
    name = "tributary",
    version,
    args_conflicts_with_subcommands = true,
    after_help = "Without a command, `tributary` is `tributary dev`: the whole platform in one process on SQLite.

Examples:
  tributary
  tributary dev --listen 127.0.0.1:8080 --data /var/tmp/tributary
  tributary gateway --subgraphs supergraph.yaml --config gateway.toml
  tributary subgraph orders --listen 127.0.0.1:4002 --database-url sqlite://orders.db --jwks jwks.json
  tributary plan query.graphql"
)]
struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    dev: dev::Arguments,
}

#[derive(Subcommand)]
enum Command {
    Dev(dev::Arguments),
    Gateway(gateway::cli::Arguments),
    /// Run one of the platform's subgraphs as a process of its own.
    // `--help` after the name is for the subgraph's own command line.
    #[command(
        disable_help_flag = true,
        after_help = "Examples:
  tributary subgraph orders --help
  tributary subgraph orders --listen 127.0.0.1:4002 --database-url sqlite://orders.db --jwks http://127.0.0.1:4000/.well-known/jwks.json
  tributary subgraph orders schema"
    )]
    Subgraph {
        /// Which.
        #[arg(value_enum)]
        name: Subgraph,
        /// Its own command line.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    Compose(compose::Arguments),
    Check(check::Arguments),
    Plan(plan::Arguments),
    #[command(subcommand)]
    Policy(policy::Command),
    Migrate(migrate::Arguments),
    Seed(seed::Arguments),
    Keys(keys::Arguments),
    /// Show what can be configured.
    #[command(
        subcommand,
        after_help = "Examples:
  tributary config default > gateway.toml
  tributary config schema > gateway.schema.json"
    )]
    Config(Config),
    /// Write completions for a shell.
    #[command(after_help = "Example:
  tributary completions bash > /etc/bash_completion.d/tributary")]
    Completions {
        /// Which shell.
        #[arg(value_enum)]
        shell: Shell,
    },
}

#[derive(Subcommand)]
enum Config {
    /// Print the gateway's default configuration, commented.
    #[command(after_help = "Example:
  tributary config default > gateway.toml")]
    Default,
    /// Print the JSON Schema of the gateway's configuration.
    #[command(after_help = "Example:
  tributary config schema > gateway.schema.json      for an editor that completes TOML by a schema")]
    Schema,
}

/// How long work that can't be cut short, such as reading a file, may take when the process ends.
const LAST_WORK: Duration = Duration::from_millis(100);

/// All of `main`: an error is one line on standard error and exit code 2; a check that fails is exit code 1.
pub fn main() -> ExitCode {
    // Before anything can open a TLS connection. A provider that is there already is as good.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let arguments = CommandLine::parse();
    let outcome = match arguments.command {
        Some(Command::Subgraph { name, arguments }) => return name.run(arguments),
        Some(Command::Gateway(arguments)) => return gateway::cli::run(arguments),
        None => block_on(dev::run(arguments.dev)),
        Some(Command::Dev(arguments)) => block_on(dev::run(arguments)),
        Some(Command::Compose(arguments)) => block_on(compose::run(&arguments)).and_then(print),
        Some(Command::Check(arguments)) => match block_on(check::run(&arguments)) {
            // A report that can't be written is no verdict: that error comes first.
            Ok((text, breaking)) => match print(text) {
                Ok(()) if breaking => return ExitCode::FAILURE,
                printed => printed,
            },
            Err(error) => Err(error),
        },
        Some(Command::Plan(arguments)) => block_on(plan::run(&arguments)).and_then(print),
        Some(Command::Policy(command)) => policy::run(&command).and_then(print),
        Some(Command::Migrate(arguments)) => block_on(migrate::run(&arguments)).and_then(print),
        Some(Command::Seed(arguments)) => block_on(seed::run(&arguments)),
        Some(Command::Keys(arguments)) => keys::run(&arguments).and_then(print),
        Some(Command::Config(Config::Default)) => print(gateway::Config::default_file()),
        Some(Command::Config(Config::Schema)) => {
            gateway::Config::json_schema().map_err(Into::into).and_then(print)
        }
        Some(Command::Completions { shell }) => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut CommandLine::command(), "tributary", &mut script);
            print(script)
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "tributary: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn block_on<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let outcome = runtime.block_on(work);
    runtime.shutdown_timeout(LAST_WORK);
    outcome
}

/// A reader that went away (`| head`) is no error.
fn print(text: impl AsRef<[u8]>) -> Result<()> {
    match io::stdout().write_all(text.as_ref()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}
