use std::path::Path;

use configuration::ConfigError;
use toml::Table;

use super::Config;

/// What is before the names of environment variables that override the file.
const PREFIX: &str = "TRIBUTARY__";

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
        configuration::load(Table::new(), file, PREFIX, environment, Self::check_bounds)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

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
    fn mistakes_are_one_line_that_names_the_place() {
        let table = [
            ("[overrides]\na = \"5\"\n", "gateway.toml:2:5: expected true, false or a percentage"),
            ("[limits]\ndepht = 3\n", "gateway.toml:2:1: unknown key `depht`; did you mean `depth`?"),
            ("lisen = 3\n", "gateway.toml:1:1: unknown key `lisen`; did you mean `listen`?"),
            (
                "[internal_tokens]\nx = 3\n",
                "gateway.toml:2:1: unknown key `x`; known here are: key_file, lifetime_seconds",
            ),
            ("[limits]\ndepth = \"3\"\n", "gateway.toml:2:9: invalid type: string \"3\", expected usize"),
            ("[limits\n", "gateway.toml:1:8: unclosed table, expected `]`"),
            (
                "[telemetry]\nlevel = 1\n",
                "gateway.toml:2:1: unknown key `level`; known here are: service_name, format, filter, otlp_endpoint, sample_ratio",
            ),
            ("[[authentication.issuers]]\nissuer = \"a\"\n", "gateway.toml:1:1: missing field `audience`"),
        ];
        for (text, expected) in table {
            let error = load(text, &[]).unwrap_err().to_string();
            assert!(error.ends_with(&format!("/{expected}")), "{error}");
        }
    }

    #[test]
    fn the_environment_goes_before_the_file() {
        let config = load("[limits]\ndepth = 3\ntokens = 9\n", &[("TRIBUTARY__LIMITS__DEPTH", "4")]).unwrap();
        assert_eq!((config.limits.depth, config.limits.tokens), (4, 9));
        let config = load("", &[("TRIBUTARY__TELEMETRY__OTLP_ENDPOINT", "http://127.0.0.1:4318")]).unwrap();
        assert_eq!(config.telemetry.otlp_endpoint.as_deref(), Some("http://127.0.0.1:4318"));
        let config = load("", &[("TRIBUTARY__CORS__ORIGINS", "[\"https://a.example\"]")]).unwrap();
        assert_eq!(config.cors.origins, ["https://a.example"]);
    }

    #[test]
    fn a_text_may_look_like_a_number() {
        for (text, name) in [("2024", "2024"), ("true", "true"), ("1.5", "1.5"), ("\"quoted\"", "quoted")] {
            let config = load("", &[("TRIBUTARY__TELEMETRY__SERVICE_NAME", text)]).unwrap();
            assert_eq!(config.telemetry.service_name, name);
        }
        let error = load("", &[("TRIBUTARY__LIMITS__DEPTH", "true")]).unwrap_err().to_string();
        assert!(error.contains("invalid type: boolean"), "{error}");
    }

    #[test]
    fn numbers_that_can_not_work_are_refused() {
        let issuer =
            "[[authentication.issuers]]\nissuer = \"a\"\naudience = \"b\"\njwks = \"c\"\nleeway_seconds = ";
        for (text, expected) in [
            ("[limits]\nconcurrent_requests = 0".to_owned(), "limits.concurrent_requests must be 1 at least"),
            ("overrides = { a = 100.5 }".to_owned(), "overrides.\"a\" must be true, false, or from 0 to 100"),
            ("overrides = { a = nan }".to_owned(), "overrides.\"a\" must be true, false, or from 0 to 100"),
            ("[limits]\nconnections = 0".to_owned(), "limits.connections must be 1 at least"),
            ("[limits]\nheader_timeout_ms = 0".to_owned(), "limits.header_timeout_ms must be 1 at least"),
            ("[subgraphs]\nresponse_bytes = 0".to_owned(), "subgraphs.response_bytes must be 1 at least"),
            (format!("{issuer}301"), "authentication.issuers.leeway_seconds must be 300 at most"),
            (
                "[internal_tokens]\nlifetime_seconds = 1".to_owned(),
                "internal_tokens.lifetime_seconds must be from 2 to 3600",
            ),
            (
                "[internal_tokens]\nlifetime_seconds = 3601".to_owned(),
                "internal_tokens.lifetime_seconds must be from 2 to 3600",
            ),
        ] {
            let error = load(&text, &[]).unwrap_err().to_string();
            assert!(error.ends_with(&format!("gateway.toml: {expected}")), "{error}");
        }
        assert!(load(&format!("{issuer}300"), &[]).is_ok());
        let error = load("", &[("TRIBUTARY__LIMITS__CONNECTIONS", "0")]).unwrap_err().to_string();
        assert_eq!(error, "TRIBUTARY__LIMITS__CONNECTIONS: limits.connections must be 1 at least");
    }

    #[test]
    fn a_mistake_in_the_environment_names_the_variable() {
        let variables = [("TRIBUTARY__LIMITS__DEPTH", "4"), ("TRIBUTARY__LIMITS__DEPHT", "4")];
        let error = load("", &variables).unwrap_err().to_string();
        assert_eq!(error, "TRIBUTARY__LIMITS__DEPHT: unknown key `depht`; did you mean `depth`?");
    }

    #[test]
    fn the_schema_names_every_key_with_its_meaning() {
        let schema: serde_json::Value = serde_json::from_str(&Config::json_schema().unwrap()).unwrap();
        let limits = &schema["$defs"]["LimitsConfig"];
        assert_eq!(limits["additionalProperties"], false);
        assert_eq!(limits["properties"]["depth"]["default"], 30);
        assert!(limits["properties"]["depth"]["description"].is_string());
    }
}
