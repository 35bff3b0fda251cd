use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use chrono::{Datelike as _, SecondsFormat, SubsecRound, Utc};

/// A moment in UTC, as RFC 3339 text with at most microseconds, e.g. `2026-03-01T09:30:00Z`
// Microseconds, because PostgreSQL keeps no more: the same moment must read the same from both databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateTime(chrono::DateTime<Utc>);

impl DateTime {
    /// The moment as chrono has it.
    pub fn utc(self) -> chrono::DateTime<Utc> {
        self.0
    }
}

impl From<chrono::DateTime<Utc>> for DateTime {
    /// Drops what is finer than a microsecond.
    fn from(moment: chrono::DateTime<Utc>) -> Self {
        Self(moment.trunc_subsecs(6))
    }
}

/// A moment in UTC, as RFC 3339 text with at most microseconds, e.g. `2026-03-01T09:30:00Z`
#[Scalar]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else { return Err(InputValueError::expected_type(value)) };
        let moment = chrono::DateTime::parse_from_rfc3339(text)
            .map_err(|_| InputValueError::custom("not an RFC 3339 date and time"))?;
        let moment = moment.with_timezone(&Utc);
        // An offset can lead out of the years that RFC 3339 can write.
        if !(0..=9_999).contains(&moment.year()) {
            return Err(InputValueError::custom("not between the years 0 and 9999"));
        }
        Ok(moment.into())
    }

    fn is_valid(value: &Value) -> bool {
        matches!(value, Value::String(_))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_any_offset_and_writes_utc() {
        let cases = [
            ("2026-03-01T09:30:00Z", "2026-03-01T09:30:00Z"),
            ("2026-03-01T09:30:00+02:00", "2026-03-01T07:30:00Z"),
            ("2026-03-01T09:30:00.123456789Z", "2026-03-01T09:30:00.123456Z"),
        ];
        for (text, expected) in cases {
            let moment = DateTime::parse(Value::from(text)).expect(text);
            assert_eq!(moment.to_value(), Value::from(expected), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_moment() {
        let texts = ["yesterday", "2026-03-01", "9999-12-31T23:59:59-00:01", "0000-01-01T00:00:00+00:01"];
        for value in texts.map(Value::from).into_iter().chain([Value::from(7), Value::Null]) {
            assert!(DateTime::parse(value.clone()).is_err(), "{value}");
        }
    }
}
