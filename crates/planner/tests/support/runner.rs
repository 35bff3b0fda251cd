//! Runs a plan by the letter of its documentation, one fetch after the other.

use apollo_compiler::ExecutableDocument;
use planner::{
    Condition, Content, ContextSelection, ContextValue, ContextVariable, Copies, EntityBatch, FetchId,
    OutputSelection, PathStep, Plan, Representation, RepresentationField, RepresentationSelection, Shape,
    Source, Target,
};
use serde_json::{Map, Value, json};

use super::execute::Executor;
use super::subgraphs::World;

/// Runs all fetches against the world's subgraphs and projects the answer.
pub fn run(world: &World, plan: &Plan, variables: &Map<String, Value>) -> Value {
    let mut merged = json!({});
    for (at, fetch) in plan.fetches.iter().enumerate() {
        assert!(fetch.after.iter().all(|FetchId(before)| *before < at), "out of order");
        if !holds(&fetch.condition, variables) {
            continue;
        }
        let subgraph = &world.subgraphs[&fetch.subgraph];
        let mut sent = Map::new();
        // For each batch and copy of it: where the answers go.
        let mut places: Vec<Vec<Vec<String>>> = Vec::new();
        if let Target::Entities { batches } = &fetch.target {
            for batch in batches {
                let wanted = holds(&batch.condition, variables);
                let copies = if wanted { collect(&merged, batch) } else { Vec::new() };
                for (at, (values, described)) in copies.iter().enumerate() {
                    let representations = described.iter().map(|(_, representation)| representation.clone());
                    sent.insert(Copies::name(&batch.variable, at), representations.collect());
                    for (context, value) in batch.contexts.iter().zip(values) {
                        sent.insert(Copies::name(&context.variable, at), value.clone());
                    }
                }
                if copies.is_empty() && fetch.copies.is_none() {
                    sent.insert(batch.variable.clone(), json!([]));
                }
                let pointers =
                    |described: Vec<(String, Value)>| described.into_iter().map(|(p, _)| p).collect();
                places.push(copies.into_iter().map(|(_, described)| pointers(described)).collect());
            }
            if places.iter().all(Vec::is_empty) {
                continue;
            }
        }
        let counts: Vec<usize> = places.iter().map(Vec::len).collect();
        let (text, own) = match &fetch.copies {
            Some(copies) => (copies.operation(&counts), copies.variables(&counts)),
            None => (fetch.operation.clone(), fetch.variables.iter().map(String::as_str).collect()),
        };
        for name in own {
            sent.extend(variables.get(name).map(|value| (name.to_owned(), value.clone())));
        }
        let document = ExecutableDocument::parse_and_validate(&subgraph.schema, &text, "fetch")
            .unwrap_or_else(|error| panic!("{} refuses {text}\n{}", fetch.subgraph, error.errors));
        let operation = document.operations.get(fetch.operation_name.as_deref()).unwrap();
        // A subgraph is told no variables but those that it declared.
        for name in sent.keys() {
            assert!(operation.variables.iter().any(|v| v.name == name.as_str()), "undeclared ${name}");
        }
        defaults(operation, &mut sent);
        let executor = Executor { world, subgraph: Some(subgraph), document: &document, variables: &sent };
        let data = executor.run(operation);
        match &fetch.target {
            Target::Root => merge(&mut merged, data),
            Target::Entities { batches } => {
                for (batch, copies) in batches.iter().zip(places) {
                    for (copy, places) in copies.iter().enumerate() {
                        let entities = &data[Copies::name(&batch.response_key, copy)];
                        for (pointer, entity) in places.iter().zip(entities.as_array().unwrap()) {
                            merge(merged.pointer_mut(pointer).unwrap(), entity.clone());
                        }
                    }
                }
            }
        }
    }
    object(&merged, &plan.output, None, variables).unwrap_or(Value::Null)
}

/// Fills in the defaults of an operation's variables.
pub fn defaults(operation: &apollo_compiler::executable::Operation, variables: &mut Map<String, Value>) {
    for variable in &operation.variables {
        if let Some(default) = &variable.default_value {
            if !variables.contains_key(variable.name.as_str()) {
                let text = default.serialize().no_indent().to_string();
                let value = serde_json::from_str(&text).unwrap_or(Value::String(text));
                variables.insert(variable.name.to_string(), value);
            }
        }
    }
}

