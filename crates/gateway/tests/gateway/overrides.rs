//! Progressive `@override`: which subgraph resolves a field is decided for each request.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use gateway::Config;
use serde_json::{Value, json};

use crate::support::{Canned, Client, Eventful, PEOPLE, Part, SHOP, builder, open, people, sale};

const OLD: &str = "type Query { n: Int other: Int }";

/// The configuration with these lines of `[overrides]`.
fn config(lines: &str) -> Config {
    let mut config: Config = toml::from_str(&format!("[overrides]\n{lines}")).unwrap();
    config.authentication.insecure_no_auth = true;
    config
}

/// A subgraph that says 1 for `other` and its own number for `n`, as far as it is asked for them.
fn numbered(own: u8) -> Arc<Canned> {
    Canned::new(move |request| {
        let query = request["query"].as_str().unwrap();
        let asked: Vec<&str> = query.split(|c: char| !c.is_alphabetic()).collect();
        let fields = [("n", own), ("other", 1)].into_iter().filter(|(name, _)| asked.contains(name));
        let data: serde_json::Map<String, Value> =
            fields.map(|(name, number)| (name.to_owned(), number.into())).collect();
        Ok(json!({ "data": data }).to_string())
    })
}

/// Two subgraphs that both have `Query.n`; the second resolves it while the label is active.
fn moving(config: Config, label: &str, drawn: f64) -> Client {
    let new = format!(r#"type Query {{ n: Int @override(from: "the-old", label: "{label}") }}"#);
    let parts: Vec<Part<'_>> = vec![("the-old", OLD, numbered(1)), ("the-new", &new, numbered(2))];
    Client::of(&builder(config, parts).draw(move || drawn).build().unwrap())
}

#[tokio::test]
async fn a_label_is_active_as_its_name_and_the_configuration_say() {
    for (label, lines, drawn, n) in [
        ("percent(25)", "", 0.0, 2),
        ("percent(25)", "", 0.249, 2),
        ("percent(25)", "", 0.25, 1),
        ("percent(0.5)", "", 0.0049, 2),
        ("percent(0.5)", "", 0.005, 1),
        ("percent(0)", "", 0.0, 1),
        ("percent(100)", "", 0.999, 2),
        // The configuration goes before the name.
        ("percent(25)", "'percent(25)' = false", 0.0, 1),
        ("percent(25)", "'percent(25)' = true", 0.999, 2),
        ("percent(25)", "'percent(25)' = 50", 0.4, 2),
        ("percent(100)", "'percent(100)' = 0", 0.0, 1),
        // Of other names nothing is known.
        ("orders/v2", "", 0.0, 1),
        ("orders/v2", "'orders/v2' = true", 0.999, 2),
        ("orders/v2", "'orders/v2' = false", 0.0, 1),
        ("orders/v2", "'orders/v2' = 2.5", 0.02, 2),
        ("orders/v2", "'orders/v2' = 2.5", 0.025, 1),
        // A label that is no longer in the graph is no reason not to start.
        ("orders/v2", "'orders/v2' = true\n'orders/v1' = true", 0.0, 2),
    ] {
        let client = moving(config(lines), label, drawn);
        // The second time out of the cache.
        for _ in 0..2 {
            let answer = client.ask("{ n other }").await.json();
            assert_eq!(answer, json!({ "data": { "n": n, "other": 1 } }), "{label}, {lines}, {drawn}");
        }
    }
}

#[tokio::test]
async fn each_request_is_decided_by_a_draw_of_its_own() {
    let draws = Mutex::new([0.1, 0.9, 0.9, 0.1, 0.1].into_iter());
    let new = r#"type Query { n: Int @override(from: "old", label: "percent(50)") }"#;
    let parts: Vec<Part<'_>> = vec![("old", OLD, numbered(1)), ("new", new, numbered(2))];
    let gateway = builder(open(), parts).draw(move || draws.lock().unwrap().next().unwrap()).build().unwrap();
    let client = Client::of(&gateway);
    for n in [2, 1, 1, 2, 2] {
        assert_eq!(client.ask("{ n }").await.json(), json!({ "data": { "n": n } }));
    }
}

#[tokio::test]
async fn a_plan_tells_which_labels_it_depends_on() {
    let mut config = config("'percent(20)' = 40");
    config.explain.enabled = true;
    for (query, drawn, labels, line) in [
        ("{ n }", 0.3, json!({ "percent(20)": true }), "label \"percent(20)\" active\n#0 the-new\n"),
        ("{ n }", 0.5, json!({ "percent(20)": false }), "label \"percent(20)\" inactive\n#0 the-old\n"),
        ("{ other }", 0.3, Value::Null, "#0 the-old\n"),
    ] {
        let client = moving(config.clone(), "percent(20)", drawn);
        let answer = client.post(&json!({ "query": query }), &[("tributary-explain", "plan")]).await.json();
        let plan = &answer["extensions"]["tributary"]["plan"];
        assert_eq!(plan["labels"], labels, "{plan}");
        assert!(plan["text"].as_str().unwrap().starts_with(line), "{plan}");
    }
}

#[tokio::test]
async fn a_subscription_is_decided_once() {
    let directory = Canned::new(|_| Ok(json!({ "data": { "_entities": [{ "name": "new" }] } }).to_string()));
    let shop = Eventful::new();
    let moved = r#"
        type Query { nothing: Int }
        type User @key(fields: "id") { id: ID! name: String! @override(from: "people", label: "percent(50)") }
    "#;
    let parts: Vec<Part<'_>> =
        vec![("shop", SHOP, shop.clone()), ("people", PEOPLE, people()), ("directory", moved, directory)];
    // The first draw says yes, and all that follow say no.
    let draws = Arc::new(AtomicUsize::new(0));
    let count = draws.clone();
    let draw = move || if count.fetch_add(1, Ordering::Relaxed) == 0 { 0.0 } else { 0.9 };
    let client = Client::of(&builder(open(), parts).draw(draw).build().unwrap());
    for expected in ["new", "user 7"] {
        let mut stream = client.stream("subscription { sold { user { name } } }", &[]).await;
        let subscriber = shop.subscriber().await;
        for number in 1..=3 {
            subscriber.send(sale(number, 7));
            let answer = stream.next().await.unwrap();
            assert_eq!(answer, json!({ "data": { "sold": { "user": { "name": expected } } } }));
        }
    }
    assert_eq!(draws.load(Ordering::Relaxed), 2);
}
