//! The client's answer out of the merged data: CompleteValue and null propagation of the GraphQL specification
//! (sections 6.4.3 and 6.4.4), writing JSON as it goes.

use std::collections::HashMap;

use planner::{Content, DeferId, OutputField, OutputSelection, Shape, Source};

use super::condition::Variables;
use super::losses::Losses;
use super::site::{Site, Step, Written};
use crate::error::{Code, GraphqlError, Refusal};
use crate::json::{LossId, Object, Value, write_string, write_value};

/// How many errors of projection are told, at most.
const MOST_ERRORS: usize = 100;

/// How to turn merged data into the client's answer.
pub(crate) struct Projection<'a> {
    pub(crate) output: &'a OutputSelection,
    /// What `__schema` and `__type` say, as JSON text by response key.
    pub(crate) introspection: &'a HashMap<String, Vec<u8>>,
    pub(crate) variables: &'a Variables,
    /// What failed: it is told of at each null that is due to it.
    pub(crate) losses: &'a Losses,
    /// The longest answer, in bytes.
    pub(crate) longest: usize,
    /// Whether entries of deferred fragments are left out, and where they are to go is kept.
    pub(crate) deferring: bool,
}

impl Projection<'_> {
    /// The JSON text of `data`. Adds an error for every null that the schema does not allow, unless one tells of it.
    pub(crate) fn write(&self, data: &Object, errors: &mut Vec<GraphqlError>) -> Result<Vec<u8>, Refusal> {
        let site = Site::root(self.output);
        let written = self.write_site(&site, data, errors)?;
        self.tell_unmet(|loss| written.met.contains_key(&loss), errors);
        Ok(written.text)
    }

    /// The JSON text of what belongs at a site.
    pub(super) fn write_site<'s>(
        &self,
        site: &Site<'s>,
        object: &Object,
        errors: &mut Vec<GraphqlError>,
    ) -> Result<Written<'s>, Refusal> {
        let mut out = Vec::with_capacity(4 * 1024);
        let mut writer = Writer {
            projection: self,
            out: &mut out,
            errors,
            path: site.path.clone(),
            told: 0,
            lost: HashMap::new(),
            too_long: false,
            sites: Vec::new(),
        };
        let whole = writer.object(site.selection, object, site.only, site.group);
        writer.tell_hidden();
        if writer.too_long || writer.out.len() > self.longest {
            let message =
                format!("The answer is longer than {} bytes; ask for less at a time.", self.longest);
            return Err(Refusal::document(vec![GraphqlError::new(Code::TooComplex, message)]));
        }
        let Writer { lost: met, mut sites, .. } = writer;
        if whole.is_err() {
            out.clear();
            out.extend_from_slice(b"null");
            sites.clear();
        }
        Ok(Written { text: out, sites, met })
    }

    /// Adds the failures that show nowhere, perhaps because what is around them became null before.
    pub(super) fn tell_unmet(&self, met: impl Fn(LossId) -> bool, errors: &mut Vec<GraphqlError>) {
        let unmet = self.losses.iter().filter(|(loss, _)| !met(*loss));
        unmet.for_each(|(_, told)| errors.extend_from_slice(told));
    }
}

/// A null where none may be: the parent becomes null.
struct Bubble;

/// `'p`: what the projection knows; `'a`: the client's answer.
struct Writer<'p, 'a> {
    projection: &'p Projection<'p>,
    out: &'p mut Vec<u8>,
    errors: &'p mut Vec<GraphqlError>,
    path: Vec<Step<'a>>,
    told: usize,
    /// For each failure that was met, the number of nulls that are due to it and not told of one by one.
    lost: HashMap<LossId, usize>,
    too_long: bool,
    /// Where deferred groups are to go.
    sites: Vec<Site<'a>>,
}

