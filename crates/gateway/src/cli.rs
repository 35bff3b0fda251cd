//! The command line of a gateway, for its own `main` and for `tributary gateway`.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use tokio::net::TcpListener;

use crate::config::{Config, ConfigError};
use crate::gateway::{Gateway, StartError};
use crate::supergraph::{self, SupergraphFileError};

/// How long work that can't be cut short, such as reading a file, may take when the process ends.
const LAST_WORK: Duration = Duration::from_millis(100);

/// Run a gateway over subgraphs that run elsewhere.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tributary gateway --supergraph supergraph.graphql --config gateway.toml
  tributary gateway --subgraphs supergraph.yaml --listen 127.0.0.1:8080 --insecure-no-auth")]
pub struct Arguments {
    /// A supergraph schema composed by any tool.
    #[arg(long, value_name = "FILE", conflicts_with = "subgraphs", required_unless_present = "subgraphs")]
    supergraph: Option<PathBuf>,
    /// Which subgraphs make the graph, in rover's format; composed at start.
    #[arg(long, value_name = "FILE")]
    subgraphs: Option<PathBuf>,
    /// The address to listen on; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// A configuration file (TOML); `tributary config default` prints one.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Let everybody in, without a Caller: for subgraphs that want none.
    #[arg(long)]
    insecure_no_auth: bool,
}

#[derive(Debug, thiserror::Error)]
enum RunError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Supergraph(#[from] SupergraphFileError),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error(transparent)]
    Telemetry(#[from] telemetry::InitError),
    #[error("cannot listen on {address}: {source}")]
    Listen { address: SocketAddr, source: io::Error },
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Runs a gateway until it is told to stop; an error is one line on standard error and exit code 2.
pub fn run(arguments: Arguments) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let outcome = runtime.map_err(RunError::from).and_then(|runtime| {
        let outcome = runtime.block_on(start(arguments));
        runtime.shutdown_timeout(LAST_WORK);
        outcome
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "gateway: {error}");
            ExitCode::from(2)
        }
    }
}

async fn start(arguments: Arguments) -> Result<(), RunError> {
    let environment = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let mut config = Config::load(arguments.config.as_deref(), environment)?;
    config.listen = arguments.listen.unwrap_or(config.listen);
    config.authentication.insecure_no_auth |= arguments.insecure_no_auth;
    let _telemetry = telemetry::init(&config.telemetry)?;
    let sdl = match (&arguments.supergraph, &arguments.subgraphs) {
        (Some(file), _) => supergraph::read(file)?,
        (None, Some(file)) => {
            let composed = supergraph::compose_file(file).await?;
            for hint in &composed.hints {
                tracing::info!(%hint, "composition");
            }
            composed.supergraph_sdl
        }
        (None, None) => return Err(StartError::NoSupergraph.into()),
    };
    let address = config.listen;
    let gateway = Gateway::builder(config).supergraph_sdl(sdl).build()?;
    let listener = TcpListener::bind(address).await.map_err(|source| RunError::Listen { address, source })?;
    tracing::info!(address = %listener.local_addr()?, "listening");
    crate::server::serve(listener, &gateway, crate::server::told_to_stop()).await;
    Ok(())
}
