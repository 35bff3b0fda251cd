use std::collections::HashMap;

use bytes::Bytes;
use planner::Condition;

use crate::json::write_string;

/// The client's variables, coerced, each as JSON text.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Variables(HashMap<String, Bytes>);

impl Variables {
    pub(crate) fn new(values: HashMap<String, Bytes>) -> Self {
        Self(values)
    }

    /// Names and values, in no order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Bytes)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Whether a condition holds. A Boolean that has no value is false.
    pub(crate) fn satisfy(&self, condition: &Condition) -> bool {
        match condition {
            Condition::Always => true,
            Condition::Variable { name, negated } => {
                let value = self.0.get(name).is_some_and(|value| value.as_ref() == b"true");
                value != *negated
            }
            Condition::All(conditions) => conditions.iter().all(|condition| self.satisfy(condition)),
            Condition::Any(conditions) => conditions.iter().any(|condition| self.satisfy(condition)),
        }
    }

    /// Appends `"name":value` for each of the names that has a value, with commas between; whether anything was written.
    pub(crate) fn write<'n>(&self, out: &mut Vec<u8>, names: impl IntoIterator<Item = &'n str>) -> bool {
        let mut written = false;
        for name in names {
            if let Some(value) = self.0.get(name) {
                if written {
                    out.push(b',');
                }
                write_string(out, name);
                out.push(b':');
                out.extend_from_slice(value);
                written = true;
            }
        }
        written
    }
}
