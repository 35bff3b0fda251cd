//! What a field's resolver gives, and what it must not be asked for.

use apollo_compiler::Name;
use apollo_compiler::ast::Selection;
use apollo_compiler::executable::Field;
use serde_json::{Value, json};

use super::compute::From;
use super::executor::{Executor, Object};
use super::schema::FieldSet;
use super::value::{Arguments, text};
use super::world::{Fields, Found};

/// What stands behind a field.
pub(super) enum Behind<'a> {
    Object(Object<'a>),
    /// It is not known here.
    Unknown,
    /// The schema has no place for it.
    Misfit,
}

impl<'a> Executor<'a> {
    /// How this schema calls objects of a type: by that name, or by that of an interface object.
    pub(super) fn seen(&self, ty: &str) -> Option<String> {
        if self.schema.get_object(ty).is_some() {
            return Some(ty.to_owned());
        }
        let objects = &self.subgraph?.interface_objects;
        self.world.implements.get(ty)?.iter().find(|interface| objects.contains(*interface)).cloned()
    }

    /// A field's value, computed where the data says so. An error's text otherwise.
    pub(super) fn resolve(
        &self,
        object: &Object<'_>,
        field: &str,
        given: &Arguments,
    ) -> Result<Value, String> {
        self.check(object, field);
        let ty = object.found.ty;
        if let Some(rule) = self.world.rule(ty, field) {
            // Where a subgraph only provides the field, or has lost what it was made of, it knows the value by itself.
            let coordinate = format!("{}.{field}", object.seen);
            let requires = self.subgraph.is_some_and(|subgraph| subgraph.requires.contains_key(&coordinate));
            let from = match object.representation {
                _ if !requires => From::World(object.found),
                Some(representation) => From::Representation(representation),
                None => return Err(format!("{ty}.{field}: there is no representation")),
            };
            let rule = given.iter().fold(rule.to_owned(), |rule, (name, value)| {
                rule.replace(&format!("{{${name}}}"), &text(value))
            });
            let computed = self.computed(&rule, &from).inspect_err(|message| {
                self.violation(&format!("{ty}.{field}: {message}: {:?}", object.representation));
            })?;
            let name =
                self.schema.type_field(&object.seen, field).map(|d| d.ty.inner_named_type().to_string());
            return Ok(match name.as_deref() {
                Ok("Int" | "Float" | "Boolean") => serde_json::from_str(&computed).unwrap_or(Value::Null),
                _ => json!(computed),
            });
        }
        let Some(value) = object.found.get(field) else {
            return Ok(Value::Null);
        };
        self.evaluate(value, given)
    }

    fn evaluate(&self, value: &Value, given: &Arguments) -> Result<Value, String> {
        let Some(fields) = value.as_object() else { return Ok(value.clone()) };
        if let Some(by) = fields.get("$by") {
            let key = given.values().map(text).collect::<Vec<_>>().join(",");
            let chosen = by.get(&key).or_else(|| fields.get("$else")).unwrap_or(&Value::Null);
            return self.evaluate(chosen, given);
        }
        if fields.contains_key("$echo") {
            return Ok(json!(json!(given).to_string()));
        }
        if let Some(entry) = fields.get("$log") {
            return Ok(json!(self.world.log(entry.as_str())));
        }
        if let Some(message) = fields.get("$error") {
            return Err(text(message));
        }
        Ok(value.clone())
    }

    /// Whether the field may be asked of this subgraph here.
    fn check(&self, object: &Object<'_>, field: &str) {
        let Some(subgraph) = self.subgraph else { return };
        let coordinate = format!("{}.{field}", object.seen);
        if subgraph.lost.contains(&coordinate) {
            self.violation(&format!("{coordinate} was taken over by another subgraph"));
        }
        if let Some(required) = subgraph.requires.get(&coordinate) {
            let whole = object.representation.is_some_and(|it| self.holds(it, required, &object.seen));
            if !whole {
                let sent = object.representation.unwrap_or(&Value::Null);
                self.violation(&format!("{coordinate} requires more than {sent}"));
            }
        }
        let keys = subgraph.keys.get(&object.seen).into_iter().flatten();
        let is_key = keys.into_iter().any(|key| names(&key.fields).any(|name| name == field));
        let provided = self.provided(&object.view, &object.seen, field).next().is_some();
        if subgraph.external.contains(&coordinate) && !is_key && !provided {
            self.violation(&format!("{coordinate} is external"));
        }
    }

    /// Whether a representation has all that is required.
    fn holds(&self, value: &Value, required: &FieldSet, ty: &str) -> bool {
        let here = |value: &Value| match value.get("__typename").and_then(Value::as_str) {
            Some(name) => name.to_owned(),
            None => ty.to_owned(),
        };
        required.iter().all(|selection| match (value, selection) {
            (Value::Null, _) => true,
            (Value::Array(items), _) => items.iter().all(|item| self.holds(item, required, ty)),
            (_, Selection::InlineFragment(fragment)) => {
                let here = here(value);
                let fits = fragment
                    .type_condition
                    .as_ref()
                    .is_none_or(|c| c.as_str() == here || self.schema.is_subtype(c, &here));
                !fits || self.holds(value, &fragment.selection_set, &here)
            }
            (_, Selection::Field(field)) => value.get(field.name.as_str()).is_some_and(|inner| {
                let target = self.schema.type_field(&here(value), &field.name);
                let target = target.map_or_else(|_| String::new(), |d| d.ty.inner_named_type().to_string());
                self.holds(inner, &field.selection_set, &target)
            }),
            _ => true,
        })
    }

