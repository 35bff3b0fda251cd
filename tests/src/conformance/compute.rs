//! Fields with `@requires`: text made of what they require, the same for a subgraph (out of the representation) and for
//! the single executor (out of the world).

use serde_json::Value;

use super::executor::Executor;
use super::value::text;
use super::world::Found;

/// Where the required values come from.
pub(super) enum From<'a> {
    /// A representation.
    Representation(&'a Value),
    /// The world itself.
    World(Found<'a>),
}

impl Executor<'_> {
    /// Fills in a rule's paths: `{price}`, `{dimensions.width}`, `{a|b}` (the first that is there), `{price:EUR}` (with
    /// that argument).
    pub(super) fn computed(&self, rule: &str, from: &From<'_>) -> Result<String, String> {
        let mut out = String::new();
        let mut rest = rule;
        while let Some((before, after)) = rest.split_once('{') {
            let (paths, after) = closed(after).ok_or("a brace is open")?;
            out.push_str(before);
            let found = paths.split('|').find_map(|path| {
                let steps: Vec<&str> = path.split('.').collect();
                match from {
                    From::Representation(value) => in_representation(value, &steps),
                    From::World(found) => self.in_object(*found, &steps),
                }
            });
            out.push_str(&found.ok_or_else(|| format!("no representation holds {paths}"))?);
            rest = after;
        }
        out.push_str(rest);
        Ok(out)
    }

    fn in_object(&self, found: Found<'_>, steps: &[&str]) -> Option<String> {
        let (step, rest) = steps.split_first()?;
        let (name, argument) = step.split_once(':').map_or((*step, None), |(name, a)| (name, Some(a)));
        if name == "__typename" {
            return Some(found.ty.to_owned());
        }
        if let Some(rule) = self.world.rule(found.ty, name) {
            return self.computed(rule, &From::World(found)).ok();
        }
        let mut value = found.get(name)?;
        if let Some(by) = value.get("$by") {
            value = argument.and_then(|a| by.get(a)).or_else(|| value.get("$else"))?;
        }
        self.in_value(value, rest)
    }

    fn in_value(&self, value: &Value, rest: &[&str]) -> Option<String> {
        match value {
            Value::Array(items) => {
                Some(items.iter().filter_map(|item| self.in_value(item, rest)).collect::<Vec<_>>().join(","))
            }
            Value::Null => Some("null".to_owned()),
            value if rest.is_empty() => Some(text(value)),
            Value::String(reference) => self.in_object(self.world.entity(reference, None)?, rest),
            Value::Object(fields) => {
                let ty = fields.get("__typename").and_then(Value::as_str).unwrap_or("?");
                self.in_object(Found { ty, fields, own: None }, rest)
            }
            _ => None,
        }
    }
}

/// Splits at the brace that closes; arguments may have braces of their own.
fn closed(text: &str) -> Option<(&str, &str)> {
    let mut depth = 1;
    let end = text.char_indices().find(|(_, c)| {
        depth += i32::from(*c == '{') - i32::from(*c == '}');
        depth == 0
    });
    let (end, _) = end?;
    Some((text.get(..end)?, text.get(end + 1..)?))
}

fn in_representation(value: &Value, steps: &[&str]) -> Option<String> {
    match value {
        Value::Array(items) => {
            Some(items.iter().filter_map(|item| in_representation(item, steps)).collect::<Vec<_>>().join(","))
        }
        Value::Null => Some("null".to_owned()),
        value => match steps.split_first() {
            None => Some(text(value)),
            Some((step, rest)) => {
                let name = step.split(':').next().unwrap_or(step);
                in_representation(value.get(name)?, rest)
            }
        },
    }
}
