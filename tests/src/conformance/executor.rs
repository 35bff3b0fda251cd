//! A GraphQL executor over a [`World`]: as one subgraph, strict about what it is asked, or as the only server there is.

use std::sync::Mutex;

use apollo_compiler::executable::{Field, Operation, Selection, SelectionSet};
use apollo_compiler::response::JsonMap;
use apollo_compiler::schema::{ExtendedType, Type};
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};
use serde_json::{Map, Value, json};

use super::resolve::Behind;
use super::schema::{FieldSet, SubgraphSchema};
use super::value::arguments;
use super::world::{Found, World};

/// Executes operations.
pub(super) struct Executor<'a> {
    /// All objects.
    pub(super) world: &'a World,
    /// `None`: as the only server.
    pub(super) subgraph: Option<&'a SubgraphSchema>,
    /// The subgraph's schema, or the API schema.
    pub(super) schema: &'a Valid<Schema>,
    /// What the gateway must not have asked.
    pub(super) violations: &'a Mutex<Vec<String>>,
}

/// A null where none may be.
pub(super) struct Bubble;

/// An object that is being executed.
#[derive(Clone)]
pub(super) struct Object<'a> {
    pub(super) found: Found<'a>,
    /// The type's name in this schema.
    pub(super) seen: String,
    /// External fields that `@provides` made visible.
    pub(super) view: FieldSet,
    /// What the gateway sent about it.
    pub(super) representation: Option<&'a Value>,
}

/// One operation under way.
pub(super) struct Run<'a> {
    pub(super) document: &'a ExecutableDocument,
    pub(super) variables: &'a JsonMap,
    pub(super) errors: Vec<Value>,
    path: Vec<Value>,
}

impl Run<'_> {
    fn fail(&mut self, message: &str) {
        self.errors.push(json!({ "message": message, "path": self.path }));
    }
}

impl<'a> Executor<'a> {
    /// The answer to a GraphQL-over-HTTP body.
    pub(super) fn answer(&self, body: &Value) -> Value {
        let query = body["query"].as_str().unwrap_or_default();
        let document = match ExecutableDocument::parse_and_validate(self.schema, query, "query.graphql") {
            Ok(document) => document,
            Err(error) => {
                return self.violation(&format!("asked an invalid operation: {}\n{query}", error.errors));
            }
        };
        let operation = match document.operations.get(body["operationName"].as_str()) {
            Ok(operation) => operation,
            Err(error) => return self.violation(&format!("{error:?}\n{query}")),
        };
        let given: JsonMap = body["variables"]
            .as_object()
            .map(|v| serde_json::from_value(json!(v)).expect("JSON"))
            .unwrap_or_default();
        let variables = match apollo_compiler::request::coerce_variable_values(self.schema, operation, &given)
        {
            Ok(variables) => variables,
            Err(error) => return self.violation(&format!("variables: {}\n{query}", error.message())),
        };
        let sent: Value =
            serde_json::from_str(&serde_json::to_string(&*variables).expect("JSON")).expect("JSON");
        self.execute(&document, operation, &variables, &sent)
    }

    pub(super) fn violation(&self, message: &str) -> Value {
        let name = self.subgraph.map_or("monolith", |subgraph| subgraph.name.as_str());
        self.violations.lock().expect("violations").push(format!("{name}: {message}"));
        json!({ "errors": [{ "message": message }] })
    }

    fn execute(
        &self,
        document: &ExecutableDocument,
        operation: &Operation,
        variables: &JsonMap,
        sent: &Value,
    ) -> Value {
        let mut run = Run { document, variables, errors: Vec::new(), path: Vec::new() };
        let kind = operation.operation_type.name();
        let empty = Map::new();
        let found = self.world.root(kind, self.subgraph.map(|s| s.name.as_str()));
        let root = Object {
            found: found.unwrap_or(Found { ty: kind, fields: &empty, own: None }),
            seen: operation.selection_set.ty.to_string(),
            view: FieldSet::new(),
            representation: Some(sent),
        };
        let data = self.object(&mut run, &[&operation.selection_set], &root).unwrap_or(Value::Null);
        let mut answer = json!({ "data": data });
        if !run.errors.is_empty() {
            answer["errors"] = json!(run.errors);
        }
        answer
    }

    fn object(
        &self,
        run: &mut Run<'_>,
        sets: &[&SelectionSet],
        object: &Object<'_>,
    ) -> Result<Value, Bubble> {
        let mut fields: Vec<(&str, Vec<&Field>)> = Vec::new();
        for set in sets {
            self.collect(run, set, &object.seen, &mut fields);
        }
        let mut out = Map::new();
        for (key, occurrences) in fields {
            run.path.push(json!(key));
            let value = self.field(run, &occurrences, object);
            run.path.pop();
            out.insert(key.to_owned(), value?);
        }
        Ok(Value::Object(out))
    }

