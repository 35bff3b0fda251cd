//! No N+1: the SQL statements of an operation do not grow with the rows it answers.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;

use e2e::Platform;
use serde_json::Value;

/// All three subgraphs over that many members and that many orders of each.
fn question(members: u32, orders: u32) -> String {
    format!(
        "{{ organization {{ members(first: {members}) {{ nodes {{ user {{ displayName orders(first: {orders}) {{ nodes {{ \
         number total {{ amount }} amountDue {{ amount }} lines {{ product {{ name }} }} \
         invoice {{ number billedTo {{ displayName }} payments(first: 5) {{ nodes {{ amount {{ amount }} }} }} \
         lines {{ item {{ ... on Product {{ name }} ... on Fee {{ description }} }} }} }} }} }} }} }} }} }} }}"
    )
}

struct Counted {
    orders: usize,
    statements: BTreeMap<String, u64>,
}

async fn count(platform: &Platform, members: u32, orders: u32) -> Counted {
    let answer = platform.client(("acme", "owner")).explain(&question(members, orders)).await.json();
    assert_eq!(answer.get("errors"), None, "{:#}", answer["errors"]);
    let nodes = answer["data"]["organization"]["members"]["nodes"].as_array().unwrap();
    let orders = nodes.iter().map(|node| node["user"]["orders"]["nodes"].as_array().unwrap().len()).sum();
    let mut statements = BTreeMap::new();
    for fetch in answer["extensions"]["tributary"]["fetches"].as_array().unwrap() {
        let Value::String(subgraph) = &fetch["subgraph"] else { panic!("{fetch}") };
        *statements.entry(subgraph.clone()).or_default() += fetch["sqlStatements"].as_u64().expect("a count");
    }
    Counted { orders, statements }
}

async fn check(platform: &Platform) {
    let few = count(platform, 1, 5).await;
    let many = count(platform, 100, 100).await;
    assert!(few.orders <= 5, "{}", few.orders);
    assert!(many.orders >= 500, "{}", many.orders);
    assert_eq!(few.statements, many.statements);
    assert_eq!(few.statements.keys().collect::<Vec<_>>(), ["billing", "orders", "users"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite() {
    check(&Platform::embedded().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgres() {
    check(&Platform::split_on_postgres().await).await;
}
