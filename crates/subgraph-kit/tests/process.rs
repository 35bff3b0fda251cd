//! The configuration of a subgraph's process.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;

use async_trait::async_trait;
use serde_json::Value;
use subgraph_kit::definition::Config;
use subgraph_kit::migration::Migrations;
use subgraph_kit::process::{ProcessConfig, Program, StartError};
use subgraph_kit::service::{Service, Trust};

/// A program that is only configured.
struct Things;

#[async_trait]
impl Program for Things {
    const NAME: &'static str = "things";
    const PORT: u16 = 4_009;
    type Config = Config;

    fn sdl() -> String {
        String::new()
    }

    fn migrations() -> Migrations {
        Migrations::new(Vec::new)
    }

    async fn build(_: Config, _: Trust) -> Result<Service, StartError> {
        Err(StartError::Config("not built".to_owned()))
    }
}

fn load(file: &str, environment: &[(&str, &str)]) -> Result<ProcessConfig<Config>, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("things.toml");
    fs::write(&path, file).unwrap();
    let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    ProcessConfig::load::<Things>(Path::new("data"), Some(&path), environment)
        .map_err(|error| error.to_string())
}

#[test]
fn the_defaults_are_enough_to_start() {
    let config = load("", &[]).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:4009");
    assert_eq!(config.jwks, "http://127.0.0.1:4000/.well-known/jwks.json");
    assert_eq!(config.subgraph.database.url, "sqlite://data/things.db");
    assert_eq!(config.telemetry.service_name, "things");
}

#[test]
fn a_file_changes_what_it_names_and_nothing_else() {
    let file = "[subgraph.database]\nmax_connections = 3\n[telemetry]\nfilter = \"debug\"\n";
    let config = load(file, &[]).unwrap();
    assert_eq!(config.subgraph.database.max_connections, 3);
    assert_eq!(config.subgraph.database.url, "sqlite://data/things.db");
    assert_eq!(config.telemetry.filter, "debug");
    assert_eq!(config.telemetry.service_name, "things");
}

#[test]
fn the_environment_goes_before_the_file() {
    let file = "drain_ms = 1\n[subgraph.service.limits]\nrows = 7\ndepth = 8\n";
    let environment = [
        ("TRIBUTARY_SUBGRAPH__SUBGRAPH__SERVICE__LIMITS__ROWS", "9"),
        ("TRIBUTARY_SUBGRAPH__SUBGRAPH__DATABASE__URL", "postgres://u:p@h/d"),
        // A text may look like a number.
        ("TRIBUTARY_SUBGRAPH__TELEMETRY__SERVICE_NAME", "2024"),
        ("TRIBUTARY__LIMITS__DEPTH", "20"),
        ("LISTEN", "nonsense"),
    ];
    let config = load(file, &environment).unwrap();
    assert_eq!(config.telemetry.service_name, "2024");
    assert_eq!(config.drain_ms, 1);
    assert_eq!((config.subgraph.service.limits.rows, config.subgraph.service.limits.depth), (9, 8));
    assert_eq!(config.subgraph.database.url, "postgres://u:p@h/d");
}

#[test]
fn a_mistake_is_one_line_that_names_the_place_and_what_was_meant() {
    let cases = [
        ("lisen = 3\n", "things.toml:1:1: unknown key `lisen`; did you mean `listen`?"),
        (
            "drain_ms = 1\n[subgraph.database]\nurll = \"x\"\n",
            "things.toml:3:1: unknown key `urll`; did you mean `url`?",
        ),
        ("drain_ms = \"x\"\n", "things.toml:1:12: invalid type: string \"x\", expected u64"),
    ];
    for (file, expected) in cases {
        let error = load(file, &[]).unwrap_err();
        assert!(error.ends_with(expected), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
    let error = load("", &[("TRIBUTARY_SUBGRAPH__DRAIN", "1")]).unwrap_err();
    assert_eq!(error, "TRIBUTARY_SUBGRAPH__DRAIN: unknown key `drain`; did you mean `drain_ms`?");
}

#[test]
fn the_default_file_is_the_defaults_and_documents_every_key() {
    let text = ProcessConfig::<Config>::default_file::<Things>();
    let read = serde_json::to_value(load(&text, &[]).unwrap()).unwrap();
    let defaults = serde_json::to_value(ProcessConfig::of::<Things>(Path::new("data"))).unwrap();
    assert_eq!(read, defaults);

    let mut documented = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if let Some(next) = lines.peek().filter(|_| line.starts_with("# ")) {
            documented.push(next.trim_start_matches("# ").split(' ').next().unwrap().to_owned());
        }
    }
    for table in ["", "/subgraph/database", "/subgraph/service/limits", "/telemetry"] {
        let table = defaults.pointer(table).and_then(Value::as_object).unwrap();
        for (key, _) in table.iter().filter(|(_, value)| !value.is_object()) {
            assert!(documented.contains(key), "{key} is not documented in\n{text}");
        }
    }
}

#[test]
fn the_schema_names_every_key_with_its_meaning() {
    let schema: Value = serde_json::from_str(&ProcessConfig::<Config>::json_schema().unwrap()).unwrap();
    let limits = &schema["$defs"]["Limits"];
    assert_eq!(limits["additionalProperties"], false);
    assert!(limits["properties"]["rows"]["description"].is_string(), "{limits}");
}
