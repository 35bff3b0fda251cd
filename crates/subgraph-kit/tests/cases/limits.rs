//! What one request can use up.
use serde_json::{Value, json};
use subgraph_kit::service::{Config, Limits};
use subgraph_kit::tenancy::Scoped as _;
use uuid::Uuid;

use crate::support::{ActiveModel, Notes, row, tenant};

async fn limited(limits: Limits) -> Notes {
    let notes = Notes::with(Config { limits, ..Config::default() }).await;
    let rows = (1..=10)
        .flat_map(|author| (0..20).map(move |minute| row(Uuid::now_v7(), Uuid::from_u128(author), minute)));
    notes.db(tenant(1)).insert_all::<ActiveModel>(rows.collect()).await.unwrap();
    notes
}

fn authors() -> Value {
    json!({ "ids": (1..=10).map(Uuid::from_u128).collect::<Vec<_>>() })
}

fn is_too_complex(answer: &Value) {
    assert_eq!(answer["errors"].as_array().map(Vec::len), Some(1), "{answer}");
    assert_eq!(answer["errors"][0]["extensions"]["code"], "OPERATION_TOO_COMPLEX");
    assert_eq!(answer.get("data"), Some(&Value::Null));
}

#[tokio::test]
async fn lists_within_lists_count_as_often_as_they_are_answered() {
    let notes = limited(Limits { answer_fields: 2_000, ..Limits::default() }).await;
    // A field and 200 rows of it, each with two fields and one below.
    let wide = "{ notes(first: 100) { nodes { id author { id } } } }";
    let (answer, _) = notes.ask(tenant(1), wide).await;
    assert_eq!(answer.get("errors"), None, "{answer}");
    // No deeper than others, and with few fields; but it answers 20 times 20 times 20 rows.
    let cyclic = "{ notes(first: 20) { nodes { author { notes(first: 20) { nodes { author { notes(first: 20) { nodes { id } } } } } } } } }";
    let (answer, statements) = notes.ask(tenant(1), cyclic).await;
    is_too_complex(&answer);
    assert!(statements <= 2, "{statements}");
}

#[tokio::test]
async fn elements_of_a_list_count_too() {
    let notes = limited(Limits { answer_fields: 50, ..Limits::default() }).await;
    let (answer, _) =
        notes.ask_with(tenant(1), "query($ids: [ID!]!) { authors(ids: $ids) { id } }", &authors()).await;
    assert_eq!(answer.get("errors"), None, "{answer}");
    let names = "a: __typename b: __typename c: __typename d: __typename";
    for query in [
        format!("query($ids: [ID!]!) {{ authors(ids: $ids) {{ {names} }} }}"),
        format!("query($ids: [ID!]!) {{ authors(ids: $ids) {{ ... on Author {{ {names} }} }} }}"),
        format!("query($ids: [ID!]!) {{ authors(ids: $ids) {{ ...F }} }} fragment F on Author {{ {names} }}"),
    ] {
        is_too_complex(&notes.ask_with(tenant(1), &query, &authors()).await.0);
    }
}

#[tokio::test]
async fn no_more_rows_are_read_than_the_limit() {
    let notes = limited(Limits { rows: 150, ..Limits::default() }).await;
    let query =
        "query($ids: [ID!]!, $first: Int) { authors(ids: $ids) { notes(first: $first) { nodes { id } } } }";
    let ask = async |first: u32| {
        let mut variables = authors();
        variables["first"] = first.into();
        notes.ask_with(tenant(1), query, &variables).await.0
    };
    let answer = ask(10).await;
    assert_eq!(answer.get("errors"), None, "{answer}");
    assert_eq!(answer["data"]["authors"][9]["notes"]["nodes"].as_array().map(Vec::len), Some(10));
    is_too_complex(&ask(20).await);
    // Over all statements of a request, not for each.
    let twice = "{ a: notes(first: 80) { nodes { id } } b: notes(first: 80) { nodes { id } } }";
    is_too_complex(&notes.ask(tenant(1), twice).await.0);
}

#[tokio::test]
async fn each_request_has_its_own_budget() {
    let notes = limited(Limits { answer_fields: 300, rows: 150, ..Limits::default() }).await;
    for _ in 0..4 {
        let (answer, _) = notes.ask(tenant(1), "{ notes(first: 100) { nodes { id } } }").await;
        assert_eq!(answer.get("errors"), None, "{answer}");
    }
}
