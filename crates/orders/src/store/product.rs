use sea_orm::entity::prelude::*;
use subgraph_kit::fault::Fault;

use crate::domain::Product;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "products")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub sku: String,
    pub name: String,
    pub price_amount: i64,
    pub currency: String,
    pub weight_grams: i32,
    pub created_at: DateTimeUtc,
}

subgraph_kit::tenant_table!(newest_first: CreatedAt = created_at, Id = id);

impl TryFrom<Model> for Product {
    type Error = Fault;

    fn try_from(row: Model) -> Result<Self, Fault> {
        Ok(Self {
            id: row.id,
            sku: row.sku,
            name: row.name,
            price: row.price_amount,
            currency: row.currency.parse().map_err(Fault::new)?,
            weight_grams: row.weight_grams,
            created_at: row.created_at,
        })
    }
}
