//! `tributary dev`: the whole platform in one process on SQLite, with data to look at.

mod databases;
mod dataset;
mod folder;
mod greeting;
mod seeding;
mod tokens;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use auth::{Algorithm, Clock, Issuer, KeyRing, SigningKey, StaticKeys, SystemClock};
use clap::Args;
use gateway::Gateway;
use subgraph_kit::service::{Service, Trust};
use tokio::net::TcpListener;

pub(crate) use databases::Databases;
pub(crate) use folder::DataFolder;
pub(crate) use seeding::Seeding;

use crate::subgraphs::Subgraph;

/// What the console opens with: one question over three subgraphs.
const FIRST_QUERY: &str = include_str!("dev/first_query.graphql");

/// Run the whole platform in one process on SQLite, with data to look at.
#[derive(Args, Clone)]
#[command(after_help = "Examples:
  tributary dev
  tributary dev --listen 127.0.0.1:8080 --data /var/tmp/tributary

The data stay in the folder from run to run; remove the folder to begin anew.")]
pub struct Arguments {
    /// The address to listen on; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:4000", env = "TRIBUTARY_LISTEN")]
    listen: SocketAddr,
    /// Where the databases and the signing key are kept.
    #[arg(long, value_name = "DIR", default_value = "data", env = "TRIBUTARY_DATA")]
    data: PathBuf,
}

/// Runs until the process is told to stop.
///
/// # Errors
/// One line that says what stands in the way: a busy port, a folder that can't be written, a newer database.
pub async fn run(arguments: Arguments) -> Result<()> {
    let mut config = configuration();
    config.listen = arguments.listen;
    let _telemetry = telemetry::init(&config.telemetry)?;
    // The port comes first: a second start must not touch the data of the first.
    let listener = TcpListener::bind(arguments.listen)
        .await
        .with_context(|| format!("cannot listen on {} (choose another with --listen)", arguments.listen))?;
    let folder = DataFolder::open(&arguments.data)?;
    let databases = Databases::open(|subgraph| folder.database(subgraph)).await?;
    Seeding::of(&databases).run().await?;
    databases.close().await?;

    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let tokens = Arc::new(tokens::Tokens::new(folder.signing_key()?, clock.clone()));
    let gateway = assemble(config, &folder, &tokens, clock).await?;
    let address = listener.local_addr()?;
    greeting::print(address, &tokens)?;
    gateway::serve(listener, &gateway, gateway::told_to_stop()).await;
    Ok(())
}

/// The gateway's defaults, but for people: readable logs, plans and traces shown.
fn configuration() -> gateway::Config {
    let mut config = gateway::Config::default();
    config.telemetry.format = telemetry::Format::Text;
    config.telemetry.filter = std::env::var("RUST_LOG").unwrap_or_else(|_| "warn".to_owned());
    config.telemetry.service_name = "tributary-dev".to_owned();
    config.explain.enabled = true;
    FIRST_QUERY.clone_into(&mut config.console.default_query);
    config
}

/// Puts the platform together: three subgraphs in this process, composed, behind a gateway.
async fn assemble(
    config: gateway::Config,
    folder: &DataFolder,
    tokens: &Arc<tokens::Tokens>,
    clock: Arc<dyn Clock>,
) -> Result<Gateway> {
    // The key between gateway and subgraphs never leaves this process.
    let internal = Issuer::new(
        SigningKey::generate(Algorithm::EdDsa)?,
        auth::INTERNAL_ISSUER.to_owned(),
        Duration::from_secs(60),
        clock.clone(),
    );
    let keys = Arc::new(KeyRing::new(Arc::new(StaticKeys(internal.jwk_set())), clock.clone()));
    let schemas: Vec<composition::Subgraph> = Subgraph::ALL.into_iter().map(Subgraph::schema).collect();
    let composed = composition::compose(&schemas).map_err(|errors| {
        anyhow::anyhow!("{}", errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    })?;
    let mut builder = Gateway::builder(config)
        .supergraph_sdl(composed.supergraph_sdl)
        .clock(clock.clone())
        .internal_issuer(internal)
        .trust(tokens.verifier())
        .console(tokens.clone());
    for subgraph in Subgraph::ALL {
        let trust = Trust { keys: keys.clone(), clock: clock.clone() };
        let service: Service = subgraph.build(folder.database(subgraph), trust).await?;
        builder = builder.in_process(subgraph.name(), Arc::new(service));
    }
    Ok(builder.build()?)
}
