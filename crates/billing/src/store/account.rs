use auth::{TenantId, UserId};
use sea_orm::entity::prelude::*;
use subgraph_kit::fault::Fault;

use crate::domain::{Account, Party};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "accounts")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub party_kind: PartyKind,
    /// The user's id, or the tenant's own.
    pub party_id: Uuid,
    pub currency: String,
    pub opened_at: DateTimeUtc,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "snake_case")]
pub(crate) enum PartyKind {
    User,
    Organization,
}

subgraph_kit::tenant_table!();

/// How a party stands in a row.
pub(super) fn party_columns(party: Party, tenant: TenantId) -> (PartyKind, Uuid) {
    match party {
        Party::User(user) => (PartyKind::User, user.as_uuid()),
        Party::Organization => (PartyKind::Organization, tenant.as_uuid()),
    }
}

impl TryFrom<Model> for Account {
    type Error = Fault;

    fn try_from(row: Model) -> Result<Self, Fault> {
        Ok(Self {
            id: row.id,
            tenant: TenantId::from(row.tenant_id),
            party: match row.party_kind {
                PartyKind::User => Party::User(UserId::from(row.party_id)),
                PartyKind::Organization => Party::Organization,
            },
            currency: row.currency.parse().map_err(Fault::new)?,
        })
    }
}