    fn provided<'v>(
        &'v self,
        view: &'v FieldSet,
        ty: &'v str,
        field: &'v str,
    ) -> Box<dyn Iterator<Item = &'v FieldSet> + 'v> {
        Box::new(view.iter().flat_map(move |selection| -> Box<dyn Iterator<Item = &'v FieldSet> + 'v> {
            match selection {
                Selection::Field(one) if one.name == field => Box::new(std::iter::once(&one.selection_set)),
                Selection::InlineFragment(fragment) => {
                    let fits = |c: &Name| *c == ty || self.schema.is_subtype(c, ty);
                    if fragment.type_condition.as_ref().is_none_or(fits) {
                        self.provided(&fragment.selection_set, ty, field)
                    } else {
                        Box::new(std::iter::empty())
                    }
                }
                _ => Box::new(std::iter::empty()),
            }
        }))
    }

    /// The object behind a field.
    pub(super) fn behind<'v>(
        &'v self,
        declared: &str,
        value: &'v Value,
        fields: &[&Field],
        parent: &Object<'v>,
    ) -> Behind<'v> {
        let subgraph = self.subgraph.map(|subgraph| subgraph.name.as_str());
        let found = match value {
            Value::String(reference) => match self.world.entity(reference, subgraph) {
                Some(found) => found,
                None => return Behind::Unknown,
            },
            Value::Object(inner) => {
                let known = inner.get("__typename").and_then(Value::as_str);
                let ty = known.or_else(|| self.schema.get_object(declared).map(|d| d.name.as_str()));
                let Some(ty) = ty else { return Behind::Misfit };
                Found { ty, fields: inner as &Fields, own: None }
            }
            _ => return Behind::Misfit,
        };
        let Some(seen) = self.seen(found.ty) else { return Behind::Misfit };
        if seen != declared && !self.schema.is_subtype(declared, &seen) {
            return Behind::Misfit;
        }
        let Some(field) = fields.first() else { return Behind::Misfit };
        let mut view: FieldSet =
            self.provided(&parent.view, &parent.seen, &field.name).flatten().cloned().collect();
        if let Some(subgraph) = self.subgraph {
            let coordinate = format!("{}.{}", parent.seen, field.name);
            view.extend(subgraph.provides.get(&coordinate).into_iter().flatten().cloned());
        }
        Behind::Object(Object { found, seen, view, representation: None })
    }

    /// The entity that a representation means.
    pub(super) fn entity(&self, representation: &'a Value) -> Option<Found<'a>> {
        let subgraph = self.subgraph?;
        let ty = representation["__typename"].as_str()?;
        let keys = subgraph.keys.get(ty).map(Vec::as_slice).unwrap_or_default();
        let mut complete =
            keys.iter().filter(|key| key.resolvable && self.holds(representation, &key.fields, ty));
        let null = keys
            .iter()
            .flat_map(|key| names(&key.fields))
            .any(|name| representation.get(name) == Some(&Value::Null));
        let Some(key) = complete.next().filter(|_| !null) else {
            self.violation(&format!("no key of {ty} is in {representation}"));
            return None;
        };
        let mut all = self.world.entities(ty, Some(&subgraph.name));
        all.find(|found| self.matches(*found, representation, &key.fields))
    }

    fn matches(&self, found: Found<'_>, value: &Value, fields: &FieldSet) -> bool {
        fields.iter().all(|selection| {
            let Selection::Field(field) = selection else { return true };
            let (Some(sent), Some(own)) = (value.get(field.name.as_str()), found.get(&field.name)) else {
                return field.name == "__typename";
            };
            self.equal(sent, own, &field.selection_set)
        })
    }

    fn equal(&self, sent: &Value, own: &Value, fields: &FieldSet) -> bool {
        match (sent, own) {
            (Value::Array(sent), Value::Array(own)) => {
                sent.len() == own.len()
                    && sent.iter().zip(own).all(|(sent, own)| self.equal(sent, own, fields))
            }
            (Value::Object(_), Value::String(reference)) => {
                self.world.entity(reference, None).is_some_and(|found| self.matches(found, sent, fields))
            }
            (Value::Object(_), Value::Object(own)) => {
                self.matches(Found { ty: "", fields: own, own: None }, sent, fields)
            }
            (sent, own) => text(sent) == text(own),
        }
    }
}

fn names(fields: &FieldSet) -> impl Iterator<Item = &str> {
    fields.iter().filter_map(|selection| selection.as_field().map(|field| field.name.as_str()))
}
