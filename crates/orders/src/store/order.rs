use auth::{TenantId, UserId};
use sea_orm::entity::prelude::*;
use subgraph_kit::fault::Fault;

use crate::domain::{Order, OrderStatus};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "orders")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub number: String,
    pub status: Status,
    pub placed_by: Uuid,
    pub placed_at: DateTimeUtc,
    pub currency: String,
    pub total_amount: i64,
    pub cancel_reason: Option<String>,
}

/// A status as text, so that rows read well and a new status needs no change of a type in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "snake_case")]
pub(crate) enum Status {
    Placed,
    Confirmed,
    Shipped,
    Cancelled,
}

subgraph_kit::tenant_table!(newest_first: PlacedAt = placed_at, Id = id);

impl TryFrom<Model> for Order {
    type Error = Fault;

    fn try_from(row: Model) -> Result<Self, Fault> {
        Ok(Self {
            id: row.id,
            tenant: TenantId::from(row.tenant_id),
            number: row.number,
            status: row.status.into(),
            placed_by: UserId::from(row.placed_by),
            placed_at: row.placed_at,
            currency: row.currency.parse().map_err(Fault::new)?,
            total: row.total_amount,
        })
    }
}

impl From<Status> for OrderStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Placed => Self::Placed,
            Status::Confirmed => Self::Confirmed,
            Status::Shipped => Self::Shipped,
            Status::Cancelled => Self::Cancelled,
        }
    }
}

impl From<OrderStatus> for Status {
    fn from(status: OrderStatus) -> Self {
        match status {
            OrderStatus::Placed => Self::Placed,
            OrderStatus::Confirmed => Self::Confirmed,
            OrderStatus::Shipped => Self::Shipped,
            OrderStatus::Cancelled => Self::Cancelled,
        }
    }
}
