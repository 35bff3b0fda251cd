use auth::{TenantId, UserId};
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::entity::prelude::*;
use subgraph_kit::record::moment;

use crate::domain::{self, Membership};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "memberships")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    pub role: Role,
    pub status: Status,
    pub created_at: DateTimeUtc,
}

/// A role as text, so that rows read well and a new role needs no change of a type in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "snake_case")]
pub enum Role {
    Owner,
    Admin,
    Member,
    Viewer,
    Support,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "snake_case")]
pub enum Status {
    Invited,
    Active,
}

subgraph_kit::tenant_table!(newest_first: CreatedAt = created_at, UserId = user_id);

impl From<Model> for Membership {
    fn from(row: Model) -> Self {
        Self {
            tenant: TenantId::from(row.tenant_id),
            user: UserId::from(row.user_id),
            role: row.role.into(),
            status: match row.status {
                Status::Invited => domain::MembershipStatus::Invited,
                Status::Active => domain::MembershipStatus::Active,
            },
            created_at: row.created_at,
        }
    }
}

impl From<&Membership> for ActiveModel {
    fn from(membership: &Membership) -> Self {
        Self {
            tenant_id: NotSet,
            user_id: Set(membership.user.as_uuid()),
            role: Set(membership.role.into()),
            status: Set(match membership.status {
                domain::MembershipStatus::Invited => Status::Invited,
                domain::MembershipStatus::Active => Status::Active,
            }),
            created_at: Set(moment(membership.created_at)),
        }
    }
}

impl From<Role> for auth::Role {
    fn from(role: Role) -> Self {
        match role {
            Role::Owner => Self::Owner,
            Role::Admin => Self::Admin,
            Role::Member => Self::Member,
            Role::Viewer => Self::Viewer,
            Role::Support => Self::Support,
        }
    }
}

impl From<auth::Role> for Role {
    fn from(role: auth::Role) -> Self {
        match role {
            auth::Role::Owner => Self::Owner,
            auth::Role::Admin => Self::Admin,
            auth::Role::Member => Self::Member,
            auth::Role::Viewer => Self::Viewer,
            auth::Role::Support => Self::Support,
        }
    }
}
