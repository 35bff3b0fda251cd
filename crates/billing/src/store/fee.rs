use sea_orm::entity::prelude::*;

use crate::domain::Fee;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "fees")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub description: String,
    pub created_at: DateTimeUtc,
}

subgraph_kit::tenant_table!();

impl From<Model> for Fee {
    fn from(row: Model) -> Self {
        Self { id: row.id, description: row.description }
    }
}
