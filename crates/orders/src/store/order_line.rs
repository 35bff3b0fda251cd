use sea_orm::entity::prelude::*;
use subgraph_kit::fault::Fault;

use crate::domain::OrderLine;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "order_lines")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub order_id: Uuid,
    /// Where the line stands in its order.
    pub position: i32,
    pub product_id: Uuid,
    pub quantity: i32,
    pub unit_price_amount: i64,
    pub currency: String,
}

subgraph_kit::tenant_table!();

impl TryFrom<Model> for OrderLine {
    type Error = Fault;

    fn try_from(row: Model) -> Result<Self, Fault> {
        Ok(Self {
            id: row.id,
            order_id: row.order_id,
            product_id: row.product_id,
            quantity: row.quantity,
            unit_price: row.unit_price_amount,
            currency: row.currency.parse().map_err(Fault::new)?,
        })
    }
}
