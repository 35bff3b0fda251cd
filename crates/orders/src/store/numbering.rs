//! The numbers of a tenant's orders: one row each, whose lock makes the orders that are placed at once take turns.

use sea_orm::ActiveValue::Set;
use sea_orm::DbErr;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait as _, OnConflict};
use subgraph_kit::tenancy::{Scoped, TenantOwned};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "order_numbers")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    /// The last number that was given.
    pub last: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantOwned for Entity {
    fn tenant_column() -> Column {
        Column::TenantId
    }
}

/// How a number is written.
fn text(number: i64) -> String {
    format!("A-{number:06}")
}

/// The greatest of these numbers, 0 where there is none. What is not written like one never gets in the way.
pub(super) fn greatest<'a>(texts: impl IntoIterator<Item = &'a str>) -> i64 {
    let numbers = texts.into_iter().filter_map(|text| text.strip_prefix("A-")?.parse().ok());
    numbers.max().unwrap_or(0)
}

/// The next number. It is given back if the transaction does not end well, so there are no gaps.
pub(super) async fn next(transaction: &impl Scoped) -> Result<String, DbErr> {
    let first = ActiveModel { tenant_id: Set(transaction.tenant().as_uuid()), last: Set(1) };
    let last = Expr::col((Entity, Column::Last));
    let more = OnConflict::column(Column::TenantId).value(Column::Last, last.add(1)).to_owned();
    Entity::insert(first).on_conflict(more).exec_without_returning(transaction).await?;
    let row = transaction.find::<Entity>().one(transaction).await?;
    let last = row.ok_or_else(|| DbErr::RecordNotFound("the number just given".to_owned()))?.last;
    Ok(text(last))
}
