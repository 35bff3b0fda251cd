use std::path::PathBuf;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who may do what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The folder whose `*.cedar` files replace the policies that are built in; empty for those. The wall between tenants
    /// and what holds for support stay.
    pub policies: String,
    /// How often the folder is looked at for changes, in milliseconds; 0 for at start alone. Policies that are of no use
    /// are refused, and those before hold on.
    pub reload_ms: u64,
    /// How long a decision may be used again, in milliseconds. New policies and other roles hold at once.
    pub cache_ms: u64,
    /// How many decisions are kept at most.
    pub cache_entries: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self { policies: String::new(), reload_ms: 2_000, cache_ms: 5_000, cache_entries: 10_000 }
    }
}

impl Config {
    pub(super) fn options(&self) -> policy::Options {
        policy::Options {
            folder: (!self.policies.is_empty()).then(|| PathBuf::from(&self.policies)),
            time_to_live: Duration::from_millis(self.cache_ms),
            most_decisions: self.cache_entries,
        }
    }

    /// How often to look, where there is a folder to look at.
    pub(super) fn reload_every(&self) -> Option<Duration> {
        (!self.policies.is_empty() && self.reload_ms > 0).then(|| Duration::from_millis(self.reload_ms))
    }
}
