//! Tables that belong to no tenant.
use sea_orm::ActiveValue::Set;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait as _, DbErr, EntityTrait as _,
    PaginatorTrait as _, QueryFilter as _,
};
use subgraph_kit::error::{Code, Error};
use subgraph_kit::tenancy::{Scoped as _, StatementCounter, UnscopedQuery};
use uuid::Uuid;

use crate::support::{Column, Entity, Notes, account, row, tenant};

const AUTHOR: Uuid = Uuid::from_u128(5);

fn account(number: u128, of: u128) -> account::ActiveModel {
    account::ActiveModel { id: Set(Uuid::from_u128(number)), tenant_id: Set(Uuid::from_u128(of)) }
}

fn is_refused(error: DbErr) {
    assert!(UnscopedQuery::in_error(&error).is_some(), "{error}");
    assert_eq!(Error::from(error).code(), Code::Internal);
}

#[tokio::test]
async fn the_platform_reaches_its_own_tables() {
    let notes = Notes::start().await;
    let statements = StatementCounter::default();
    let platform = notes.database.platform(statements.clone());
    account(1, 1).insert(&platform).await.unwrap();
    let transaction = platform.begin().await.unwrap();
    account(1, 2).insert(&transaction).await.unwrap();
    assert_eq!(account::Entity::find().all(&transaction).await.unwrap().len(), 2);
    drop(transaction);
    let transaction = platform.begin().await.unwrap();
    account(1, 3).insert(&transaction).await.unwrap();
    transaction.commit().await.unwrap();
    let found = account::Entity::find().filter(account::Column::Id.eq(Uuid::from_u128(1))).all(&platform);
    let mut tenants: Vec<Uuid> = found.await.unwrap().into_iter().map(|row| row.tenant_id).collect();
    tenants.sort_unstable();
    assert_eq!(tenants, [1, 3].map(Uuid::from_u128));
    assert_eq!(statements.get(), 5);
}

#[tokio::test]
async fn the_platform_reaches_no_tenants_rows() {
    let notes = Notes::start().await;
    notes.write(tenant(1), AUTHOR, 0, 2).await;
    let platform = notes.platform();
    let transaction = platform.begin().await.unwrap();
    is_refused(Entity::find().all(&platform).await.unwrap_err());
    is_refused(
        Entity::find().filter(Column::TenantId.eq(Uuid::from_u128(1))).count(&platform).await.unwrap_err(),
    );
    is_refused(Entity::delete_many().exec(&transaction).await.unwrap_err());
    is_refused(row(Uuid::now_v7(), AUTHOR, 0).insert(&transaction).await.unwrap_err());
    is_refused(platform.execute_unprepared("DELETE FROM account_users").await.unwrap_err());
    is_refused(transaction.execute_unprepared("DELETE FROM account_users").await.unwrap_err());
    drop(transaction);
    assert_eq!(notes.db(tenant(1)).find::<Entity>().all(&notes.db(tenant(1))).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_tenant_reaches_no_table_of_the_platform() {
    let notes = Notes::start().await;
    account(1, 1).insert(&notes.platform()).await.unwrap();
    let db = notes.db(tenant(1));
    let transaction = db.begin().await.unwrap();
    let own = account::Column::TenantId.eq(Uuid::from_u128(1));
    is_refused(account::Entity::find().filter(own.clone()).all(&db).await.unwrap_err());
    is_refused(account::Entity::find().filter(own.clone()).one(&transaction).await.unwrap_err());
    is_refused(account::Entity::delete_many().filter(own).exec(&transaction).await.unwrap_err());
    is_refused(account(2, 1).insert(&db).await.unwrap_err());
    drop(transaction);
    assert_eq!(account::Entity::find().count(&notes.platform()).await.unwrap(), 1);
}

#[tokio::test]
async fn a_table_that_is_not_listed_is_nobodys() {
    let notes = Notes::start().await;
    let unlisted = notes.place.open().await.platform(StatementCounter::default());
    is_refused(account::Entity::find().all(&unlisted).await.unwrap_err());
}

#[tokio::test]
async fn both_sides_change_together_or_not_at_all() {
    let notes = Notes::start().await;
    let platform = notes.platform();
    for committed in [false, true] {
        let joint = platform.begin_with(tenant(1)).await.unwrap();
        account(1, 1).insert(joint.platform()).await.unwrap();
        joint.tenant().insert(row(Uuid::now_v7(), AUTHOR, 0)).await.unwrap();
        // Each door leads to its own side.
        is_refused(account(2, 1).insert(joint.tenant()).await.unwrap_err());
        is_refused(Entity::find().all(joint.platform()).await.unwrap_err());
        is_refused(notes.db(tenant(2)).find::<Entity>().all(joint.tenant()).await.unwrap_err());
        assert_eq!(joint.tenant().find::<Entity>().all(joint.tenant()).await.unwrap().len(), 1);
        if committed {
            joint.commit().await.unwrap();
        }
        let left = usize::from(committed);
        assert_eq!(account::Entity::find().all(&platform).await.unwrap().len(), left);
        let db = notes.db(tenant(1));
        assert_eq!(db.find::<Entity>().all(&db).await.unwrap().len(), left);
    }
}

#[tokio::test]
async fn what_is_read_of_the_platform_is_bounded() {
    let notes = Notes::start().await;
    let platform = notes.platform();
    let rows = (0..10_001).map(|number| account(number, 1));
    account::Entity::insert_many(rows).exec_without_returning(&platform).await.unwrap();
    let error = account::Entity::find().all(&notes.platform()).await.unwrap_err();
    assert_eq!(Error::from(error).code(), Code::OperationTooComplex);
}
