//! What acme is told holds nothing of globex, whatever acme asks.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod doors;
mod probes;
mod questions;

use std::collections::BTreeSet;

use e2e::Platform;
use serde_json::Value;

const ACME: (&str, &str) = ("acme", "owner");
const GLOBEX: (&str, &str) = ("globex", "owner");

/// An id that no row has.
const NOBODY: &str = "018f0000-0000-7000-8000-000000000000";

const SCHEMA: &str = include_str!("../../../schema/api.graphql");

/// Codes that an answer may carry and still be one: the Caller was heard, and told nothing.
const HEARD: [&str; 3] = ["NOT_FOUND", "FORBIDDEN", "BAD_USER_INPUT"];

/// Whether the Caller was heard: what is refused as a whole says nothing about whom a row belongs to.
fn is_heard(answer: &Value) -> bool {
    e2e::error_codes(answer).iter().all(|code| HEARD.contains(code))
}

/// All texts and large numbers of an answer. Small numbers are everybody's.
fn values(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => {
            into.insert(text.clone());
        }
        Value::Number(number) if number.as_i64().is_some_and(|number| number > 100_000) => {
            into.insert(number.to_string());
        }
        Value::Array(items) => items.iter().for_each(|item| values(item, into)),
        Value::Object(object) => object.values().for_each(|value| values(value, into)),
        _ => {}
    }
}

/// The cursors among them.
fn cursors(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| cursors(item, into)),
        Value::Object(object) => {
            for (key, value) in object {
                match value {
                    Value::String(text) if key.to_lowercase().ends_with("cursor") => {
                        into.insert(text.clone());
                    }
                    value => cursors(value, into),
                }
            }
        }
        _ => {}
    }
}

#[derive(Default)]
struct Harvest {
    /// What each question was told, in order.
    answers: Vec<Value>,
    values: BTreeSet<String>,
    cursors: BTreeSet<String>,
    questions: usize,
    /// For how many questions about an id something was there.
    found: usize,
}

/// Asks everything as one tenant.
async fn harvest(platform: &Platform, who: (&'static str, &'static str), foreign: &Foreign) -> Harvest {
    let client = platform.client(who);
    let mut harvest = Harvest::default();
    for question in questions::generate(SCHEMA, &foreign.ids, &foreign.cursors) {
        let answer = client.ask(&question).await.json();
        assert!(is_heard(&answer), "{question}\n{answer:#}");
        let data = answer["data"].as_object().unwrap_or_else(|| panic!("{question}\n{answer:#}"));
        harvest.found +=
            usize::from(question.contains("id: \"") && data.values().any(|value| !value.is_null()));
        values(&answer["data"], &mut harvest.values);
        cursors(&answer["data"], &mut harvest.cursors);
        harvest.answers.push(answer["data"].clone());
        harvest.questions += 1;
    }
    harvest
}

/// What acme got hold of.
#[derive(Default)]
struct Foreign {
    ids: Vec<String>,
    cursors: Vec<String>,
    skus: Vec<String>,
}

/// Ids and values that are globex's alone.
fn secrets(own: &BTreeSet<String>, other: &BTreeSet<String>) -> BTreeSet<String> {
    let telling = |text: &&String| {
        let own_words = text.starts_with("A-0") || text.starts_with("I-0") || SCHEMA.contains(text.as_str());
        text.len() >= 5 && !own_words && !is_moment(text)
    };
    other.difference(own).filter(telling).cloned().collect()
}

/// Moments say nothing about whose they are.
fn is_moment(text: &str) -> bool {
    text.len() >= 20 && text.as_bytes()[4] == b'-' && text.contains('T') && text.starts_with("20")
}

/// Every so many, so that about `count` are left.
fn sample(all: Vec<String>, count: usize) -> Vec<String> {
    let step = (all.len() / count).max(1);
    all.into_iter().step_by(step).collect()
}

