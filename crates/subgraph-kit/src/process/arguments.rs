use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

/// The command line of a subgraph.
#[derive(Debug, Parser)]
#[command(version, about = "A subgraph of the Tributary platform")]
pub(super) struct Arguments {
    /// What to do; without it: serve
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    /// The address to listen on
    #[arg(long, global = true, env = "LISTEN", value_name = "ADDRESS")]
    pub(super) listen: Option<SocketAddr>,
    /// sqlite://FILE or postgres://USER:PASSWORD@HOST/DATABASE
    #[arg(long, global = true, env = "DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub(super) database_url: Option<String>,
    /// Whose tokens to believe: the URL of a JWKS, or a file with one
    #[arg(long, global = true, env = "JWKS", value_name = "URL|FILE")]
    pub(super) jwks: Option<String>,
    /// A configuration file (TOML)
    #[arg(long, global = true, env = "CONFIG", value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
}

/// What else a subgraph can do than serve.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Print the schema for composition
    Schema,
    /// Bring the database up to date
    Migrate,
}

impl Arguments {
    /// Reads a command line, the program's name not among it. Help and mistakes end the process, as clap does.
    pub(super) fn read(name: &'static str, arguments: impl IntoIterator<Item = OsString>) -> Self {
        let line = [OsString::from(name)].into_iter().chain(arguments);
        let matches = Self::command().name(name).bin_name(name).get_matches_from(line);
        Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }
}
