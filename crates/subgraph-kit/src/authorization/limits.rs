use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::money::{Currency, InvalidCurrency};

/// A largest amount for each currency, in its minor unit. A currency that is not among them has no limit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "BTreeMap<String, i64>", into = "BTreeMap<String, i64>")]
#[schemars(with = "BTreeMap<String, i64>")]
pub struct AmountLimits(BTreeMap<Currency, i64>);

impl AmountLimits {
    /// The largest amount in this currency, if there is one.
    pub fn of(&self, currency: Currency) -> Option<i64> {
        self.0.get(&currency).copied()
    }
}

impl FromIterator<(Currency, i64)> for AmountLimits {
    fn from_iter<I: IntoIterator<Item = (Currency, i64)>>(limits: I) -> Self {
        Self(limits.into_iter().collect())
    }
}

impl TryFrom<BTreeMap<String, i64>> for AmountLimits {
    type Error = InvalidCurrency;

    fn try_from(limits: BTreeMap<String, i64>) -> Result<Self, InvalidCurrency> {
        // The environment is read in lower case.
        limits.into_iter().map(|(code, most)| Ok((code.to_ascii_uppercase().parse()?, most))).collect()
    }
}

impl From<AmountLimits> for BTreeMap<String, i64> {
    fn from(limits: AmountLimits) -> Self {
        limits.0.into_iter().map(|(currency, most)| (currency.to_string(), most)).collect()
    }
}
