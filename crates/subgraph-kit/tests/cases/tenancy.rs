//! Two tenants in one database.
use std::collections::HashSet;

use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, PaginatorTrait as _,
    QueryFilter as _,
};
use serde_json::json;
use subgraph_kit::error::{Code, Error};
use subgraph_kit::tenancy::{
    Backend, Config, Database, DatabaseError, Scoped as _, StatementCounter, UnscopedQuery,
};
use uuid::Uuid;

use crate::support::{ActiveModel, Column, Entity, Notes, row, tenant};

const AUTHOR: Uuid = Uuid::from_u128(5);

#[tokio::test]
async fn each_tenant_finds_its_own_rows() {
    let notes = Notes::start().await;
    let own = notes.write(tenant(1), AUTHOR, 0, 3).await;
    let other = notes.write(tenant(2), AUTHOR, 0, 2).await;
    assert_eq!(
        notes.db(tenant(1)).find::<Entity>().all(&notes.db(tenant(1))).await.unwrap().len(),
        own.len()
    );
    assert_eq!(
        notes.db(tenant(2)).find::<Entity>().all(&notes.db(tenant(2))).await.unwrap().len(),
        other.len()
    );

    let query = "{ notes { nodes { id } } }";
    let (first, _) = notes.ask(tenant(1), query).await;
    for id in other {
        assert!(!first.to_string().contains(&id.to_string()));
    }
}