/// What globex has and acme has not, and what of it acme got hold of.
async fn told_apart(platform: &Platform) -> (BTreeSet<String>, Foreign) {
    let globex = harvest(platform, GLOBEX, &Foreign::default()).await;
    let acme = harvest(platform, ACME, &Foreign::default()).await;
    let secrets = secrets(&acme.values, &globex.values);
    assert!(secrets.len() > 500, "globex has told {} things of its own", secrets.len());
    assert!(secrets.iter().any(|text| text.contains("globex.example")));
    assert!(secrets.iter().any(|text| text.parse::<i64>().is_ok()), "no amount is globex's alone");
    let ids: Vec<String> =
        secrets.iter().filter(|text| text.parse::<uuid::Uuid>().is_ok()).cloned().collect();
    let cursors: Vec<String> = globex.cursors.difference(&acme.cursors).cloned().collect();
    let (organization, skus) = products(platform).await;
    let mut foreign = Foreign { ids: sample(ids, 40), cursors: sample(cursors, 3), skus };
    assert!(foreign.ids.len() >= 40 && foreign.cursors.len() >= 3);
    if !foreign.ids.contains(&organization) {
        foreign.ids.push(organization);
    }
    (secrets, foreign)
}

/// The other key of globex's products: the organization, and what it calls them.
async fn products(platform: &Platform) -> (String, Vec<String>) {
    let question = "{ organization { id products(first: 20) { nodes { sku } } } }";
    let organization = platform.client(GLOBEX).ask(question).await.data()["organization"].take();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let nodes = organization["products"]["nodes"].as_array().unwrap();
    (text(&organization["id"]), nodes.iter().map(|node| text(&node["sku"])).collect())
}

async fn check(platform: &Platform) {
    let (secrets, foreign) = told_apart(platform).await;
    // Now acme knows globex's ids and cursors, and gives them wherever one can stand.
    let told = harvest(platform, ACME, &foreign).await;
    assert!(told.questions > 150, "only {} questions", told.questions);
    assert_eq!(told.found, 0, "an id of another tenant leads to something");
    let leaked: Vec<&String> = told.values.intersection(&secrets).collect();
    assert!(leaked.is_empty(), "{leaked:?}");
    check_changes(platform, &foreign.ids).await;

    // The check itself sees a leak where there is one.
    let own = harvest(platform, GLOBEX, &foreign).await;
    assert!(own.values.intersection(&secrets).count() > 500);
    assert!(own.found >= 8, "{} of globex's ids lead to something for globex", own.found);
}

/// No change reaches another tenant's rows, and none says that they are there.
async fn check_changes(platform: &Platform, ids: &[String]) {
    let client = platform.client(ACME);
    for id in ids {
        for change in [
            format!("cancelOrder(input: {{ orderId: \"{id}\" }}) {{ order {{ id }} }}"),
            format!(
                "placeOrder(input: {{ lines: [{{ productId: \"{id}\", quantity: 1 }}] }}) {{ order {{ id }} }}"
            ),
            format!(
                "payInvoice(input: {{ invoiceId: \"{id}\", amount: {{ amount: 1, currency: \"EUR\" }}, method: CARD }}) \
                 {{ payment {{ id }} }}"
            ),
        ] {
            let theirs = client.ask(&format!("mutation {{ {change} }}")).await.json();
            let nobody = change.replace(id, NOBODY);
            let nobodys = client.ask(&format!("mutation {{ {nobody} }}")).await.json();
            let codes = e2e::error_codes(&theirs);
            assert!(
                !codes.is_empty() && codes.iter().all(|code| HEARD.contains(code)),
                "{change}\n{theirs:#}"
            );
            assert_eq!(codes, e2e::error_codes(&nobodys), "{change}");
            // The same words about an id that nobody has.
            assert_eq!(theirs.to_string().replace(id, NOBODY), nobodys.to_string(), "{change}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite() {
    check(&Platform::embedded().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgres() {
    check(&Platform::split_on_postgres().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn random_operations_on_sqlite() {
    doors::try_all(&Platform::split_on_sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn random_operations_on_postgres() {
    doors::try_all(&Platform::split_on_postgres().await).await;
}
