use sea_orm::entity::prelude::*;
use subgraph_kit::fault::Fault;
use subgraph_kit::tenancy::TenantOwned;

use crate::domain::{InvoiceLine, Item};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "invoice_lines")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub invoice_id: Uuid,
    /// Where the line stands in its invoice.
    pub position: i32,
    /// Of the product, or else there is a fee.
    pub sku: Option<String>,
    pub fee_id: Option<Uuid>,
    pub quantity: i32,
    pub amount: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantOwned for Entity {
    fn tenant_column() -> Column {
        Column::TenantId
    }
}

impl TryFrom<Model> for InvoiceLine {
    type Error = Fault;

    fn try_from(row: Model) -> Result<Self, Fault> {
        Ok(Self {
            id: row.id,
            invoice_id: row.invoice_id,
            item: match (row.sku, row.fee_id) {
                (Some(sku), None) => Item::Product { sku },
                (None, Some(fee)) => Item::Fee(fee),
                _ => return Err(Fault::new("an invoice line with no item, or two")),
            },
            quantity: row.quantity,
            amount: row.amount,
        })
    }
}