/// By values from contexts: pointers to objects, and their representations.
type Described = Vec<(Vec<Value>, Vec<(String, Value)>)>;

fn collect(merged: &Value, batch: &EntityBatch) -> Described {
    let mut found = Vec::new();
    find(merged, &batch.path, String::new(), &mut found);
    let mut all = Described::new();
    for pointer in found {
        let object = merged.pointer(&pointer).unwrap();
        let Some(representation) = describe(object, &batch.representations) else { continue };
        let values: Vec<Value> =
            batch.contexts.iter().map(|context| context_value(merged, &pointer, context)).collect();
        match all.iter_mut().find(|(known, _)| *known == values) {
            Some((_, described)) => described.push((pointer, representation)),
            None => all.push((values, vec![(pointer, representation)])),
        }
    }
    all
}

fn context_value(merged: &Value, pointer: &str, context: &ContextVariable) -> Value {
    // All the objects on the way, the root first.
    let ends = pointer.match_indices('/').map(|(at, _)| at);
    let objects: Vec<&Value> =
        ends.filter_map(|end| merged.pointer(&pointer[..end])).filter(|value| value.is_object()).collect();
    let selected = context.ancestors.iter().find_map(|ancestor| {
        let object = objects[ancestor.depth];
        select(&ancestor.selections, object).map(|value| context_of(value, object))
    });
    let value = selected.unwrap_or(Value::Null);
    assert!(!context.non_null || !value.is_null(), "no value for ${}", context.variable);
    value
}

fn select<'p>(selections: &'p [ContextSelection], object: &Value) -> Option<&'p ContextValue> {
    let name = object.get("__typename").and_then(Value::as_str);
    let fits = |s: &&ContextSelection| {
        s.types.is_empty() || s.types.iter().any(|t| name.expect("a context needs __typename") == t)
    };
    selections.iter().find(fits).map(|selection| &selection.value)
}

fn context_of(plan: &ContextValue, object: &Value) -> Value {
    match plan {
        ContextValue::Null => Value::Null,
        ContextValue::Typename(Some(name)) => json!(name),
        ContextValue::Typename(None) => object["__typename"].clone(),
        ContextValue::Slot { slot, selections } => context_in(&object[slot.as_str()], selections),
    }
}

fn context_in(value: &Value, selections: &[ContextSelection]) -> Value {
    match value {
        Value::Array(items) => items.iter().map(|item| context_in(item, selections)).collect(),
        Value::Object(_) if !selections.is_empty() => {
            select(selections, value).map_or(Value::Null, |plan| context_of(plan, value))
        }
        leaf => leaf.clone(),
    }
}

fn holds(condition: &Condition, variables: &Map<String, Value>) -> bool {
    match condition {
        Condition::Always => true,
        Condition::Variable { name, negated } => variables[name.as_str()].as_bool().unwrap() != *negated,
        Condition::All(all) => all.iter().all(|c| holds(c, variables)),
        Condition::Any(any) => any.iter().any(|c| holds(c, variables)),
    }
}

fn merge(into: &mut Value, from: Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (key, value) in from {
                match into.get_mut(&key) {
                    Some(old) => merge(old, value),
                    None => {
                        into.insert(key, value);
                    }
                }
            }
        }
        (Value::Array(into), Value::Array(from)) => {
            assert_eq!(into.len(), from.len(), "lists differ");
            into.iter_mut().zip(from).for_each(|(into, from)| merge(into, from));
        }
        (into, from) => assert_eq!(*into, from, "two values meet in one slot"),
    }
}

fn find(value: &Value, path: &[PathStep], pointer: String, found: &mut Vec<String>) {
    match value {
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                find(item, path, format!("{pointer}/{at}"), found);
            }
        }
        Value::Object(map) => match path {
            [] => found.push(pointer),
            [PathStep::Slot(slot), rest @ ..] => {
                if let Some(inner) = map.get(slot) {
                    find(inner, rest, format!("{pointer}/{slot}"), found);
                }
            }
            [PathStep::Types(types), rest @ ..] => {
                let name = map.get("__typename").and_then(Value::as_str);
                let name = name
                    .unwrap_or_else(|| panic!("no __typename at {pointer}, which must be one of {types:?}"));
                if types.iter().any(|t| t == name) {
                    find(value, rest, pointer, found);
                }
            }
        },
        _ => {}
    }
}

