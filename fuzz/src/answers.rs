//! Any answers of subgraphs: the client gets an answer that keeps the schema's promises.
//!
//! The input is what the two subgraphs say, with a line `---` between them.

use std::sync::LazyLock;

use axum::body::Body;
use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

use crate::stage::Stage;

static STAGE: LazyLock<Stage> = LazyLock::new(Stage::new);

/// What is asked, and which form of answer the client takes.
const ASKED: [(&str, &str); 4] = [
    (
        "{ orders { id total kind buyer { name age discount friends { id name } } } any { __typename name ... on Box { size } } grid me { name } }",
        "application/json",
    ),
    (
        "{ orders { id ... @defer { buyer { name ... @defer(label: \"d\") { discount } } } } me { id ... @defer { friends { discount } } } }",
        "multipart/mixed; deferSpec=20220824",
    ),
    (
        "mutation { first: buy(item: 1) { id buyer { name } } second: buy(item: 2) { name } }",
        "application/json",
    ),
    ("subscription { sold { id buyer { name discount } } }", "text/event-stream"),
];

pub(crate) fn run(data: &[u8]) {
    let (shop, people) = split(data);
    STAGE.shop.say(Bytes::copy_from_slice(shop));
    STAGE.people.say(Bytes::copy_from_slice(people));
    for (query, accept) in ASKED {
        let request =
            Request::post("/graphql").header("content-type", "application/json").header("accept", accept);
        let answer = STAGE.ask(request.body(Body::from(json!({ "query": query }).to_string())).unwrap());
        assert!(!answer.texts().is_empty(), "no answer to {query}: {:?}", answer.body);
        let answers = answer.check();
        if accept == "application/json" {
            answers.iter().for_each(check);
        }
    }
}

fn split(data: &[u8]) -> (&[u8], &[u8]) {
    const LINE: &[u8] = b"\n---\n";
    match data.windows(LINE.len()).position(|window| window == LINE) {
        Some(at) => (&data[..at], &data[at + LINE.len()..]),
        None => (data, data),
    }
}

/// What the specification asks of an answer to a whole query.
fn check(answer: &Value) {
    let data = answer.get("data").unwrap_or_else(|| panic!("no data: {answer}"));
    assert!(!data.is_null() || answer.get("errors").is_some(), "null without a reason: {answer}");
    for order in data["orders"].as_array().into_iter().flatten() {
        assert!(order["id"].is_string() && order["buyer"]["name"].is_string(), "{order}");
        assert!(matches!(order["kind"].as_str(), None | Some("SMALL" | "LARGE")), "{order}");
        assert!(order["total"].is_null() || order["total"].is_number(), "{order}");
    }
    let any = &data["any"];
    assert!(any.is_null() || matches!(any["__typename"].as_str(), Some("Box" | "Order")), "{any}");
    assert!(any["__typename"] != "Box" || is_int(&any["size"]), "{any}");
    for number in
        data["grid"].as_array().into_iter().flatten().flat_map(|row| row.as_array().into_iter().flatten())
    {
        assert!(is_int(number), "{number}");
    }
    for key in ["first", "second"] {
        assert!(matches!(data.get(key), None | Some(Value::Null | Value::Object(_))), "{data}");
    }
}

/// A subgraph may write an Int as `1.0`.
fn is_int(value: &Value) -> bool {
    value.as_f64().is_some_and(|number| number.fract() == 0.0 && number.abs() <= 2_147_483_648.0)
}
