use std::fmt;
use std::str::FromStr;

use async_graphql::{
    InputObject, InputValueError, InputValueResult, Scalar, ScalarType, SimpleObject, Value,
};

/// The largest integer that every JSON reader keeps exact: 2^53 - 1.
const LARGEST: i64 = 9_007_199_254_740_991;

/// An amount in the currency's minor unit (cents): a JSON integer, at most 2^53 - 1 either way
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MinorUnits(i64);

impl MinorUnits {
    /// The amount, or `None` beyond 2^53 - 1 either way.
    pub fn new(amount: i64) -> Option<Self> {
        (-LARGEST..=LARGEST).contains(&amount).then_some(Self(amount))
    }

    /// The amount in minor units.
    pub fn get(self) -> i64 {
        self.0
    }
}

/// An amount in the currency's minor unit (cents): a JSON integer, at most 2^53 - 1 either way
#[Scalar]
impl ScalarType for MinorUnits {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::Number(number) = &value else { return Err(InputValueError::expected_type(value)) };
        number.as_i64().and_then(Self::new).ok_or_else(|| {
            InputValueError::custom(format!("not an integer between -{LARGEST} and {LARGEST}"))
        })
    }

    fn is_valid(value: &Value) -> bool {
        matches!(value, Value::Number(_))
    }

    fn to_value(&self) -> Value {
        Value::from(self.0)
    }
}

/// ISO 4217, e.g. EUR
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

/// The text is no ISO 4217 code: three capital letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an ISO 4217 code: three capital letters, e.g. EUR")]
pub struct InvalidCurrency;

impl Currency {
    /// The code.
    pub fn as_str(&self) -> &str {
        // Only ASCII capitals get in.
        str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for Currency {
    type Err = InvalidCurrency;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let code: [u8; 3] = text.as_bytes().try_into().map_err(|_| InvalidCurrency)?;
        if code.iter().all(u8::is_ascii_uppercase) { Ok(Self(code)) } else { Err(InvalidCurrency) }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// ISO 4217, e.g. EUR
#[Scalar]
impl ScalarType for Currency {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else { return Err(InputValueError::expected_type(value)) };
        text.parse().map_err(|error: InvalidCurrency| InputValueError::custom(error))
    }

    fn is_valid(value: &Value) -> bool {
        matches!(value, Value::String(_))
    }

    fn to_value(&self) -> Value {
        Value::from(self.as_str())
    }
}

/// An amount of money
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, SimpleObject)]
#[graphql(shareable)]
pub struct Money {
    /// How much
    pub amount: MinorUnits,
    /// Of what
    pub currency: Currency,
}

/// An amount of money
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, InputObject)]
pub struct MoneyInput {
    /// How much
    pub amount: MinorUnits,
    /// Of what
    pub currency: Currency,
}

impl From<MoneyInput> for Money {
    fn from(MoneyInput { amount, currency }: MoneyInput) -> Self {
        Self { amount, currency }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_stay_exact_in_json() {
        assert_eq!(MinorUnits::new(LARGEST).map(MinorUnits::get), Some(LARGEST));
        assert_eq!(MinorUnits::new(LARGEST + 1), None);
        for value in [Value::from(1.5), Value::from("12"), Value::from(i64::MAX), Value::Null] {
            assert!(MinorUnits::parse(value.clone()).is_err(), "{value}");
        }
    }

    #[test]
    fn a_currency_is_three_capitals() {
        assert_eq!("EUR".parse::<Currency>().map(|code| code.to_string()), Ok("EUR".to_owned()));
        for text in ["", "EU", "EURO", "eur", "E R", "ÄU"] {
            assert_eq!(text.parse::<Currency>(), Err(InvalidCurrency), "{text}");
        }
    }
}
