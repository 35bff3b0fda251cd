//! What an operation may cost.

use std::fmt::Write as _;

use gateway::Config;

use crate::support::{Answer, Canned, client, open};

const SDL: &str = "type Query { a: Query n: Int }";

async fn ask(config: Config, query: &str) -> Answer {
    client(config, vec![("one", SDL, Canned::saying(r#"{"data":{"n":1,"a":null}}"#))]).ask(query).await
}

fn nested(depth: usize) -> String {
    format!("{}{{n}}{}", "{a".repeat(depth - 1), "}".repeat(depth - 1))
}

#[tokio::test]
async fn depth_is_limited() {
    let mut config = open();
    config.limits.depth = 5;
    assert_eq!(ask(config.clone(), &nested(5)).await.text(), r#"{"data":{"a":null}}"#);
    let answer = ask(config, &nested(6)).await;
    assert!(
        matches!(answer.codes()[0].as_str(), "QUERY_TOO_DEEP" | "OPERATION_TOO_COMPLEX"),
        "{}",
        answer.text()
    );
}

#[tokio::test]
async fn endless_depth_is_refused_without_harm() {
    for depth in [1_000, 100_000] {
        let mut config = open();
        config.limits.tokens = 1_000_000;
        let answer = ask(config, &nested(depth)).await;
        assert_eq!(answer.codes().len(), 1, "{}", answer.text());
        assert!(answer.json().get("data").is_none());
    }
}

#[tokio::test]
async fn fields_are_limited() {
    let mut config = open();
    config.limits.fields = 3;
    assert_eq!(ask(config.clone(), "{n b:n c:n}").await.codes(), Vec::<String>::new());
    assert_eq!(ask(config, "{n b:n c:n d:n}").await.codes(), ["OPERATION_TOO_COMPLEX"]);
}

/// Each fragment uses the next one twice: 2^40 fields, were they all counted.
#[tokio::test]
async fn fragments_that_multiply_are_refused_at_once() {
    let mut query = "{...F0}".to_owned();
    for level in 0..25 {
        let _ = write!(
            query,
            " fragment F{level} on Query {{ x{level}: a {{ ...F{0} }} y{level}: a {{ ...F{0} }} }}",
            level + 1
        );
    }
    query.push_str(" fragment F25 on Query { n }");
    let began = std::time::Instant::now();
    let answer = ask(open(), &query).await;
    assert_eq!(answer.codes().len(), 1, "{}", answer.text());
    assert!(
        matches!(answer.codes()[0].as_str(), "QUERY_TOO_DEEP" | "OPERATION_TOO_COMPLEX"),
        "{}",
        answer.text()
    );
    assert!(began.elapsed().as_secs() < 5, "{:?}", began.elapsed());
}

#[tokio::test]
async fn names_of_operations_are_limited() {
    let name = |length| "x".repeat(length);
    assert_eq!(ask(open(), &format!("query {} {{n}}", name(256))).await.codes(), Vec::<String>::new());
    assert_eq!(ask(open(), &format!("query {} {{n}}", name(257))).await.codes(), ["OPERATION_TOO_COMPLEX"]);
    let client = client(open(), vec![("one", SDL, Canned::saying(""))]);
    let asked = serde_json::json!({"query": "{n}", "operationName": name(257)});
    assert_eq!(client.post(&asked, &[]).await.codes(), ["OPERATION_TOO_COMPLEX"]);
}

#[tokio::test]
async fn fragments_in_a_circle_are_refused() {
    for query in [
        "{...A} fragment A on Query {...A}",
        "{...A} fragment A on Query {n ...B} fragment B on Query {a{...A}}",
    ] {
        let answer = ask(open(), query).await;
        assert!(answer.json().get("data").is_none(), "{}", answer.text());
        assert!(!answer.codes().iter().any(|code| code == "INTERNAL_SERVER_ERROR"), "{}", answer.text());
    }
}

#[tokio::test]
async fn tokens_are_limited() {
    let mut config = open();
    config.limits.tokens = 50;
    assert_eq!(ask(config.clone(), "{n}").await.codes(), Vec::<String>::new());
    let answer = ask(config, &format!("{{{}}}", "n ".repeat(60))).await;
    assert!(answer.json().get("data").is_none(), "{}", answer.text());
    assert!(!answer.codes().is_empty());
}

#[tokio::test]
async fn whoever_comes_when_all_places_are_taken_is_sent_away() {
    let mut config = open();
    config.limits.concurrent_requests = 0;
    let answer = ask(config, "{n}").await;
    assert_eq!((answer.status.as_u16(), answer.codes()), (503, vec!["OVERLOADED".to_owned()]));
}

#[tokio::test]
async fn places_are_free_again_when_requests_end() {
    let mut config = open();
    config.limits.concurrent_requests = 1;
    let client = client(config, vec![("one", SDL, Canned::saying(r#"{"data":{"n":1}}"#))]);
    for query in ["{n}", "{", "{unknown}", "{n}"] {
        assert!(!client.ask(query).await.codes().contains(&"OVERLOADED".to_owned()), "{query}");
    }
}

#[tokio::test]
async fn aliases_are_limited() {
    let mut config = open();
    config.limits.aliases = 2;
    assert_eq!(ask(config.clone(), "{b:n c:n n}").await.codes(), Vec::<String>::new());
    let hidden = "{...F ...F} fragment F on Query {b:n c:n}";
    assert_eq!(ask(config, hidden).await.codes(), ["OPERATION_TOO_COMPLEX"]);
}

#[tokio::test]
async fn no_kind_of_nesting_ends_the_process() {
    const ECHO: &str = "scalar Anything type Query { a: Query n: Int echo(v: Anything): Int }";
    let mut config = open();
    (config.limits.tokens, config.limits.depth, config.limits.fields) = (1_000_000, 100_000, 1_000_000);
    let client = client(config, vec![("one", ECHO, Canned::saying(r#"{"data":{"n":1,"a":null}}"#))]);
    for query in [
        nested(450),
        nested(50_000),
        format!("{{ {}n{} }}", "...on Query{".repeat(450), "}".repeat(450)),
        format!("{{ echo(v: {}1{}) }}", "[".repeat(450), "]".repeat(450)),
        format!("{{ echo(v: {}", "[".repeat(50_000)),
        format!("{{ echo(v: {}1{}) }}", "{a:".repeat(450), "}".repeat(450)),
        format!("query($v: {}Int{}) {{ echo(v: $v) }}", "[".repeat(450), "]".repeat(450)),
    ] {
        let answer = client.ask(&query).await;
        assert!(answer.status == 200 && answer.text().starts_with('{'), "{}", answer.text());
    }
    let variables = format!("{}1{}", r#"{"v":"#.repeat(100_000), "}".repeat(100_000));
    let body = format!(r#"{{"query":"query($v: Anything){{echo(v: $v)}}","variables":{variables}}}"#);
    let headers = [("content-type", "application/json")];
    let answer = client.request(http::Method::POST, "/graphql", &headers, &body).await;
    assert_eq!((answer.status.as_u16(), answer.codes()), (400, vec!["BAD_REQUEST".to_owned()]));
}

#[tokio::test]
async fn an_answer_that_is_too_long_is_not_sent() {
    let mut config = open();
    config.limits.answer_bytes = 1_000;
    let many = vec!["7"; 1_000].join(",");
    let subgraph = Canned::saying(format!(r#"{{"data":{{"many":[{many}]}}}}"#));
    let answer = client(config, vec![("one", "type Query { many: [Int] }", subgraph)]).ask("{many}").await;
    assert_eq!(answer.codes(), ["OPERATION_TOO_COMPLEX"]);
    assert!(answer.json().get("data").is_none());
}

/// A client that never ends its request holds its place no longer than anybody else.
#[tokio::test(start_paused = true)]
async fn a_body_that_never_ends_is_given_up() {
    let client = client(open(), vec![("one", SDL, Canned::saying(""))]);
    let endless = futures::stream::pending::<Result<bytes::Bytes, std::io::Error>>();
    let request = http::Request::post("/graphql").header("content-type", "application/json");
    let answer = client.send(request.body(axum::body::Body::from_stream(endless)).unwrap()).await;
    assert_eq!((answer.status.as_u16(), answer.codes()), (504, vec!["TIMEOUT".to_owned()]));
}
