use std::fs;
use std::path::Path;

use toml::{Table, Value};

use super::super::{Program, StartError};
use super::ProcessConfig;

/// What is before the names of environment variables that override the file.
const PREFIX: &str = "TRIBUTARY_SUBGRAPH__";

pub(super) fn load<P: Program>(
    data: &Path,
    file: Option<&Path>,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<ProcessConfig<P::Config>, StartError> {
    let mut table = Table::try_from(ProcessConfig::of::<P>(data))
        .map_err(|error| StartError::Config(format!("the defaults: {error}")))?;
    if let Some(file) = file {
        let name = file.display().to_string();
        let text = fs::read_to_string(file)
            .map_err(|error| StartError::Config(format!("cannot read {name}: {error}")))?;
        // Read once as it stands, so that mistakes are told with their line.
        toml::from_str::<ProcessConfig<P::Config>>(&text)
            .map_err(|error| invalid(&name, Some(&text), &error))?;
        merge(&mut table, text.parse().map_err(|error| invalid(&name, Some(&text), &error))?);
    }
    for (name, text) in environment {
        let Some(path) = name.strip_prefix(PREFIX) else { continue };
        let keys: Vec<String> = path.split("__").map(str::to_ascii_lowercase).collect();
        set(&mut table, &keys, value(&text));
        // Each by itself, so that the one with the mistake can be named.
        read::<P>(table.clone()).map_err(|error| invalid(&name, None, &error))?;
    }
    read::<P>(table).map_err(|error| invalid("configuration", None, &error))
}

fn read<P: Program>(table: Table) -> Result<ProcessConfig<P::Config>, toml::de::Error> {
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
fn invalid(origin: &str, text: Option<&str>, error: &toml::de::Error) -> StartError {
    let mut origin = origin.to_owned();
    if let Some(before) = text.zip(error.span()).and_then(|(text, span)| text.get(..span.start)) {
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        origin = format!("{origin}:{line}:{column}");
    }
    let message =
        unknown_key(error.message()).unwrap_or_else(|| error.message().trim_end().replace('\n', " "));
    StartError::Config(format!("{origin}: {message}"))
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
