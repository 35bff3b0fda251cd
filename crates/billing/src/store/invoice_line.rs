use sea_orm::entity::prelude::*;
use subgraph_kit::fault::Fault;

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

subgraph_kit::tenant_table!();

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
