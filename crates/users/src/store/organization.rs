use auth::TenantId;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::entity::prelude::*;
use subgraph_kit::record::moment;

use crate::domain::Organization;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "organizations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    pub slug: String,
    pub display_name: String,
    pub created_at: DateTimeUtc,
}

subgraph_kit::tenant_table!();

impl From<Model> for Organization {
    fn from(row: Model) -> Self {
        Self {
            id: TenantId::from(row.tenant_id),
            slug: row.slug,
            display_name: row.display_name,
            created_at: row.created_at,
        }
    }
}

impl From<&Organization> for ActiveModel {
    fn from(organization: &Organization) -> Self {
        Self {
            tenant_id: NotSet,
            slug: Set(organization.slug.clone()),
            display_name: Set(organization.display_name.clone()),
            created_at: Set(moment(organization.created_at)),
        }
    }
}
