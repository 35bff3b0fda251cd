use std::fs;
use std::net::{Ipv4Addr, SocketAddr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::arguments::Arguments;
use super::{Program, StartError};

/// The configuration file of a subgraph's process. The command line and the environment go before it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, bound(deserialize = "C: Default + serde::de::DeserializeOwned"))]
pub struct ProcessConfig<C: Default> {
    /// The address to listen on.
    pub listen: SocketAddr,
    /// Whose tokens are believed: the URL of a JWKS, or the path of a file with one.
    pub jwks: String,
    /// How long requests in hand may take to end when the process is told to stop, in milliseconds.
    pub drain_ms: u64,
    /// Logs and traces.
    pub telemetry: telemetry::Config,
    /// The subgraph itself.
    pub subgraph: C,
}

impl<C: Default> Default for ProcessConfig<C> {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            jwks: String::new(),
            drain_ms: 1_500,
            telemetry: telemetry::Config::default(),
            subgraph: C::default(),
        }
    }
}

/// The file, if one is named, and over it what the command line says.
pub(super) fn read<P: Program>(arguments: Arguments) -> Result<ProcessConfig<P::Config>, StartError> {
    let mut config = match &arguments.config {
        None => ProcessConfig::<P::Config>::default(),
        Some(path) => {
            let name = path.display();
            let text = fs::read_to_string(path)
                .map_err(|error| StartError::Config(format!("cannot read {name}: {error}")))?;
            toml::from_str(&text)
                .map_err(|error| StartError::Config(format!("{name}: {}", one_line(&error))))?
        }
    };
    if let Some(listen) = arguments.listen {
        config.listen = listen;
    }
    if let Some(jwks) = arguments.jwks {
        config.jwks = jwks;
    }
    if let Some(url) = arguments.database_url {
        P::database(&mut config.subgraph).url = url;
    }
    P::NAME.clone_into(&mut config.telemetry.service_name);
    Ok(config)
}

fn one_line(error: &toml::de::Error) -> String {
    error.message().replace('\n', " ")
}
