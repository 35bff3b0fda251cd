use std::fs;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::Config;

/// What is before the names of environment variables that override the file.
const PREFIX: &str = "TRIBUTARY__";

/// Why a configuration is not used. Its text is for the person who wrote it.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file can't be read.
    #[error("cannot read {}: {source}", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file or the environment says something that is not understood.
    #[error("{origin}: {message}")]
    Invalid {
        /// The file, or "the environment".
        origin: String,
        /// What is wrong, where, and what may have been meant.
        message: String,
    },
}

impl Config {
    /// The configuration that is used where nothing else is said, commented.
    pub const fn default_file() -> &'static str {
        include_str!("default.toml")
    }

    /// The JSON Schema (2020-12) of the file.
    ///
    /// # Errors
    /// Never in practice: the schema is made of plain JSON.
    pub fn json_schema() -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(&schemars::schema_for!(Self)).map(|text| text + "\n")
    }

    /// Reads the file, where one is named, and over it the environment: `TRIBUTARY__LIMITS__DEPTH=20` sets `limits.depth`.
    pub fn load(
        file: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut table = Table::new();
        let mut origin = "the environment".to_owned();
        if let Some(file) = file {
            origin = file.display().to_string();
            let text = fs::read_to_string(file)
                .map_err(|source| ConfigError::Unreadable { file: file.to_path_buf(), source })?;
            // Read once as it stands, so that mistakes are told with their line.
            toml::from_str::<Self>(&text).map_err(|error| invalid(&origin, &error))?;
            table = text.parse().map_err(|error| invalid(&origin, &error))?;
        }
        for (name, text) in environment {
            if let Some(path) = name.strip_prefix(PREFIX) {
                let keys: Vec<String> = path.split("__").map(str::to_ascii_lowercase).collect();
                set(&mut table, &keys, value(&text));
                origin = "the environment".to_owned();
            }
        }
        Self::try_from_table(table).map_err(|error| invalid(&origin, &error))
    }

    fn try_from_table(table: Table) -> Result<Self, toml::de::Error> {
        table.try_into()
    }
}

/// A number, Boolean or list where it reads as one; else text.
fn value(text: &str) -> Value {
    format!("value = {text}")
        .parse::<Table>()
        .ok()
        .and_then(|mut table| table.remove("value"))
        .unwrap_or_else(|| Value::String(text.to_owned()))
}

fn set(table: &mut Table, keys: &[String], value: Value) {
    let Some((first, rest)) = keys.split_first() else { return };
    if rest.is_empty() {
        table.insert(first.clone(), value);
        return;
    }
    let inner = table.entry(first.clone()).or_insert_with(|| Value::Table(Table::new()));
    if !inner.is_table() {
        *inner = Value::Table(Table::new());
    }
    if let Value::Table(inner) = inner {
        set(inner, rest, value);
    }
}

fn invalid(origin: &str, error: &toml::de::Error) -> ConfigError {
    let mut message = error.to_string().trim_end().to_owned();
    if let Some(meant) = suggestion(error.message()) {
        message.push_str(&format!("\ndid you mean `{meant}`?"));
    }
    ConfigError::Invalid { origin: origin.to_owned(), message }
}

/// The known name that looks most like the unknown one, out of serde's "unknown field `x`, expected one of `a`, `b`".
fn suggestion(message: &str) -> Option<&str> {
    let mut names = message.strip_prefix("unknown field ")?.split('`').skip(1).step_by(2);
    let unknown = names.next()?;
    names
        .map(|known| (strsim::jaro_winkler(unknown, known), known))
        .filter(|(likeness, _)| *likeness > 0.7)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str, environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("gateway.toml");
        fs::write(&file, text).unwrap();
        Config::load(
            Some(&file),
            environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        )
    }

    #[test]
    fn the_default_file_is_the_default() {
        assert_eq!(toml::from_str::<Config>(Config::default_file()).unwrap(), Config::default());
    }

    #[test]
    fn the_default_file_shows_every_key() {
        fn keys(value: &serde_json::Value, into: &mut Vec<String>) {
            if let serde_json::Value::Object(object) = value {
                for (key, value) in object {
                    into.push(key.clone());
                    keys(value, into);
                }
            }
        }
        let mut all = Vec::new();
        keys(&serde_json::to_value(Config::default()).unwrap(), &mut all);
        for key in all {
            assert!(Config::default_file().contains(&key), "{key} is not in default.toml");
        }
    }

    #[test]
    fn an_unknown_key_is_refused_with_a_suggestion() {
        let error = load("[limits]\ndepht = 3\n", &[]).unwrap_err().to_string();
        assert!(error.contains("gateway.toml"), "{error}");
        assert!(error.contains("line 2"), "{error}");
        assert!(error.contains("did you mean `depth`?"), "{error}");
    }

    #[test]
    fn the_environment_goes_before_the_file() {
        let config = load("[limits]\ndepth = 3\ntokens = 9\n", &[("TRIBUTARY__LIMITS__DEPTH", "4")]).unwrap();
        assert_eq!((config.limits.depth, config.limits.tokens), (4, 9));
        let config = load("", &[("TRIBUTARY__TELEMETRY__OTLP_ENDPOINT", "http://127.0.0.1:4318")]).unwrap();
        assert_eq!(config.telemetry.otlp_endpoint.as_deref(), Some("http://127.0.0.1:4318"));
    }

    #[test]
    fn a_mistake_in_the_environment_is_named() {
        let error = load("", &[("TRIBUTARY__LIMITS__DEPHT", "4")]).unwrap_err().to_string();
        assert!(error.starts_with("the environment: unknown field `depht`"), "{error}");
    }
}
