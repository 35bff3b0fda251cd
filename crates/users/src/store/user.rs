use auth::UserId;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::entity::prelude::*;
use subgraph_kit::record::moment;

use crate::domain::User;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub email: String,
    pub display_name: String,
    pub created_at: DateTimeUtc,
}

subgraph_kit::tenant_table!();

impl From<Model> for User {
    fn from(row: Model) -> Self {
        Self {
            id: UserId::from(row.id),
            email: row.email,
            display_name: row.display_name,
            created_at: row.created_at,
        }
    }
}

impl From<&User> for ActiveModel {
    fn from(user: &User) -> Self {
        Self {
            tenant_id: NotSet,
            id: Set(user.id.as_uuid()),
            email: Set(user.email.clone()),
            display_name: Set(user.display_name.clone()),
            created_at: Set(moment(user.created_at)),
        }
    }
}
