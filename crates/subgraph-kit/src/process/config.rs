mod document;
mod load;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::arguments::Arguments;
use super::{Program, StartError};
use crate::tenancy;

/// Where a gateway on this machine publishes the keys that it signs the subgraphs' tokens with.
const GATEWAY_KEYS: &str = "http://127.0.0.1:4000/.well-known/jwks.json";

/// The configuration of a subgraph's process. The environment goes before the file, the command line before both.
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
            jwks: GATEWAY_KEYS.to_owned(),
            drain_ms: 1_500,
            telemetry: telemetry::Config::default(),
            subgraph: C::default(),
        }
    }
}

impl<C: Default> ProcessConfig<C> {
    /// What is used where nothing else is said: the program's own port on this machine, and an SQLite file in the
    /// folder `data`.
    pub fn of<P: Program<Config = C>>(data: &Path) -> Self
    where
        C: AsMut<tenancy::Config>,
    {
        let mut config = Self { listen: SocketAddr::from((Ipv4Addr::LOCALHOST, P::PORT)), ..Self::default() };
        P::NAME.clone_into(&mut config.telemetry.service_name);
        let file = data.join(format!("{}.db", P::NAME));
        config.subgraph.as_mut().url = format!("sqlite://{}", file.display());
        config
    }

    /// The defaults as a commented file.
    pub fn default_file<P: Program<Config = C>>() -> String {
        document::commented::<P>()
    }

    /// The JSON Schema (2020-12) of the file.
    ///
    /// # Errors
    /// Never in practice: the schema is made of plain JSON.
    pub fn json_schema() -> Result<String, serde_json::Error>
    where
        C: JsonSchema,
    {
        serde_json::to_string_pretty(&schemars::schema_for!(Self)).map(|text| text + "\n")
    }

    /// Reads the file, where one is named, and over it the environment:
    /// `TRIBUTARY_SUBGRAPH__TELEMETRY__FILTER=debug` sets `telemetry.filter`. What neither says is as in [`of`](Self::of).
    ///
    /// # Errors
    /// One line that names the place and what may have been meant.
    pub fn load<P: Program<Config = C>>(
        data: &Path,
        file: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, StartError> {
        load::load::<P>(data, file, environment)
    }
}

/// The file and the environment, and over them what the command line says.
pub(super) fn read<P: Program>(arguments: Arguments) -> Result<ProcessConfig<P::Config>, StartError> {
    // Variables that are not Unicode are nobody's configuration.
    let environment = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let mut config = load::load::<P>(&arguments.data, arguments.config.as_deref(), environment)?;
    if let Some(listen) = arguments.listen {
        config.listen = listen;
    }
    if let Some(jwks) = arguments.jwks {
        config.jwks = jwks;
    }
    if let Some(url) = arguments.database_url {
        config.subgraph.as_mut().url = url;
    }
    if let Some(url) = arguments.migration_url {
        config.subgraph.as_mut().migration_url = url;
    }
    Ok(config)
}
