//! Everything on PostgreSQL.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod cases;
#[path = "database/postgres.rs"]
mod database;
mod support;
mod walls;

use std::collections::HashSet;

use sea_orm::{ConnectionTrait as _, Statement, Value};
use serde_json::json;
use subgraph_kit::error::{Code, Error};
use uuid::Uuid;

use support::{Notes, tenant};

#[tokio::test]
async fn the_count_is_what_the_server_sees() {
    let notes = Notes::start().await;
    let author = Uuid::from_u128(5);
    notes.write(tenant(1), author, 0, 30).await;
    let questions = [
        "{ notes(first: 30) { nodes { id author { count notes { nodes { id } } } } } }".to_owned(),
        format!(r#"mutation {{ write(author: "{author}") {{ id author {{ count }} }} }}"#),
    ];
    for question in questions {
        let log = notes.place.statement_log();
        let (answer, counted) = notes.ask(tenant(1), &question).await;
        assert_eq!(answer.get("errors"), None, "{answer}");
        let mut seen = log.take().unwrap();
        seen.retain(|statement| !test_kit::StatementLog::is_of_a_transaction(statement));
        assert_eq!(usize::try_from(counted).unwrap(), seen.len(), "{seen:#?}");
    }
}

#[tokio::test]
async fn a_statement_that_the_server_refuses_is_no_lost_connection() {
    let notes = Notes::start().await;
    let db = notes.db(tenant(1));
    // 22021, whose last byte reads as SQLite's BUSY.
    let refused = Statement::from_sql_and_values(
        db.get_database_backend(),
        "SELECT id FROM notes WHERE tenant_id = $1 AND $2 = 'x'",
        [Value::from(Uuid::from_u128(1)), Value::from("a\0b")],
    );
    let error = db.query_all_raw(refused).await.unwrap_err();
    assert!(error.to_string().contains("0x00"), "{error}");
    assert_eq!(Error::from(error).code(), Code::Internal);
}

#[tokio::test]
async fn batches_of_about_the_same_size_are_one_text() {
    let notes = Notes::start().await;
    let query = "query($ids: [ID!]!) { authors(ids: $ids) { notes(first: 2) { nodes { id } } } }";
    let mut texts = HashSet::new();
    for count in 5..=8 {
        let ids: Vec<_> = (1..=count).map(Uuid::from_u128).collect();
        let log = notes.place.statement_log();
        let (answer, _) = notes.ask_with(tenant(1), query, &json!({ "ids": ids })).await;
        assert_eq!(answer["data"]["authors"].as_array().map(Vec::len), Some(ids.len()), "{answer}");
        let seen = log.take().unwrap().into_iter();
        texts.extend(seen.filter(|statement| !test_kit::StatementLog::is_of_a_transaction(statement)));
    }
    assert_eq!(texts.len(), 1, "{texts:#?}");
}