fn describe(object: &Value, representations: &[Representation]) -> Option<Value> {
    let name = object.get("__typename").and_then(Value::as_str);
    let one = representations.iter().find(|r| {
        r.types.is_empty() || r.types.iter().any(|t| name.expect("a representation needs __typename") == t)
    })?;
    let mut answer = Map::new();
    let typename = one.typename.clone().or(name.map(str::to_owned)).unwrap();
    answer.insert("__typename".to_owned(), json!(typename));
    take(object, &one.fields, &mut answer)?;
    Some(Value::Object(answer))
}

fn take(object: &Value, fields: &[RepresentationField], into: &mut Map<String, Value>) -> Option<()> {
    for field in fields {
        let value = object.get(&field.slot).unwrap_or(&Value::Null);
        if field.required && value.is_null() {
            return None;
        }
        into.insert(field.name.clone(), nested(value, &field.selections)?);
    }
    Some(())
}

fn nested(value: &Value, selections: &[RepresentationSelection]) -> Option<Value> {
    if selections.is_empty() {
        return Some(value.clone());
    }
    Some(match value {
        Value::Array(items) => {
            Value::Array(items.iter().map(|i| nested(i, selections)).collect::<Option<_>>()?)
        }
        Value::Object(map) => {
            let name = map.get("__typename").and_then(Value::as_str);
            let mut answer = Map::new();
            let fits = |s: &&RepresentationSelection| {
                s.types.is_empty()
                    || s.types.iter().any(|t| name.expect("a nested representation needs __typename") == t)
            };
            if let Some(one) = selections.iter().find(fits) {
                if one.with_typename {
                    answer.insert("__typename".to_owned(), map["__typename"].clone());
                }
                take(value, &one.fields, &mut answer)?;
            }
            Value::Object(answer)
        }
        other => other.clone(),
    })
}

/// `Err`: a null where none may be.
fn object(
    value: &Value,
    output: &OutputSelection,
    only: Option<&str>,
    variables: &Map<String, Value>,
) -> Result<Value, ()> {
    let mut answer = Map::new();
    for field in &output.fields {
        if !field.types.is_empty() {
            let name = value.get("__typename").and_then(Value::as_str).or(only);
            let name = name.unwrap_or_else(|| {
                panic!("{} depends on a __typename that is not there: {value}", field.response_key)
            });
            if !field.types.iter().any(|t| t == name) {
                continue;
            }
        }
        if !holds(&field.condition, variables) {
            continue;
        }
        let inner = match &field.source {
            Source::Typename(Some(name)) => json!(name),
            Source::Typename(None) => value["__typename"].clone(),
            Source::Introspection => json!("introspection"),
            Source::Slot { slot, shape } => {
                project(value.get(slot).unwrap_or(&Value::Null), shape, variables)?
            }
        };
        assert!(!answer.contains_key(&field.response_key), "{} is there twice", field.response_key);
        answer.insert(field.response_key.clone(), inner);
    }
    Ok(Value::Object(answer))
}

fn project(value: &Value, shape: &Shape, variables: &Map<String, Value>) -> Result<Value, ()> {
    let projected = match (&shape.content, value) {
        (_, Value::Null) => Value::Null,
        (Content::Scalar { .. }, leaf) => leaf.clone(),
        (Content::Enum { values, .. }, leaf) => {
            if values.iter().any(|v| leaf == v) {
                leaf.clone()
            } else {
                Value::Null
            }
        }
        (Content::List(item), Value::Array(items)) => {
            let all: Result<Vec<Value>, ()> = items.iter().map(|i| project(i, item, variables)).collect();
            all.map_or(Value::Null, Value::Array)
        }
        (Content::Object { types, selection }, Value::Object(map)) => {
            let name = map.get("__typename").and_then(Value::as_str);
            let known = types.is_empty() || name.is_none_or(|name| types.iter().any(|t| t == name));
            let only = match types.as_slice() {
                [only] => Some(only.as_str()),
                _ => None,
            };
            if known { object(value, selection, only, variables).unwrap_or(Value::Null) } else { Value::Null }
        }
        (content, value) => panic!("{value} where {content:?} belongs"),
    };
    if shape.non_null && projected.is_null() { Err(()) } else { Ok(projected) }
}
