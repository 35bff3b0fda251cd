//! Bringing databases up to date.
use sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager};
use subgraph_kit::migration::{MigrationError, Migrations};

use crate::database::TestDatabase;
use crate::support::{create_table, migrations};

struct Broken;

impl MigrationName for Broken {
    fn name(&self) -> &'static str {
        "m2_broken"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Broken {
    async fn up(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Custom("broken".to_owned()))
    }
}

fn none() -> Vec<Box<dyn MigrationTrait>> {
    Vec::new()
}

fn with_broken() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(create_table()), Box::new(Broken)]
}

#[tokio::test]
async fn runs_what_is_missing_once() {
    let place = TestDatabase::new();
    let database = place.open_for_migration().await;
    let history = Migrations::new(migrations);
    assert!(
        matches!(history.check(&database).await, Err(MigrationError::Pending(names)) if names == ["m1_notes"])
    );
    assert_eq!(history.run(&database).await.unwrap(), ["m1_notes"]);
    assert_eq!(history.run(&database).await.unwrap(), [""; 0]);
    history.check(&database).await.unwrap();
}

#[tokio::test]
async fn refuses_a_database_from_a_newer_version() {
    let place = TestDatabase::new();
    let database = place.open_for_migration().await;
    Migrations::new(migrations).run(&database).await.unwrap();
    let older = Migrations::new(none);
    for error in [older.check(&database).await.unwrap_err(), older.run(&database).await.unwrap_err()] {
        assert_eq!(
            error.to_string(),
            "the database is from a newer version: it has m1_notes, which this version does not know"
        );
    }
}

#[tokio::test]
async fn all_or_nothing() {
    let place = TestDatabase::new();
    let database = place.open_for_migration().await;
    Migrations::new(with_broken).run(&database).await.unwrap_err();
    assert_eq!(Migrations::new(migrations).run(&database).await.unwrap(), ["m1_notes"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn processes_that_start_together_take_turns() {
    let place = TestDatabase::new();
    let mut starts = Vec::new();
    for _ in 0..6 {
        let database = place.open_for_migration().await;
        starts.push(tokio::spawn(
            async move { Migrations::new(migrations).run(&database).await.unwrap().len() },
        ));
    }
    let mut applied = 0;
    for start in starts {
        applied += start.await.unwrap();
    }
    assert_eq!(applied, 1);
}
