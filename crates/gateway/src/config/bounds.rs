use super::{Config, OverrideConfig};

/// The furthest that an issuer's clock may be off, in seconds. More would make expired tokens good again.
const LARGEST_LEEWAY: u64 = 300;

/// The longest life of a token for a subgraph, in seconds: it can't be withdrawn.
const LONGEST_LIFETIME: u64 = 3600;

impl Config {
    /// What is wrong with a number, in one line.
    pub(super) fn check_bounds(&self) -> Result<(), String> {
        let limits = &self.limits;
        for (name, value) in [
            ("limits.concurrent_requests", limits.concurrent_requests),
            ("limits.connections", limits.connections),
            ("limits.body_bytes", limits.body_bytes),
            ("limits.answer_bytes", limits.answer_bytes),
            ("subgraphs.response_bytes", self.subgraphs.response_bytes),
            ("subscriptions.connections", self.subscriptions.connections),
            ("subscriptions.per_connection", self.subscriptions.per_connection),
            ("subscriptions.total", self.subscriptions.total),
            ("subscriptions.queue", self.subscriptions.queue),
        ] {
            if value == 0 {
                return Err(format!("{name} must be 1 at least"));
            }
        }
        for (name, value) in [
            ("limits.timeout_ms", limits.timeout_ms),
            ("limits.header_timeout_ms", limits.header_timeout_ms),
            ("subgraphs.timeout_ms", self.subgraphs.timeout_ms),
            ("subscriptions.init_timeout_ms", self.subscriptions.init_timeout_ms),
            ("subscriptions.heartbeat_ms", self.subscriptions.heartbeat_ms),
        ] {
            if value == 0 {
                return Err(format!("{name} must be 1 at least"));
            }
        }
        for (label, config) in &self.overrides {
            if matches!(config, OverrideConfig::Percentage(number) if !(0.0..=100.0).contains(number)) {
                return Err(format!("overrides.{label:?} must be true, false, or from 0 to 100"));
            }
        }
        if self.authentication.issuers.iter().any(|issuer| issuer.leeway_seconds > LARGEST_LEEWAY) {
            return Err(format!("authentication.issuers.leeway_seconds must be {LARGEST_LEEWAY} at most"));
        }
        // A token is used for half of its life, and that is counted in seconds.
        if !(2..=LONGEST_LIFETIME).contains(&self.internal_tokens.lifetime_seconds) {
            return Err(format!("internal_tokens.lifetime_seconds must be from 2 to {LONGEST_LIFETIME}"));
        }
        Ok(())
    }
}
