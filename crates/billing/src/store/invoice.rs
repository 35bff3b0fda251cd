use sea_orm::entity::prelude::*;
use subgraph_kit::fault::Fault;

use crate::domain::{Invoice, InvoiceStatus, Order};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "invoices")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub number: String,
    pub status: Status,
    pub account_id: Uuid,
    pub order_id: Option<Uuid>,
    pub order_number: Option<String>,
    pub currency: String,
    pub total_amount: i64,
    pub paid_amount: i64,
    pub issued_at: DateTimeUtc,
    pub due_at: DateTimeUtc,
}

/// A status as text, so that rows read well and a new status needs no change of a type in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "snake_case")]
pub(crate) enum Status {
    Open,
    Paid,
    Void,
}

subgraph_kit::tenant_table!(newest_first: IssuedAt = issued_at, Id = id);

impl TryFrom<Model> for Invoice {
    type Error = Fault;

    fn try_from(row: Model) -> Result<Self, Fault> {
        Ok(Self {
            id: row.id,
            number: row.number,
            status: row.status.into(),
            account_id: row.account_id,
            order: match (row.order_id, row.order_number) {
                (Some(id), Some(number)) => Some(Order { id, number }),
                (None, None) => None,
                _ => return Err(Fault::new("an invoice with half an order")),
            },
            currency: row.currency.parse().map_err(Fault::new)?,
            total: row.total_amount,
            paid: row.paid_amount,
            issued_at: row.issued_at,
            due_at: row.due_at,
        })
    }
}

impl From<Status> for InvoiceStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Open => Self::Open,
            Status::Paid => Self::Paid,
            Status::Void => Self::Void,
        }
    }
}

impl From<InvoiceStatus> for Status {
    fn from(status: InvoiceStatus) -> Self {
        match status {
            InvoiceStatus::Open => Self::Open,
            InvoiceStatus::Paid => Self::Paid,
            InvoiceStatus::Void => Self::Void,
        }
    }
}
