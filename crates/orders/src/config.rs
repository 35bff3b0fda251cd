use chrono::TimeDelta;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use subgraph_kit::authorization::{self, AmountLimits};
use subgraph_kit::{definition, service, tenancy};

use crate::domain::Limits;

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
    /// For how many minutes a member may cancel what they ordered; owners and admins may later, too.
    pub cancellation_window_minutes: Option<u32>,
    /// The largest order that a member may place, by currency and in its minor unit: `EUR = 100000`. Owners and admins may
    /// place larger ones. A currency that is not named has no limit.
    pub member_order_limits: AmountLimits,
}

impl AsMut<tenancy::Config> for Config {
    fn as_mut(&mut self) -> &mut tenancy::Config {
        &mut self.database
    }
}

impl Config {
    /// What every subgraph has, and what only this one has.
    pub(crate) fn split(self) -> (definition::Config, Limits) {
        let Self { database, service, authorization, cancellation_window_minutes, member_order_limits } =
            self;
        let limits = Limits {
            member_order: member_order_limits,
            cancellation_window: cancellation_window_minutes
                .map(|minutes| TimeDelta::minutes(minutes.into())),
        };
        (definition::Config { database, service, authorization }, limits)
    }
}
