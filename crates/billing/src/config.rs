use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use subgraph_kit::authorization::{self, AmountLimits};
use subgraph_kit::{definition, service, tenancy};

/// What is configured for this subgraph.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where the rows are.
    pub database: tenancy::Config,
    /// How requests are answered.
    pub service: service::Config,
    /// Who may do what.
    pub authorization: authorization::Config,
    /// The largest payment that an admin may make, by currency and in its minor unit: `EUR = 1000000`. Owners may make
    /// larger ones. A currency that is not named has no limit.
    pub admin_payment_limits: AmountLimits,
}

impl AsMut<tenancy::Config> for Config {
    fn as_mut(&mut self) -> &mut tenancy::Config {
        &mut self.database
    }
}

impl Config {
    /// What every subgraph has, and what only this one has.
    pub(crate) fn split(self) -> (definition::Config, AmountLimits) {
        let Self { database, service, authorization, admin_payment_limits } = self;
        (definition::Config { database, service, authorization }, admin_payment_limits)
    }
}
