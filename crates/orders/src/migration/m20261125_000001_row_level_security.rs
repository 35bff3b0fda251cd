//! PostgreSQL keeps tenants apart by itself. A table that comes later has its rules from birth.

use sea_orm_migration::prelude::*;
use subgraph_kit::tenancy::tenant_table_rules;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261125_000001_row_level_security"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["products", "orders", "order_lines", "order_numbers"] {
            tenant_table_rules(manager, table).await?;
        }
        Ok(())
    }
}
