use sea_orm::entity::prelude::*;
use sea_orm_migration::prelude::{ColumnDef, Index, MigrationName, MigrationTrait, SchemaManager, Table};
use subgraph_kit::pagination::{Keyset, Position};
use subgraph_kit::tenancy::{TenantOwned, platform_table_rules, tenant_table_rules};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub author_id: Uuid,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantOwned for Entity {
    fn tenant_column() -> Column {
        Column::TenantId
    }
}

impl Keyset for Entity {
    fn at_column() -> Column {
        Column::CreatedAt
    }

    fn id_column() -> Column {
        Column::Id
    }

    fn position(row: &Model) -> Position {
        Position { at: row.created_at, id: row.id }
    }
}

pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(create_table())]
}

pub fn create_table() -> CreateNotes {
    CreateNotes
}

pub struct CreateNotes;

impl MigrationName for CreateNotes {
    fn name(&self) -> &'static str {
        "m1_notes"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for CreateNotes {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("notes")
            .col(ColumnDef::new("tenant_id").uuid().not_null())
            .col(ColumnDef::new("id").uuid().not_null())
            .col(ColumnDef::new("author_id").uuid().not_null())
            .col(ColumnDef::new("created_at").timestamp_with_time_zone().not_null())
            .primary_key(Index::create().col("tenant_id").col("id"))
            .to_owned();
        manager.create_table(table).await?;
        tenant_table_rules(manager, "notes").await?;
        let table = Table::create()
            .table("account_users")
            .col(ColumnDef::new("id").uuid().not_null())
            .col(ColumnDef::new("tenant_id").uuid().not_null())
            .primary_key(Index::create().col("id").col("tenant_id"))
            .to_owned();
        manager.create_table(table).await?;
        platform_table_rules(manager, "account_users").await
    }
}
