//! Payments are paged newest first, as all lists are: of one invoice as a range of an index, of many in its order.

use sea_orm_migration::prelude::*;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20260201_000001_payments_by_age"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let newest_first = Index::create()
            .name("payments_by_age")
            .table("payments")
            .col("tenant_id")
            .col("invoice_id")
            .col(("paid_at", IndexOrder::Desc))
            .col(("id", IndexOrder::Desc))
            .to_owned();
        manager.create_index(newest_first).await?;
        let oldest_first = Index::drop().name("payments_by_invoice").table("payments").to_owned();
        manager.drop_index(oldest_first).await
    }
}
