//! The client's answer out of the merged data: CompleteValue and null propagation of the GraphQL specification
//! (sections 6.4.3 and 6.4.4), writing JSON as it goes.

use std::collections::HashMap;

use planner::{Content, OutputField, OutputSelection, Shape, Source};

use super::condition::Variables;
use crate::error::{Code, GraphqlError, PathSegment};
use crate::json::{Object, Value, write_string, write_value};

/// How many errors of projection are told, at most.
const MOST_ERRORS: usize = 100;

/// Appends the value of `data` and adds what had to be nulled to the errors.
pub(crate) fn project(
    out: &mut Vec<u8>,
    output: &OutputSelection,
    data: &Object,
    introspection: &HashMap<String, Vec<u8>>,
    variables: &Variables,
    errors: &mut Vec<GraphqlError>,
) {
    let mut projection = Projection { out, variables, introspection, errors, path: Vec::new(), added: 0 };
    let start = projection.out.len();
    if projection.object(output, data).is_err() {
        projection.out.truncate(start);
        projection.out.extend_from_slice(b"null");
    }
}

/// A null where none may be: the parent becomes null.
struct Bubble;

struct Projection<'a> {
    out: &'a mut Vec<u8>,
    variables: &'a Variables,
    introspection: &'a HashMap<String, Vec<u8>>,
    errors: &'a mut Vec<GraphqlError>,
    path: Vec<PathSegment>,
    added: usize,
}

impl Projection<'_> {
    fn object(&mut self, selection: &OutputSelection, object: &Object) -> Result<(), Bubble> {
        let typename = object.get("__typename").and_then(Value::as_plain_str);
        self.out.push(b'{');
        let mut first = true;
        for field in selection.fields.iter().filter(|field| is_asked(field, typename, self.variables)) {
            if !first {
                self.out.push(b',');
            }
            first = false;
            write_string(self.out, &field.response_key);
            self.out.push(b':');
            match &field.source {
                Source::Typename(Some(name)) => write_string(self.out, name),
                Source::Typename(None) => match typename {
                    Some(name) => write_string(self.out, name),
                    None => return Err(Bubble),
                },
                Source::Introspection => match self.introspection.get(&field.response_key) {
                    Some(text) => self.out.extend_from_slice(text),
                    None => self.out.extend_from_slice(b"null"),
                },
                Source::Slot { slot, shape } => {
                    self.path.push(PathSegment::Key(field.response_key.clone()));
                    let outcome = self.value(shape, object.get(slot).unwrap_or(&Value::Null));
                    self.path.pop();
                    outcome?;
                }
            }
        }
        self.out.push(b'}');
        Ok(())
    }

    /// Writes the value, or null where the shape allows it.
    fn value(&mut self, shape: &Shape, value: &Value) -> Result<(), Bubble> {
        let start = self.out.len();
        let outcome = match value {
            Value::Null => {
                if shape.non_null {
                    self.explain("A value that must be there is missing.");
                }
                Err(Bubble)
            }
            value => self.content(&shape.content, value),
        };
        match outcome {
            Ok(()) => Ok(()),
            Err(Bubble) if shape.non_null => Err(Bubble),
            Err(Bubble) => {
                self.out.truncate(start);
                self.out.extend_from_slice(b"null");
                Ok(())
            }
        }
    }

    fn content(&mut self, content: &Content, value: &Value) -> Result<(), Bubble> {
        match (content, value) {
            (Content::List(item), Value::List(items)) => self.list(item, items),
            (Content::Object { types, selection }, Value::Object(object)) => {
                let typename = object.get("__typename").and_then(Value::as_plain_str);
                let allowed = match typename {
                    Some(name) => types.iter().any(|one| one == name),
                    None => types.len() == 1,
                };
                if allowed { self.object(selection, object) } else { self.refuse() }
            }
            (Content::Enum { values, .. }, value) => match value.as_plain_str() {
                Some(name) if values.iter().any(|one| one == name) => {
                    write_value(self.out, value);
                    Ok(())
                }
                _ => self.refuse(),
            },
            (Content::Scalar { name }, value) => self.scalar(name, value),
            _ => self.refuse(),
        }
    }

    fn list(&mut self, item: &Shape, items: &[Value]) -> Result<(), Bubble> {
        self.out.push(b'[');
        for (position, value) in items.iter().enumerate() {
            if position > 0 {
                self.out.push(b',');
            }
            self.path.push(PathSegment::Index(position));
            let outcome = self.value(item, value);
            self.path.pop();
            outcome?;
        }
        self.out.push(b']');
        Ok(())
    }

    /// Result coercion of the built-in scalars (section 3.5); others are the subgraph's own.
    fn scalar(&mut self, name: &str, value: &Value) -> Result<(), Bubble> {
        let Value::Leaf(text) = value else {
            let builtin = matches!(name, "Int" | "Float" | "String" | "Boolean" | "ID");
            if builtin {
                return self.refuse();
            }
            write_value(self.out, value);
            return Ok(());
        };
        let text = std::str::from_utf8(text).unwrap_or_default();
        let is_string = text.starts_with('"');
        let is_boolean = matches!(text, "true" | "false");
        let fits = match name {
            "Int" => text.parse::<i32>().is_ok() || is_whole(text),
            "Float" => !is_string && !is_boolean,
            "String" => is_string,
            "Boolean" => is_boolean,
            "ID" => is_string || text.parse::<i64>().is_ok(),
            _ => true,
        };
        if !fits {
            return self.refuse();
        }
        if name == "ID" && !is_string {
            write_string(self.out, text);
        } else {
            self.out.extend_from_slice(text.as_bytes());
        }
        Ok(())
    }

    /// A value that its type does not allow. What it is stays untold: it may be something inaccessible.
    fn refuse(&mut self) -> Result<(), Bubble> {
        self.explain("A service sent a value that does not fit the schema.");
        Err(Bubble)
    }

    /// Adds an error, unless one already tells about this place.
    fn explain(&mut self, message: &str) {
        let told = self.errors.iter().any(|error| {
            error
                .path
                .as_ref()
                .is_some_and(|path| path.starts_with(&self.path) || self.path.starts_with(path))
        });
        if told || self.added >= MOST_ERRORS {
            return;
        }
        self.added += 1;
        self.errors.push(GraphqlError::new(Code::SubgraphMalformedResponse, message).at(self.path.clone()));
    }
}

fn is_asked(field: &OutputField, typename: Option<&str>, variables: &Variables) -> bool {
    let of_this_type =
        field.types.is_empty() || typename.is_some_and(|name| field.types.iter().any(|one| one == name));
    of_this_type && variables.satisfy(&field.condition)
}

/// A 32-bit whole number that some server wrote as `1.0` or `1e3`.
fn is_whole(text: &str) -> bool {
    !text.starts_with('"')
        && text.parse::<f64>().is_ok_and(|number| {
            number.fract() == 0.0 && (f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&number)
        })
}