impl<'a> Writer<'_, 'a> {
    /// `only`: the object's type where the schema leaves no other; objects of such types need no `__typename`.
    fn object(
        &mut self,
        selection: &'a OutputSelection,
        object: &Object,
        only: Option<&'a str>,
        group: Option<DeferId>,
    ) -> Result<(), Bubble> {
        let typename = object.get("__typename").and_then(Value::as_plain_str).or(only);
        self.out.push(b'{');
        let mut first = true;
        let mut deferred = Vec::new();
        for field in &selection.fields {
            if !self.is_asked(field, typename) {
                continue;
            }
            let own = if self.projection.deferring { field.defer.first().copied() } else { None };
            if own != group {
                // Whoever writes a group leaves the others to those who saw the object first.
                if let (None, Some(other)) = (group, own)
                    && !deferred.contains(&other)
                {
                    deferred.push(other);
                    self.sites.push(Site { group: own, selection, only, path: self.path.clone() });
                }
                continue;
            }
            if !first {
                self.out.push(b',');
            }
            first = false;
            write_string(self.out, &field.response_key);
            self.out.push(b':');
            let slot = if let Source::Slot { slot, .. } = &field.source { slot } else { "" };
            self.path.push(Step::Key { key: &field.response_key, slot });
            let outcome = self.field(field, object, typename);
            self.path.pop();
            outcome?;
        }
        self.out.push(b'}');
        Ok(())
    }

    fn is_asked(&self, field: &OutputField, typename: Option<&str>) -> bool {
        let of_this_type =
            field.types.is_empty() || typename.is_some_and(|name| field.types.iter().any(|one| one == name));
        of_this_type && self.projection.variables.satisfy(&field.condition)
    }

    fn field(
        &mut self,
        field: &'a OutputField,
        object: &Object,
        typename: Option<&str>,
    ) -> Result<(), Bubble> {
        match &field.source {
            Source::Typename(Some(name)) => write_string(self.out, name),
            Source::Typename(None) => match typename {
                Some(name) => write_string(self.out, name),
                None => return self.refuse(),
            },
            Source::Introspection => {
                let Some(text) = self.projection.introspection.get(&field.response_key) else {
                    if !self.is_told() {
                        self.tell(GraphqlError::new(Code::Internal, "The schema could not be told."));
                    }
                    return Err(Bubble);
                };
                self.out.extend_from_slice(text);
            }
            Source::Slot { slot, shape } => {
                return self.value(shape, object.get(slot).unwrap_or(&Value::Null));
            }
        }
        Ok(())
    }

    /// Writes the value, or null where the shape allows it.
    fn value(&mut self, shape: &'a Shape, value: &Value) -> Result<(), Bubble> {
        let (start, sites) = (self.out.len(), self.sites.len());
        if start > self.projection.longest {
            self.too_long = true;
        }
        if self.too_long {
            return Err(Bubble);
        }
        let outcome = match value {
            Value::Null => {
                if shape.non_null {
                    self.explain("A value that must be there is missing.");
                }
                Err(Bubble)
            }
            Value::Lost(loss) => self.lose(*loss),
            value => self.content(&shape.content, value),
        };
        match outcome {
            Ok(()) => Ok(()),
            Err(Bubble) if shape.non_null => Err(Bubble),
            Err(Bubble) => {
                self.out.truncate(start);
                self.sites.truncate(sites);
                self.out.extend_from_slice(b"null");
                Ok(())
            }
        }
    }

    fn content(&mut self, content: &'a Content, value: &Value) -> Result<(), Bubble> {
        match (content, value) {
            (Content::List(item), Value::List(items)) => self.list(item, items),
            // Nobody looks at its type, which may not even be known.
            (Content::Object { types, selection }, Value::Object(object)) if types.is_empty() => {
                self.object(selection, object, None, None)
            }
            (Content::Object { types, selection }, Value::Object(object)) => {
                let only = match types.as_slice() {
                    [only] => Some(only.as_str()),
                    _ => None,
                };
                let named = object.get("__typename");
                let typename = named.and_then(Value::as_plain_str).or(only);
                if let (None, Some(loss)) = (typename, named.and_then(Value::loss)) {
                    return self.lose(loss);
                }
                if typename.is_some_and(|name| types.iter().any(|one| one == name)) {
                    self.object(selection, object, only, None)
                } else {
                    self.refuse()
                }
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

    fn list(&mut self, item: &'a Shape, values: &[Value]) -> Result<(), Bubble> {
        self.out.push(b'[');
        for (position, value) in values.iter().enumerate() {
            if position > 0 {
                self.out.push(b',');
            }
            self.path.push(Step::Index(position));
            let outcome = self.value(item, value);
            self.path.pop();
            outcome?;
        }
        self.out.push(b']');
        Ok(())
    }

    /// Result coercion of the built-in scalars (section 3.5); others are the subgraph's own.
    fn scalar(&mut self, name: &str, value: &Value) -> Result<(), Bubble> {
        let builtin = matches!(name, "Int" | "Float" | "String" | "Boolean" | "ID");
        let Value::Leaf(text) = value else {
            if builtin {
                return self.refuse();
            }
            write_value(self.out, value);
            return Ok(());
        };
        let text = std::str::from_utf8(text).unwrap_or_default();
        let is_string = text.starts_with('"');
        let is_boolean = matches!(text, "true" | "false");
        let is_number = !is_string && !is_boolean;
        let fits = match name {
            "Int" => text.parse::<i32>().is_ok() || is_number && is_whole(text),
            "Float" => is_number,
            "String" => is_string,
            "Boolean" => is_boolean,
            "ID" => is_string || is_number && !text.contains(['.', 'e', 'E']),
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
        if self.told < MOST_ERRORS && !self.is_told() {
            self.tell(GraphqlError::new(Code::SubgraphMalformedResponse, message));
        }
    }

    /// A null that is due to a failure.
    fn lose(&mut self, loss: LossId) -> Result<(), Bubble> {
        let errors = self.projection.losses.errors(loss);
        let met = self.lost.contains_key(&loss);
        let hidden = self.lost.entry(loss).or_default();
        if self.told >= MOST_ERRORS {
            *hidden += 1;
        } else if !self.is_told() {
            // All that is known of a failure is told once, and then what it was.
            let told = if met { errors.get(..1).unwrap_or_default() } else { errors };
            told.iter().cloned().for_each(|error| self.tell(error));
        }
        Err(Bubble)
    }

    /// Adds an error at this place.
    fn tell(&mut self, error: GraphqlError) {
        self.told += 1;
        let path = self.path.iter().map(|step| step.segment());
        self.errors.push(error.at(path.collect()));
    }

    /// Whether an error tells about this place, or one below it (the null came up from there).
    fn is_told(&self) -> bool {
        self.errors.iter().filter_map(|error| error.path.as_ref()).any(|path| {
            path.len() >= self.path.len() && path.iter().zip(&self.path).all(|(told, step)| step.is(told))
        })
    }

    /// Adds how many more nulls are due to a failure than those that are told of.
    fn tell_hidden(&mut self) {
        for (loss, errors) in self.projection.losses.iter() {
            let hidden = self.lost.get(&loss).filter(|hidden| **hidden > 0);
            if let (Some(hidden), Some(error)) = (hidden, errors.first()) {
                self.errors.push(GraphqlError {
                    message: format!(
                        "{} Nulls in the answer due to this, beyond those told of: {hidden}.",
                        error.message
                    ),
                    ..error.clone()
                });
            }
        }
    }
}

/// A 32-bit whole number that some server wrote as `1.0` or `1e3`.
fn is_whole(text: &str) -> bool {
    text.parse::<f64>().is_ok_and(|number| {
        number.fract() == 0.0 && (f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&number)
    })
}
