//! Typed configuration out of defaults, a TOML file and the environment, in that order.
//!
//! A mistake is one line that names the file with line and column, or the variable, and what may have been meant.

use std::fs;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use toml::{Table, Value};

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

/// Reads the file, where one is named, over the defaults, and over both the environment: with the prefix `APP__`,
/// `APP__LIMITS__DEPTH=20` sets `limits.depth`. `check` says what is wrong with values that have the right types.
///
/// # Errors
/// The first mistake.
pub fn load<T: DeserializeOwned>(
    defaults: Table,
    file: Option<&Path>,
    prefix: &str,
    environment: impl Iterator<Item = (String, String)>,
    check: impl Fn(&T) -> Result<(), String>,
) -> Result<T, ConfigError> {
    let checked = |origin: &str, text: Option<&str>, read: Result<T, toml::de::Error>| {
        let config = read.map_err(|error| invalid(origin, text, &error))?;
        check(&config).map_err(|message| ConfigError::Invalid { origin: origin.to_owned(), message })?;
        Ok(config)
    };
    let mut table = defaults;
    if let Some(file) = file {
        let text = fs::read_to_string(file)
            .map_err(|source| ConfigError::Unreadable { file: file.to_path_buf(), source })?;
        let origin = file.display().to_string();
        // Read once as it stands, so that mistakes are told with their line.
        checked(&origin, Some(&text), toml::from_str(&text))?;
        merge(&mut table, text.parse().map_err(|error| invalid(&origin, Some(&text), &error))?);
    }
    for (name, text) in environment {
        let Some(path) = name.strip_prefix(prefix) else { continue };
        let keys: Vec<String> = path.split("__").map(str::to_ascii_lowercase).collect();
        let (mut typed, mut plain) = (table.clone(), table);
        set(&mut typed, &keys, value(&text));
        set(&mut plain, &keys, Value::String(text));
        // A name may look like a number.
        let is_text = read::<T>(typed.clone()).is_err() && read::<T>(plain.clone()).is_ok();
        table = if is_text { plain } else { typed };
        // Each by itself, so that the one with the mistake can be named.
        checked(&name, None, read(table.clone()))?;
    }
    read(table).map_err(|error| invalid("configuration", None, &error))
}

fn read<T: DeserializeOwned>(table: Table) -> Result<T, toml::de::Error> {
    table.try_into()
}

/// Puts one table over another, key by key.
fn merge(below: &mut Table, above: Table) {
    for (key, value) in above {
        match (below.get_mut(&key), value) {
            (Some(Value::Table(below)), Value::Table(above)) => merge(below, above),
            (_, value) => {
                below.insert(key, value);
            }
        }
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

/// One line: where, what, and what may have been meant.
fn invalid(origin: &str, text: Option<&str>, error: &toml::de::Error) -> ConfigError {
    let mut origin = origin.to_owned();
    if let Some(before) = text.zip(error.span()).and_then(|(text, span)| text.get(..span.start)) {
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        origin = format!("{origin}:{line}:{column}");
    }
    let message =
        unknown_key(error.message()).unwrap_or_else(|| error.message().trim_end().replace('\n', " "));
    ConfigError::Invalid { origin, message }
}

/// Serde's "unknown field `x`, expected one of `a`, `b`", said shorter: with the known key that looks most like it.
fn unknown_key(message: &str) -> Option<String> {
    let mut names = message.strip_prefix("unknown field ")?.split('`').skip(1).step_by(2);
    let unknown = names.next()?;
    let known: Vec<&str> = names.collect();
    let likeness = |known: &str| strsim::jaro_winkler(unknown, known);
    let meant = known
        .iter()
        .copied()
        .filter(|known| likeness(known) > 0.7)
        .max_by(|one, other| likeness(one).total_cmp(&likeness(other)));
    Some(match meant {
        Some(meant) => format!("unknown key `{unknown}`; did you mean `{meant}`?"),
        None => format!("unknown key `{unknown}`; known here are: {}", known.join(", ")),
    })
}
