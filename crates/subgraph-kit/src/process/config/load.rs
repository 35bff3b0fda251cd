use std::path::Path;

use toml::Table;

use super::super::{Program, StartError};
use super::ProcessConfig;

/// What is before the names of environment variables that override the file.
const PREFIX: &str = "TRIBUTARY_SUBGRAPH__";

pub(super) fn load<P: Program>(
    data: &Path,
    file: Option<&Path>,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<ProcessConfig<P::Config>, StartError> {
    let defaults = Table::try_from(ProcessConfig::of::<P>(data))
        .map_err(|error| StartError::Config(format!("the defaults: {error}")))?;
    configuration::load(defaults, file, PREFIX, environment, |_| Ok(()))
        .map_err(|error| StartError::Config(error.to_string()))
}
