//! The gateway's configuration: TOML, and over it the environment.

mod authentication;
mod bounds;
mod browser;
mod console;
mod disclosure;
mod limits;
mod load;
mod overrides;
mod subgraphs;
mod subscriptions;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use authentication::{AuthenticationConfig, InternalTokensConfig, IssuerConfig};
pub use browser::{CorsConfig, CsrfConfig};
pub use configuration::ConfigError;
pub use console::ConsoleConfig;
pub use disclosure::{ErrorsConfig, ExplainConfig, IntrospectionConfig};
pub use limits::{LimitsConfig, PreparedConfig};
pub use overrides::OverrideConfig;
pub use subgraphs::{SubgraphConfig, SubgraphsConfig};
pub use subscriptions::{SubscriptionProtocol, SubscriptionsConfig};

/// Everything that can be configured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The address to listen on.
    pub listen: SocketAddr,
    /// Who is let in.
    pub authentication: AuthenticationConfig,
    /// The tokens that tell subgraphs who the Caller is.
    pub internal_tokens: InternalTokensConfig,
    /// What a request may cost.
    pub limits: LimitsConfig,
    /// The cache of prepared operations.
    pub prepared: PreparedConfig,
    /// How subgraphs are called.
    pub subgraphs: SubgraphsConfig,
    /// Subscriptions.
    pub subscriptions: SubscriptionsConfig,
    /// When labels of progressive `@override`s are active, by label: true, false, or for a percentage of the requests. What
    /// stands here goes before the number in a label `percent(N)`; other labels are inactive where nothing is said.
    pub overrides: BTreeMap<String, OverrideConfig>,
    /// What clients learn of errors.
    pub errors: ErrorsConfig,
    /// Whether clients may ask for the schema.
    pub introspection: IntrospectionConfig,
    /// Whether clients may ask how an operation was executed.
    pub explain: ExplainConfig,
    /// The console at `/`.
    pub console: ConsoleConfig,
    /// Which web pages of other origins may ask.
    pub cors: CorsConfig,
    /// The guard against requests that a page of another site makes a browser send.
    pub csrf: CsrfConfig,
    /// Logs and traces.
    pub telemetry: telemetry::Config,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 4000)),
            authentication: AuthenticationConfig::default(),
            internal_tokens: InternalTokensConfig::default(),
            limits: LimitsConfig::default(),
            prepared: PreparedConfig::default(),
            subgraphs: SubgraphsConfig::default(),
            subscriptions: SubscriptionsConfig::default(),
            overrides: BTreeMap::new(),
            errors: ErrorsConfig::default(),
            introspection: IntrospectionConfig::default(),
            explain: ExplainConfig::default(),
            console: ConsoleConfig::default(),
            cors: CorsConfig::default(),
            csrf: CsrfConfig::default(),
            telemetry: telemetry::Config {
                service_name: "gateway".to_owned(),
                ..telemetry::Config::default()
            },
        }
    }
}
