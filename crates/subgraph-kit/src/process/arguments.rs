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
    /// The address to listen on [default: the subgraph's own port on this machine]
    #[arg(long, global = true, env = "TRIBUTARY_SUBGRAPH_LISTEN", value_name = "ADDRESS")]
    pub(super) listen: Option<SocketAddr>,
    /// sqlite://FILE or postgres://USER:PASSWORD@HOST/DATABASE [default: a file in the data folder]
    #[arg(
        long,
        global = true,
        env = "TRIBUTARY_SUBGRAPH_DATABASE_URL",
        hide_env_values = true,
        value_name = "URL"
    )]
    pub(super) database_url: Option<String>,
    /// Where `migrate` connects on PostgreSQL: as the role that owns the tables, which gives the role of --database-url what
    /// a service needs
    #[arg(
        long,
        global = true,
        env = "TRIBUTARY_SUBGRAPH_MIGRATION_URL",
        hide_env_values = true,
        value_name = "URL"
    )]
    pub(super) migration_url: Option<String>,
    /// Where the SQLite file is, if no database is named
    #[arg(long, global = true, env = "TRIBUTARY_SUBGRAPH_DATA", value_name = "DIR", default_value = "data")]
    pub(super) data: PathBuf,
    /// Whose tokens to believe: the URL of a JWKS, or a file with one [default: the gateway at 127.0.0.1:4000]
    #[arg(long, global = true, env = "TRIBUTARY_SUBGRAPH_JWKS", value_name = "URL|FILE")]
    pub(super) jwks: Option<String>,
    /// A configuration file (TOML)
    #[arg(long, global = true, env = "TRIBUTARY_SUBGRAPH_CONFIG", value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
}

/// What else a subgraph can do than serve.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Print the schema for composition
    Schema,
    /// Bring the database up to date
    Migrate,
    /// Show what can be configured
    #[command(subcommand)]
    Config(ConfigCommand),
}

/// What to show of the configuration.
#[derive(Debug, Clone, Copy, Subcommand)]
pub(super) enum ConfigCommand {
    /// Print the default configuration, commented
    Default,
    /// Print the JSON Schema of the configuration
    Schema,
}

impl Arguments {
    /// Reads a command line, the program's name not among it. Help and mistakes end the process, as clap does.
    pub(super) fn read(name: &'static str, arguments: impl IntoIterator<Item = OsString>) -> Self {
        let line = [OsString::from(name)].into_iter().chain(arguments);
        let matches =
            Self::command().name(name).bin_name(name).after_help(examples(name)).get_matches_from(line);
        Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }
}

fn examples(name: &str) -> String {
    format!(
        "Without anything it serves from an SQLite file, data/{name}.db, which it makes and brings up to date by itself.
A PostgreSQL database is brought up to date by `migrate` alone.

Examples:
  {name}
  {name} --listen 127.0.0.1:8080 --data /var/lib/tributary
  {name} migrate --migration-url postgres://owner:secret@db/{name} --database-url postgres://app@db/{name}
  {name} --database-url postgres://app:secret@db/{name} --jwks http://gateway:4000/.well-known/jwks.json
  {name} --config {name}.toml
  {name} config default > {name}.toml
  {name} schema > schema/{name}.graphql"
    )
}
