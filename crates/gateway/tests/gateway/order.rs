//! Mutations run one after the other, in the client's order (GraphQL specification, section 6.2.2).

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use serde_json::Value;
use wire::{Request, Response, Subgraph, TransportError};

use crate::support::{client, open};

/// Notes when each call begins and ends, in a log that subgraphs share.
struct Noting {
    log: Arc<Mutex<Vec<String>>>,
    name: &'static str,
}

#[async_trait]
impl Subgraph for Noting {
    async fn call(&self, request: Request) -> Result<Response, TransportError> {
        self.log.lock().unwrap().push(format!("{} begins", self.name));
        // Whoever else could begin gets the chance to.
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        self.log.lock().unwrap().push(format!("{} ends", self.name));
        let asked: Value = serde_json::from_slice(&request.body).unwrap();
        let query = asked["query"].as_str().unwrap();
        let fields = ["a1", "a2", "b1", "c"].into_iter().filter(|field| query.contains(field));
        let data: serde_json::Map<_, _> = fields.map(|field| (field.to_owned(), Value::from(1))).collect();
        let body = serde_json::json!({ "data": data }).to_string();
        Ok(Response { headers: http::HeaderMap::new(), body: Bytes::from(body) })
    }
}

fn parts(log: &Arc<Mutex<Vec<String>>>) -> Vec<crate::support::Part<'static>> {
    let noting = |name| Arc::new(Noting { log: log.clone(), name }) as _;
    vec![
        ("a", "type Query { c: Int } type Mutation { a1: Int a2: Int }", noting("a")),
        ("b", "type Query { b1: Int } type Mutation { b1: Int }", noting("b")),
    ]
}

#[tokio::test]
async fn mutations_run_one_after_the_other() {
    let log = Arc::default();
    let answer = client(open(), parts(&log)).ask("mutation { a1 b1 a2 }").await;
    assert_eq!(answer.text(), r#"{"data":{"a1":1,"b1":1,"a2":1}}"#);
    assert_eq!(*log.lock().unwrap(), ["a begins", "a ends", "b begins", "b ends", "a begins", "a ends"]);
}

#[tokio::test]
async fn queries_run_at_once() {
    let log = Arc::default();
    let answer = client(open(), parts(&log)).ask("{ c b1 }").await;
    assert_eq!(answer.text(), r#"{"data":{"c":1,"b1":1}}"#);
    let log = log.lock().unwrap();
    assert!(log[0].ends_with("begins") && log[1].ends_with("begins"), "{log:?}");
}
