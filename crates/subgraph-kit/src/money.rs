//! Money as a domain counts it: plain values. How they stand in a schema is told in [`scalar`](crate::scalar).

use std::fmt;
use std::str::FromStr;

/// The largest integer that every JSON reader keeps exact: 2^53 - 1.
pub(crate) const LARGEST: i64 = 9_007_199_254_740_991;

/// An amount in the currency's minor unit (cents), at most 2^53 - 1 either way: more is not read exactly by every
/// client.
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

/// An ISO 4217 code, e.g. EUR.
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

/// An amount of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    /// How much.
    pub amount: MinorUnits,
    /// Of what.
    pub currency: Currency,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_one_that_json_keeps_exact() {
        assert_eq!(MinorUnits::new(LARGEST).map(MinorUnits::get), Some(LARGEST));
        assert_eq!(MinorUnits::new(LARGEST + 1), None);
    }

    #[test]
    fn a_currency_is_three_capitals() {
        assert_eq!("EUR".parse::<Currency>().map(|code| code.to_string()), Ok("EUR".to_owned()));
        for text in ["", "EU", "EURO", "eur", "E R", "ÄU"] {
            assert_eq!(text.parse::<Currency>(), Err(InvalidCurrency), "{text}");
        }
    }
}
