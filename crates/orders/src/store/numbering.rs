//! The numbers of a tenant's orders: one row each, whose lock makes the orders that are placed at once take turns.

use sea_orm::DbErr;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait as _, OnConflict, Query};
use subgraph_kit::tenancy::Scoped;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "order_numbers")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    /// The last number that was given.
    pub last: i64,
}

subgraph_kit::tenant_table!();

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
    let more = Expr::col((Entity, Column::Last)).add(1);
    let mut insert = Query::insert();
    insert
        .into_table(Entity)
        .columns([Column::TenantId, Column::Last])
        .values([transaction.tenant().as_uuid().into(), 1_i64.into()])
        .map_err(|error| DbErr::Custom(error.to_string()))?
        .on_conflict(OnConflict::column(Column::TenantId).value(Column::Last, more).to_owned())
        .returning_col(Column::Last);
    let row = transaction.query_one(&insert).await?;
    let row = row.ok_or_else(|| DbErr::RecordNotFound("the number just given".to_owned()))?;
    Ok(text(row.try_get("", "last")?))
}
