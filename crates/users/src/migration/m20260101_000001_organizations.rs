//! Organizations, people and memberships.

use sea_orm_migration::prelude::*;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20260101_000001_organizations"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(organizations()).await?;
        manager.create_table(users()).await?;
        manager.create_table(memberships()).await?;
        manager.create_index(memberships_in_order("memberships_by_age", None)).await?;
        manager.create_index(memberships_in_order("memberships_by_role", Some("role"))).await
    }
}

fn organizations() -> TableCreateStatement {
    Table::create()
        .table("organizations")
        .col(ColumnDef::new("tenant_id").uuid().not_null().primary_key())
        .col(ColumnDef::new("slug").string_len(63).not_null().unique_key())
        .col(ColumnDef::new("display_name").string_len(100).not_null())
        .col(ColumnDef::new("created_at").timestamp_with_time_zone().not_null())
        .to_owned()
}

fn users() -> TableCreateStatement {
    Table::create()
        .table("users")
        .col(ColumnDef::new("tenant_id").uuid().not_null())
        .col(ColumnDef::new("id").uuid().not_null())
        .col(ColumnDef::new("email").string_len(254).not_null())
        .col(ColumnDef::new("display_name").string_len(100).not_null())
        .col(ColumnDef::new("created_at").timestamp_with_time_zone().not_null())
        .primary_key(Index::create().col("tenant_id").col("id"))
        .index(Index::create().unique().name("users_by_email").col("tenant_id").col("email"))
        .foreign_key(
            ForeignKey::create()
                .name("users_organization")
                .from("users", "tenant_id")
                .to("organizations", "tenant_id"),
        )
        .to_owned()
}

fn memberships() -> TableCreateStatement {
    Table::create()
        .table("memberships")
        .col(ColumnDef::new("tenant_id").uuid().not_null())
        .col(ColumnDef::new("user_id").uuid().not_null())
        .col(ColumnDef::new("role").string_len(16).not_null())
        .col(ColumnDef::new("status").string_len(16).not_null())
        .col(ColumnDef::new("created_at").timestamp_with_time_zone().not_null())
        .primary_key(Index::create().col("tenant_id").col("user_id"))
        .foreign_key(
            ForeignKey::create()
                .name("memberships_user")
                .from("memberships", ("tenant_id", "user_id"))
                .to("users", ("tenant_id", "id")),
        )
        .to_owned()
}

/// Members newest first, all or those of a role: a page is one range of an index.
fn memberships_in_order(name: &str, filter: Option<&'static str>) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(name).table("memberships").col("tenant_id");
    if let Some(column) = filter {
        index.col(column);
    }
    index.col(("created_at", IndexOrder::Desc)).col(("user_id", IndexOrder::Desc)).to_owned()
}
