use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whether clients may ask how an operation was executed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ExplainConfig {
    /// Whether the header `tributary-explain: plan, trace` is answered. It tells how the platform is built.
    pub enabled: bool,
}

/// Whether clients may ask for the schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct IntrospectionConfig {
    /// Whether `__schema` and `__type` are answered.
    pub enabled: bool,
}

impl Default for IntrospectionConfig {
    fn default() -> Self {
        Self { enabled: true }
    }
}

/// What clients learn of errors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ErrorsConfig {
    /// Replaces the messages of subgraphs' errors by one that says nothing.
    pub mask_subgraph_messages: bool,
    /// Members of `extensions` that pass from subgraphs' errors to clients, beside `code`.
    pub pass_extensions: Vec<String>,
}

impl Default for ErrorsConfig {
    fn default() -> Self {
        Self {
            mask_subgraph_messages: false,
            pass_extensions: vec!["field".to_owned(), "details".to_owned()],
        }
    }
}