    fn collect<'s>(
        &self,
        run: &Run<'s>,
        set: &'s SelectionSet,
        ty: &str,
        fields: &mut Vec<(&'s str, Vec<&'s Field>)>,
    ) where
        'a: 's,
    {
        for selection in &set.selections {
            if !is_included(selection, run.variables) {
                continue;
            }
            let (condition, inner) = match selection {
                Selection::Field(field) => {
                    let key = field.response_key().as_str();
                    match fields.iter_mut().find(|(known, _)| *known == key) {
                        Some((_, all)) => all.push(field),
                        None => fields.push((key, vec![field])),
                    }
                    continue;
                }
                Selection::InlineFragment(fragment) => {
                    (fragment.type_condition.as_ref(), &fragment.selection_set)
                }
                Selection::FragmentSpread(spread) => {
                    let fragment = &run.document.fragments[&spread.fragment_name];
                    (Some(fragment.type_condition()), &fragment.selection_set)
                }
            };
            if condition.is_none_or(|condition| condition == ty || self.schema.is_subtype(condition, ty)) {
                self.collect(run, inner, ty, fields);
            }
        }
    }

    fn field(&self, run: &mut Run<'_>, fields: &[&Field], object: &Object<'_>) -> Result<Value, Bubble> {
        let Some(field) = fields.first() else { return Ok(Value::Null) };
        if field.name == "__typename" {
            return Ok(json!(object.seen));
        }
        if field.name == "_entities" {
            return Ok(self.entities(run, fields, object));
        }
        let given = arguments(field, run.variables);
        let ty = field.ty();
        match self.resolve(object, &field.name, &given) {
            Ok(value) => self.complete(run, ty, &value, fields, object),
            Err(message) => {
                run.fail(&message);
                if ty.is_non_null() { Err(Bubble) } else { Ok(Value::Null) }
            }
        }
    }

    fn entities(&self, run: &mut Run<'_>, fields: &[&Field], root: &Object<'_>) -> Value {
        let Some(field) = fields.first() else { return Value::Null };
        let variable = field.specified_argument_by_name("representations").and_then(|v| v.as_variable());
        let all = variable.and_then(|name| root.representation?.get(name.as_str())?.as_array());
        let sets: Vec<&SelectionSet> = fields.iter().map(|field| &field.selection_set).collect();
        let mut out = Vec::new();
        for (at, representation) in all.into_iter().flatten().enumerate() {
            run.path.push(json!(at));
            let entity = match self.entity(representation) {
                Some(found) => {
                    let seen = self.seen(found.ty).unwrap_or_default();
                    let object =
                        Object { found, seen, view: FieldSet::new(), representation: Some(representation) };
                    self.object(run, &sets, &object).unwrap_or(Value::Null)
                }
                None => Value::Null,
            };
            run.path.pop();
            out.push(entity);
        }
        Value::Array(out)
    }

    fn complete(
        &self,
        run: &mut Run<'_>,
        ty: &Type,
        value: &Value,
        fields: &[&Field],
        parent: &Object<'_>,
    ) -> Result<Value, Bubble> {
        let done = self.complete_nullable(run, ty, value, fields, parent);
        match done {
            Ok(Value::Null) if ty.is_non_null() => {
                if !run.errors.iter().any(|error| starts_with(error, &run.path)) {
                    run.fail("a null where none may be");
                }
                Err(Bubble)
            }
            Err(Bubble) if !ty.is_non_null() => Ok(Value::Null),
            done => done,
        }
    }

    fn complete_nullable(
        &self,
        run: &mut Run<'_>,
        ty: &Type,
        value: &Value,
        fields: &[&Field],
        parent: &Object<'_>,
    ) -> Result<Value, Bubble> {
        match (ty, value) {
            (_, Value::Null) => Ok(Value::Null),
            (_, Value::Object(fields)) if fields.contains_key("$error") => {
                run.fail(fields["$error"].as_str().unwrap_or("planted"));
                Ok(Value::Null)
            }
            (Type::List(item) | Type::NonNullList(item), Value::Array(items)) => {
                let mut out = Vec::new();
                for (at, value) in items.iter().enumerate() {
                    run.path.push(json!(at));
                    let done = self.complete(run, item, value, fields, parent);
                    run.path.pop();
                    out.push(done?);
                }
                Ok(Value::Array(out))
            }
            (Type::Named(name) | Type::NonNullNamed(name), value) => match self.schema.types.get(name) {
                Some(ExtendedType::Enum(definition)) => {
                    let known = value.as_str().is_some_and(|value| definition.values.contains_key(value));
                    // A subgraph may have more in its code than in its schema; the gateway must notice.
                    if !known && self.subgraph.is_none() {
                        run.fail("an unknown value of an enum");
                        return Ok(Value::Null);
                    }
                    Ok(value.clone())
                }
                Some(ExtendedType::Scalar(_)) => Ok(value.clone()),
                _ => {
                    let object = match self.behind(name, value, fields, parent) {
                        Behind::Object(object) => object,
                        Behind::Unknown => return Ok(Value::Null),
                        Behind::Misfit => {
                            run.fail(&format!("{name} does not hold {value}"));
                            return Ok(Value::Null);
                        }
                    };
                    let sets: Vec<&SelectionSet> = fields.iter().map(|field| &field.selection_set).collect();
                    self.object(run, &sets, &object)
                }
            },
            _ => {
                run.fail(&format!("{value} is no {ty}"));
                Ok(Value::Null)
            }
        }
    }
}

fn starts_with(error: &Value, path: &[Value]) -> bool {
    error["path"].as_array().is_some_and(|told| told.starts_with(path))
}

fn is_included(selection: &Selection, variables: &JsonMap) -> bool {
    let holds = |name: &str| {
        let directive = selection.directives().get(name)?;
        let value = directive.specified_argument_by_name("if")?;
        super::value::literal(value, Some(variables))?.as_bool()
    };
    holds("skip") != Some(true) && holds("include") != Some(false)
}
