use std::collections::BTreeSet;

use sea_orm::EntityTrait;

/// A table whose rows belong to no tenant, such as the accounts that people sign in with. `platform_table!` says so.
pub trait PlatformOwned: EntityTrait {}

/// The tables of a subgraph that belong to no tenant: all that a [`PlatformDb`](super::PlatformDb) reaches, and nothing
/// that a [`TenantDb`](super::TenantDb) does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlatformTables(BTreeSet<&'static str>);

impl PlatformTables {
    /// With this table too.
    #[must_use]
    pub fn with<E: PlatformOwned>(mut self, entity: E) -> Self {
        self.0.insert(entity.table_name());
        self
    }

    pub(super) fn has(&self, table: &str) -> bool {
        self.0.contains(table)
    }
}
