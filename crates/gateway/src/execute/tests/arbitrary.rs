use planner::{Content, OutputSelection, Plan, Shape, Source};
use proptest::prelude::*;
use serde_json::Value;

use super::support::{entity_fetch, execute, field, leaves, plan, root_fetch, saying};

/// A plan that uses lists, objects, enums, non-nulls and entities.
fn a_plan() -> Plan {
    let below = leaves(&[("id", "ID!"), ("more", "[Int!]"), ("mood", "Mood"), ("any", "Json")]);
    let output = OutputSelection {
        fields: vec![
            field("one", "T!", &below),
            field("list", "[[T!]]", &below),
            field("leaf", "Float", &below),
        ],
    };
    let fetches = vec![
        root_fetch("a", "{one{id}list{id}leaf}", &[]),
        entity_fetch("b", &[0], &["list"]),
        entity_fetch("b", &[0], &["one"]),
    ];
    plan(fetches, output)
}

/// JSON out of the names and values that the plan speaks of, in all the wrong places.
fn any_json() -> impl Strategy<Value = Value> {
    let names = [
        "data",
        "errors",
        "path",
        "message",
        "extensions",
        "_entities",
        "one",
        "list",
        "id",
        "more",
        "mood",
        "any",
        "leaf",
        "__typename",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3..4_i64).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop::sample::select(vec!["T", "GOOD", "1", "\u{0}\"\\", "Other", "_entities"]).prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 48, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((prop::sample::select(names.to_vec()), inner), 0..6)
                .prop_map(|pairs| pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()),
        ]
    })
}

/// An answer that gets as far as merging.
fn any_answer() -> impl Strategy<Value = Value> {
    (any_json(), any_json(), any_json(), any_json(), any_json()).prop_map(
        |(one, list, leaf, entities, errors)| {
            serde_json::json!({
                "data": {"one": one, "list": list, "leaf": leaf, "_entities": entities},
                "errors": errors,
            })
        },
    )
}

/// Whether a value is what the shape promises the client.
fn keeps(shape: &Shape, value: &Value) -> bool {
    match (&shape.content, value) {
        (_, Value::Null) => !shape.non_null,
        (Content::List(item), Value::Array(items)) => items.iter().all(|value| keeps(item, value)),
        (Content::Object { selection, .. }, Value::Object(_)) => keeps_all(selection, value),
        (Content::Enum { values, .. }, Value::String(name)) => values.contains(name),
        (Content::Scalar { name }, value) => match name.as_str() {
            "Int" | "Float" => value.is_number(),
            "ID" => value.is_string(),
            _ => true,
        },
        _ => false,
    }
}

fn keeps_all(selection: &OutputSelection, value: &Value) -> bool {
    let Value::Object(object) = value else { return false };
    object.len() == selection.fields.len()
        && selection.fields.iter().all(|field| match (&field.source, object.get(&field.response_key)) {
            (Source::Slot { shape, .. }, Some(value)) => keeps(shape, value),
            _ => false,
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Whatever subgraphs say, the client gets JSON of the promised form, and no request ends in a panic.
    #[test]
    fn the_answer_always_keeps_to_the_schema(a in prop_oneof![any_json(), any_answer()], b in prop_oneof![any_json(), any_answer()]) {
        let plan = a_plan();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let subgraphs = [("a", saying(&a.to_string())), ("b", saying(&b.to_string()))];
        let (data, errors) = runtime.block_on(execute(&plan, &subgraphs));
        let data: Value = serde_json::from_str(&data).unwrap();
        prop_assert!(data.is_null() || keeps_all(&plan.output, &data), "{data}");
        prop_assert!(!data.is_null() || errors != serde_json::json!([]), "null without a reason");
    }

    /// Bytes that are no JSON at all.
    #[test]
    fn garbage_is_an_error_of_the_subgraph(bytes in "\\PC{0,40}") {
        let plan = a_plan();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let (data, errors) = runtime.block_on(execute(&plan, &[("a", saying(&bytes)), ("b", saying(&bytes))]));
        prop_assert_eq!(data, "null");
        prop_assert_eq!(&errors[0]["extensions"]["code"], "SUBGRAPH_MALFORMED_RESPONSE");
    }
}
