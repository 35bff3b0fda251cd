//! What acme is told holds nothing of globex, whatever acme asks.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod questions;

use std::collections::BTreeSet;

use e2e::Platform;
use serde_json::Value;

const ACME: (&str, &str) = ("acme", "owner");
const GLOBEX: (&str, &str) = ("globex", "owner");

/// All texts of an answer.
fn texts(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => drop(into.insert(text.clone())),
        Value::Array(items) => items.iter().for_each(|item| texts(item, into)),
        Value::Object(object) => object.values().for_each(|value| texts(value, into)),
        _ => {}
    }
}

/// Asks everything as one tenant; the texts of all answers.
async fn harvest(platform: &Platform, who: (&str, &str), ids: &[String]) -> (BTreeSet<String>, usize) {
    let schema = include_str!("../../schema/api.graphql");
    let client = platform.client((if who == ACME { "acme" } else { "globex" }, "owner"));
    let mut told = BTreeSet::new();
    let questions = questions::generate(schema, ids);
    for question in &questions {
        let answer = client.ask(question).await.json();
        assert!(
            answer["errors"][0]["extensions"]["code"] != "GRAPHQL_VALIDATION_FAILED",
            "{question}\n{answer:#}"
        );
        texts(&answer["data"], &mut told);
    }
    (told, questions.len())
}

/// Ids and values that are globex's alone.
fn secrets(own: &BTreeSet<String>, other: &BTreeSet<String>) -> BTreeSet<String> {
    let telling = |text: &&String| {
        text.len() >= 5 && !text.starts_with("A-0") && !text.starts_with("I-0") && !is_moment(text)
    };
    other.difference(own).filter(telling).cloned().collect()
}

/// Moments say nothing about whose they are.
fn is_moment(text: &str) -> bool {
    text.len() >= 20 && text.as_bytes()[4] == b'-' && text.contains('T') && text.starts_with("20")
}

async fn check(platform: &Platform) {
    let (globex, _) = harvest(platform, GLOBEX, &[]).await;
    let (acme, _) = harvest(platform, ACME, &[]).await;
    let secrets = secrets(&acme, &globex);
    assert!(secrets.len() > 500, "globex has told {} things of its own", secrets.len());
    assert!(secrets.iter().any(|text| text.contains("globex.example")));

    // Now acme knows globex's ids, and asks for them wherever an id can stand.
    let ids: Vec<String> =
        secrets.iter().filter(|text| text.parse::<uuid::Uuid>().is_ok()).cloned().collect();
    let sample: Vec<String> = ids.iter().step_by((ids.len() / 40).max(1)).cloned().collect();
    let (told, asked) = harvest(platform, ACME, &sample).await;
    assert!(asked > 100, "only {asked} questions");
    let leaked: Vec<&String> = told.intersection(&secrets).collect();
    assert!(leaked.is_empty(), "{leaked:?}");

    // The check itself sees a leak where there is one.
    let (own, _) = harvest(platform, GLOBEX, &sample).await;
    assert!(own.intersection(&secrets).count() > 500);
}

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite() {
    check(&Platform::embedded().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgres() {
    check(&Platform::split_on_postgres().await).await;
}