#[tokio::test]
async fn a_forgotten_predicate_is_caught() {
    let notes = Notes::start().await;
    notes.write(tenant(2), AUTHOR, 0, 1).await;
    let db = notes.db(tenant(1));
    let transaction = db.begin().await.unwrap();
    let unscoped = [
        Entity::find().all(&db).await.unwrap_err(),
        Entity::find().filter(Column::AuthorId.eq(AUTHOR)).one(&db).await.unwrap_err(),
        Entity::find().count(&db).await.unwrap_err(),
        Entity::delete_many().exec(&db).await.unwrap_err(),
        Entity::update_many()
            .col_expr(Column::AuthorId, Expr::value(AUTHOR))
            .exec(&transaction)
            .await
            .unwrap_err(),
        Entity::find().all(&transaction).await.unwrap_err(),
        db.execute_unprepared("DELETE FROM notes").await.unwrap_err(),
        transaction.execute_unprepared("DELETE FROM notes").await.unwrap_err(),
        // Scoped, but to somebody else.
        notes.db(tenant(2)).find::<Entity>().all(&db).await.unwrap_err(),
        row(Uuid::now_v7(), AUTHOR, 0).insert(&db).await.unwrap_err(),
    ];
    for error in unscoped {
        let refused = UnscopedQuery::in_error(&error).unwrap_or_else(|| panic!("{error}"));
        assert!(refused.to_string().starts_with("UNSCOPED_QUERY"), "{refused}");
        assert_eq!(Error::from(error).code(), Code::Internal);
    }
    drop(transaction);
    assert_eq!(notes.db(tenant(2)).find::<Entity>().all(&notes.db(tenant(2))).await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_insert_takes_the_tenant_of_the_connection() {
    let notes = Notes::start().await;
    let mut foreign = row(Uuid::now_v7(), AUTHOR, 0);
    foreign.tenant_id = sea_orm::ActiveValue::Set(Uuid::from_u128(2));
    let written = notes.db(tenant(1)).insert(foreign).await.unwrap();
    assert_eq!(written.tenant_id, Uuid::from_u128(1));
}

#[tokio::test]
async fn changes_reach_no_other_tenants_rows() {
    let notes = Notes::start().await;
    for number in [1, 2] {
        notes.write(tenant(number), AUTHOR, 0, 2).await;
    }
    let db = notes.db(tenant(1));
    let other = Uuid::from_u128(6);
    let changed =
        db.update_many::<Entity>().col_expr(Column::AuthorId, Expr::value(other)).exec(&db).await.unwrap();
    assert_eq!(changed.rows_affected, 2);
    let removed = db.delete_many::<Entity>().filter(Column::AuthorId.eq(other)).exec(&db).await.unwrap();
    assert_eq!(removed.rows_affected, 2);
    assert_eq!(notes.db(tenant(2)).find::<Entity>().all(&notes.db(tenant(2))).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_transaction_that_is_dropped_leaves_nothing() {
    let notes = Notes::start().await;
    let db = notes.db(tenant(1));
    let transaction = db.begin().await.unwrap();
    transaction.insert(row(Uuid::now_v7(), AUTHOR, 0)).await.unwrap();
    assert_eq!(transaction.find::<Entity>().all(&transaction).await.unwrap().len(), 1);
    drop(transaction);
    assert_eq!(db.find::<Entity>().all(&db).await.unwrap().len(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_that_read_first_do_not_fail() {
    let notes = Notes::start().await;
    let writers = (0..8).map(|_| {
        let db = notes.db(tenant(1));
        tokio::spawn(async move {
            for _ in 0..10 {
                let transaction = db.begin().await.unwrap();
                let before = transaction.find::<Entity>().all(&transaction).await.unwrap().len();
                let minute = i64::try_from(before).unwrap();
                transaction.insert(row(Uuid::now_v7(), AUTHOR, minute)).await.unwrap();
                transaction.commit().await.unwrap();
            }
        })
    });
    for writer in futures::future::join_all(writers).await {
        writer.unwrap();
    }
    let db = notes.db(tenant(1));
    let rows = db.find::<Entity>().all(&db).await.unwrap();
    assert_eq!(rows.len(), 80);
    if notes.database.backend() == Backend::Sqlite {
        // Writers take turns from their first statement, so each saw what all before it had written.
        let moments: HashSet<_> = rows.iter().map(|note| note.created_at).collect();
        assert_eq!(moments.len(), 80);
    }
}

#[tokio::test]
async fn statements_are_counted_for_each_request() {
    let notes = Notes::start().await;
    let authors: Vec<Uuid> = (1..=50).map(Uuid::from_u128).collect();
    for author in &authors {
        notes.write(tenant(1), *author, 0, 3).await;
    }
    let query = "query($ids: [ID!]!) { authors(ids: $ids) { count notes(first: 2) { nodes { id } } } }";
    for some in [1, 5, 50] {
        let (answer, statements) = notes.ask_with(tenant(1), query, &json!({ "ids": authors[..some] })).await;
        assert_eq!(answer["data"]["authors"].as_array().unwrap().len(), some);
        assert_eq!(answer["data"]["authors"][some - 1]["count"], 3);
        assert_eq!(statements, 2, "for {some} authors");
    }
    let (_, none) = notes.ask(tenant(1), "{ __typename }").await;
    assert_eq!(none, 0);
    let (_, one) =
        notes.ask(tenant(1), &format!(r#"mutation {{ write(author: "{AUTHOR}") {{ id }} }}"#)).await;
    assert_eq!(one, 1);
}

#[tokio::test]
async fn many_rows_are_inserted_in_few_statements() {
    let notes = Notes::start().await;
    let statements = StatementCounter::default();
    let db = notes.database.tenant(tenant(1), statements.clone());
    db.insert_all((0..10_000).map(|minute| row(Uuid::now_v7(), AUTHOR, minute)).collect()).await.unwrap();
    assert_eq!(statements.get(), 2);
    db.insert_all::<ActiveModel>(Vec::new()).await.unwrap();
    assert_eq!(statements.get(), 2);
}

#[tokio::test]
async fn a_database_that_cannot_be_opened_says_why() {
    let open = async |url: &str| {
        let config = Config { url: url.to_owned(), acquire_timeout_ms: 200, ..Config::default() };
        Database::open(&config).await.unwrap_err()
    };
    assert!(matches!(open("").await, DatabaseError::NoUrl));
    assert!(matches!(open("mysql://somewhere").await, DatabaseError::UnknownScheme));
    for url in
        ["sqlite::memory:", "sqlite://:memory:", "sqlite://notes.db?cache=shared&mode=memory", "sqlite://"]
    {
        assert!(matches!(open(url).await, DatabaseError::InMemory), "{url}");
    }
    let nowhere = open("sqlite:///nowhere/at/all.db").await;
    assert!(matches!(nowhere, DatabaseError::Open { .. }), "{nowhere}");
    assert!(
        !format!("{:?}", Config { url: "postgres://u:hunter2@h/d".to_owned(), ..Config::default() })
            .contains("hunter2")
    );
}

#[tokio::test]
async fn a_url_that_cannot_be_read_is_not_repeated() {
    // Passwords with characters that ought to be percent-encoded, and an option that does not exist.
    let urls = [
        "postgres://u:hun/ter2@localhost/notes",
        "postgres://u:hun#ter2@localhost/notes",
        "postgres://u:hun?ter2@localhost/notes",
        "postgres://u:hunter2@localhost/notes?sslmode=hunter2",
        "sqlite://notes.db?mode=hunter2",
    ];
    for url in urls {
        let error = Database::open(&Config { url: url.to_owned(), ..Config::default() }).await.unwrap_err();
        assert!(matches!(error, DatabaseError::Malformed), "{url}: {error}");
        assert!(!error.to_string().contains("ter2"), "{error}");
        assert!(!format!("{error:?}").contains("ter2"), "{error:?}");
    }
}
