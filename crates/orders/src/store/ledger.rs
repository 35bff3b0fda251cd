use std::collections::HashMap;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, DbErr, QueryFilter as _, QueryOrder as _, QuerySelect as _, Select};
use subgraph_kit::pagination::{Page, PageArguments, page, pages_by_parent};
use subgraph_kit::record::from_rows;
use subgraph_kit::tenancy::{Scoped, TenantDb, in_list};
use uuid::Uuid;

use super::{numbering, order, order_line, product};
use crate::domain::{
    self, Draft, Error, Moment, Order, OrderFilter, OrderLine, OrderStatus, OrdersQuery, Product,
};

/// The rows of one tenant.
pub(crate) struct Ledger {
    db: TenantDb,
}

impl Ledger {
    pub(crate) fn new(db: TenantDb) -> Self {
        Self { db }
    }
}

#[async_trait]
impl domain::Ledger for Ledger {
    async fn products(&self, ids: &[Uuid]) -> Result<Vec<Product>, Error> {
        let query =
            self.db.find::<product::Entity>().filter(product::Column::Id.is_in(in_list(ids.iter().copied())));
        Ok(from_rows(query.all(&self.db).await?)?)
    }

    async fn products_by_sku(&self, skus: &[String]) -> Result<Vec<Product>, Error> {
        // PostgreSQL refuses a text with NUL, and with it everybody else's SKU in the same statement.
        let skus = skus.iter().filter(|sku| !sku.contains('\0')).cloned();
        let query = self.db.find::<product::Entity>().filter(product::Column::Sku.is_in(in_list(skus)));
        Ok(from_rows(query.all(&self.db).await?)?)
    }

    async fn all_products(&self, arguments: &PageArguments) -> Result<Page<Product>, Error> {
        Ok(page(&self.db, self.db.find::<product::Entity>(), arguments).await?.try_map(TryFrom::try_from)?)
    }

    async fn orders(&self, ids: &[Uuid]) -> Result<Vec<Order>, Error> {
        let query =
            self.db.find::<order::Entity>().filter(order::Column::Id.is_in(in_list(ids.iter().copied())));
        Ok(from_rows(query.all(&self.db).await?)?)
    }

    async fn all_orders(&self, query: &OrdersQuery) -> Result<Page<Order>, Error> {
        let select = filtered(self.db.find::<order::Entity>(), &query.filter);
        Ok(page(&self.db, select, &query.page).await?.try_map(TryFrom::try_from)?)
    }

    async fn orders_of(
        &self,
        users: &[Uuid],
        filter: &OrderFilter,
        arguments: &PageArguments,
    ) -> Result<HashMap<Uuid, Page<Order>>, Error> {
        let select = filtered(self.db.find::<order::Entity>(), filter);
        let parent = order::Column::PlacedBy;
        let pages = pages_by_parent(&self.db, select, parent, |row| row.placed_by, users, arguments);
        let pages = pages.await?.into_iter();
        pages.map(|(user, page)| Ok((user, page.try_map(TryFrom::try_from)?))).collect()
    }

    async fn lines(&self, orders: &[Uuid]) -> Result<Vec<OrderLine>, Error> {
        let query = self
            .db
            .find::<order_line::Entity>()
            .filter(order_line::Column::OrderId.is_in(in_list(orders.iter().copied())))
            .order_by_asc(order_line::Column::OrderId)
            .order_by_asc(order_line::Column::Position);
        Ok(from_rows(query.all(&self.db).await?)?)
    }

    async fn place(&self, draft: &Draft, moment: &Moment<'_>) -> Result<Order, Error> {
        let transaction = self.db.begin().await?;
        // The number's row is locked from here on, so the moment is taken where nobody can come in between.
        let number = numbering::next(&transaction).await?;
        let placed_at = moment(newest(&transaction).await?);
        let row = transaction.insert(order_row(draft, number, placed_at)).await?;
        transaction.insert_all(line_rows(draft).collect()).await?;
        transaction.commit().await?;
        Ok(Order::try_from(row)?)
    }

    async fn cancel(&self, id: Uuid, from: &[OrderStatus], reason: Option<&str>) -> Result<bool, Error> {
        let from = from.iter().map(|status| order::Status::from(*status));
        // Whoever comes first changes the row; to the other it has no such status any more.
        let changed = self
            .db
            .update_many::<order::Entity>()
            .col_expr(order::Column::Status, Expr::value(order::Status::Cancelled))
            .col_expr(order::Column::CancelReason, Expr::value(reason.map(str::to_owned)))
            .filter(order::Column::Id.eq(id))
            .filter(order::Column::Status.is_in(from))
            .exec(&self.db)
            .await?;
        Ok(changed.rows_affected == 1)
    }
}

/// When the tenant's newest order was placed.
async fn newest(db: &impl Scoped) -> Result<Option<DateTime<Utc>>, DbErr> {
    let query = db
        .find::<order::Entity>()
        .select_only()
        .column(order::Column::PlacedAt)
        .order_by_desc(order::Column::PlacedAt)
        .order_by_desc(order::Column::Id)
        .limit(1);
    query.into_tuple().one(db).await
}

fn filtered(mut select: Select<order::Entity>, filter: &OrderFilter) -> Select<order::Entity> {
    if !filter.statuses.is_empty() {
        let statuses = filter.statuses.iter().map(|status| order::Status::from(*status));
        select = select.filter(order::Column::Status.is_in(statuses));
    }
    if let Some(after) = filter.placed_after {
        select = select.filter(order::Column::PlacedAt.gt(after));
    }
    if let Some(before) = filter.placed_before {
        select = select.filter(order::Column::PlacedAt.lt(before));
    }
    select
}

fn order_row(draft: &Draft, number: String, placed_at: DateTime<Utc>) -> order::ActiveModel {
    order::ActiveModel {
        tenant_id: NotSet,
        id: Set(draft.id),
        number: Set(number),
        status: Set(order::Status::Placed),
        placed_by: Set(draft.placed_by.as_uuid()),
        placed_at: Set(placed_at),
        currency: Set(draft.currency.as_str().to_owned()),
        total_amount: Set(draft.total),
        cancel_reason: Set(None),
    }
}

fn line_rows(draft: &Draft) -> impl Iterator<Item = order_line::ActiveModel> {
    (0..).zip(&draft.lines).map(|(position, line)| order_line::ActiveModel {
        tenant_id: NotSet,
        id: Set(line.id),
        order_id: Set(line.order_id),
        position: Set(position),
        product_id: Set(line.product_id),
        quantity: Set(line.quantity),
        unit_price_amount: Set(line.unit_price),
        currency: Set(line.currency.as_str().to_owned()),
    })
}
