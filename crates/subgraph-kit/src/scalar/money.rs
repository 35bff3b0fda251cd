use async_graphql::{InputObject, InputValueError, InputValueResult, Object, Scalar, ScalarType, Value};

use crate::money::{Currency, InvalidCurrency, LARGEST, MinorUnits, Money};

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
        Value::from(self.get())
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
#[Object(shareable)]
impl Money {
    /// How much
    async fn amount(&self) -> MinorUnits {
        self.amount
    }

    /// Of what
    async fn currency(&self) -> Currency {
        self.currency
    }
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
        for value in [Value::from(1.5), Value::from("12"), Value::from(i64::MAX), Value::Null] {
            assert!(MinorUnits::parse(value.clone()).is_err(), "{value}");
        }
    }
}
