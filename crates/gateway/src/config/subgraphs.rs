use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::SubscriptionProtocol;

/// How subgraphs are called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SubgraphsConfig {
    /// How long a subgraph may take to answer, in milliseconds; the request's own deadline goes before it.
    pub timeout_ms: u64,
    /// The longest answer of a subgraph, in bytes.
    pub response_bytes: usize,
    /// Headers of the client's request that go on to subgraphs, by name.
    pub forward_headers: Vec<String>,
    /// What is different for a subgraph, by its name.
    pub overrides: BTreeMap<String, SubgraphConfig>,
}

impl Default for SubgraphsConfig {
    fn default() -> Self {
        Self {
            timeout_ms: 10_000,
            response_bytes: 64 * 1024 * 1024,
            forward_headers: Vec::new(),
            overrides: BTreeMap::new(),
        }
    }
}

/// What is different for a subgraph.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SubgraphConfig {
    /// Its address, instead of the supergraph's.
    pub url: Option<String>,
    /// How long it may take to answer, in milliseconds.
    pub timeout_ms: Option<u64>,
    /// How it sends the events of subscriptions: `sse` where nothing is said.
    pub subscription: Option<SubscriptionProtocol>,
    /// Where subscriptions are asked for, relative to its address: a path such as `/subscriptions`, or a whole URL.
    pub subscription_path: Option<String>,
}
