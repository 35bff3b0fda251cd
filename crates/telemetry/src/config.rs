use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a process tells of itself, and whom.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// `service.name` in traces.
    pub service_name: String,
    /// How log lines look.
    pub format: Format,
    /// Which events are logged: levels by target, as in `info,gateway=debug`.
    pub filter: String,
    /// Where spans are sent: the base URL of an OTLP/HTTP receiver, such as `http://127.0.0.1:4318`. Without it nothing is
    /// sent; traces still have ids, and still go on to the next process.
    pub otlp_endpoint: Option<String>,
    /// Which part of the traces that begin here is sent, from 0.0 to 1.0. Traces that come in keep what was decided for
    /// them.
    pub sample_ratio: f64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            service_name: "tributary".to_owned(),
            format: Format::default(),
            filter: "info".to_owned(),
            otlp_endpoint: None,
            sample_ratio: 1.0,
        }
    }
}

/// How log lines look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// One JSON object a line.
    #[default]
    Json,
    /// For people.
    Text,
}
