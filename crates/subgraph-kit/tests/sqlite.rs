//! Everything on SQLite.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod cases;
#[path = "database/sqlite.rs"]
mod database;
mod support;

use futures::future::{Either, join_all, select};
use subgraph_kit::tenancy::Scoped as _;

use support::{Entity, Notes, tenant};

#[tokio::test]
async fn writers_that_wait_leave_connections_for_readers() {
    let notes = Notes::start().await;
    let db = notes.db(tenant(1));
    let writer = db.begin().await.unwrap();
    // More than the pool has connections.
    let queue = join_all((0..20).map(|_| async { db.begin().await.unwrap().commit().await }));
    let reading = db.find::<Entity>().all(&db);
    let queue = match select(Box::pin(queue), Box::pin(reading)).await {
        Either::Left(_) => panic!("two writers at a time"),
        Either::Right((read, queue)) => {
            assert!(read.unwrap().is_empty());
            queue
        }
    };
    writer.commit().await.unwrap();
    for committed in queue.await {
        committed.unwrap();
    }
}

#[tokio::test]
async fn a_change_outside_a_transaction_takes_its_turn_too() {
    let notes = Notes::start().await;
    let db = notes.db(tenant(1));
    let writer = db.begin().await.unwrap();
    let queue = join_all((0..20).map(|_| db.delete_many::<Entity>().exec(&db)));
    let reading = db.find::<Entity>().all(&db);
    let Either::Right((read, queue)) = select(Box::pin(queue), Box::pin(reading)).await else {
        panic!("two writers at a time")
    };
    assert!(read.unwrap().is_empty());
    writer.commit().await.unwrap();
    for removed in queue.await {
        removed.unwrap();
    }
}
