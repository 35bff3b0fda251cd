//! The process around a subgraph: command line, configuration, start and end.

mod arguments;
mod config;
mod serve;

pub use config::ProcessConfig;

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Error;
use crate::migration::{MigrationError, Migrations};
use crate::service::{Service, Trust};
use crate::tenancy::{self, Backend, Database, DatabaseError};
use arguments::{Arguments, Command, ConfigCommand};

/// A subgraph, as the programs see it that run it: its own `main`, and `tributary`.
#[async_trait]
pub trait Program {
    /// The subgraph's name: in `supergraph.yaml`, as the audience of tokens, in traces.
    const NAME: &'static str;

    /// The port that it listens on where nothing else is said; 0 takes a free one.
    const PORT: u16 = 0;

    /// What is configured for it; a part of that says where the rows are. Mostly [`definition::Config`].
    ///
    /// [`definition::Config`]: crate::definition::Config
    type Config: Default + Serialize + DeserializeOwned + JsonSchema + AsMut<tenancy::Config> + Send;

    /// The schema for composition.
    fn sdl() -> String;

    /// The history of the database.
    fn migrations() -> Migrations;

    /// Opens the database, refuses one that is not up to date, and puts the service together.
    async fn build(config: Self::Config, trust: Trust) -> Result<Service, StartError>;
}

/// Why a subgraph did not start: one line for whoever started it.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database cannot be opened.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The database does not fit this version.
    #[error(transparent)]
    Migration(#[from] MigrationError),
    /// The configuration is of no use.
    #[error("{0}")]
    Config(String),
    /// Traces and logs cannot be started.
    #[error("telemetry: {0}")]
    Telemetry(String),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: std::net::SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// Something else of the system's.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl From<Error> for StartError {
    fn from(error: Error) -> Self {
        Self::Config(error.to_string())
    }
}

/// All of a subgraph's `main`: reads the command line, does what it says, and turns an error into one line on
/// standard error and exit code 2.
pub fn run<P: Program>() -> ExitCode {
    run_with::<P>(std::env::args_os().skip(1))
}

/// The same with a command line of the caller's, the program's name not among it.
pub fn run_with<P: Program>(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    // Before anything can open a TLS connection. A provider that is there already is as good.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    match start::<P>(Arguments::read(P::NAME, arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "{}: {error}", P::NAME);
            ExitCode::from(2)
        }
    }
}

fn start<P: Program>(arguments: Arguments) -> Result<(), StartError> {
    let migrate = match arguments.command {
        Some(Command::Schema) => return print(&P::sdl()),
        Some(Command::Config(ConfigCommand::Default)) => {
            return print(&ProcessConfig::<P::Config>::default_file::<P>());
        }
        Some(Command::Config(ConfigCommand::Schema)) => {
            let schema = ProcessConfig::<P::Config>::json_schema();
            return print(&schema.map_err(|error| StartError::Config(error.to_string()))?);
        }
        Some(Command::Migrate) => true,
        None => false,
    };
    let data = arguments.data.clone();
    let mut config = config::read::<P>(arguments)?;
    make_data_folder::<P>(&mut config, &data)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    if migrate {
        runtime.block_on(self::migrate::<P>(config))
    } else {
        runtime.block_on(serve::serve::<P>(config))
    }
}

/// A reader that went away (`| head`) is no error.
fn print(text: &str) -> Result<(), StartError> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}

/// Makes the folder of the default database. One that somebody names is there, or is a mistake.
fn make_data_folder<P: Program>(
    config: &mut ProcessConfig<P::Config>,
    data: &Path,
) -> Result<(), StartError> {
    let mut default = ProcessConfig::<P::Config>::of::<P>(data);
    if config.subgraph.as_mut().url == default.subgraph.as_mut().url {
        fs::create_dir_all(data).map_err(|error| {
            StartError::Config(format!(
                "cannot write to the folder {} (choose another with --data): {error}",
                data.display()
            ))
        })?;
    }
    Ok(())
}

/// Brings a file of this process's own up to date. A server's database may be shared with processes of another version,
/// so somebody decides when it changes, and says `migrate`.
async fn migrate_file<P: Program>(config: &mut ProcessConfig<P::Config>) -> Result<(), StartError> {
    let database = Database::open(config.subgraph.as_mut()).await?;
    if database.backend() == Backend::Sqlite {
        P::migrations().run(&database).await?;
    }
    Ok(database.close().await.map_err(MigrationError::from)?)
}

async fn migrate<P: Program>(mut config: ProcessConfig<P::Config>) -> Result<(), StartError> {
    let database = Database::open_for_migration(config.subgraph.as_mut()).await?;
    let applied = P::migrations().run(&database).await?;
    let mut output = io::stdout();
    for name in &applied {
        writeln!(output, "applied {name}")?;
    }
    if applied.is_empty() {
        writeln!(output, "nothing to apply")?;
    }
    Ok(database.close().await.map_err(MigrationError::from)?)
}
