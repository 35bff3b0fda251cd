/// Makes the SeaORM entity of the module at hand a table that belongs to tenants
/// ([`TenantOwned`](crate::tenancy::TenantOwned)). Tables are joined by loaders and not by SeaORM, so it has no
/// `Relation`.
///
/// With `newest_first` it is paged as well ([`Keyset`](crate::pagination::Keyset)), by the column of the moment and that
/// of the id, each with its field.
///
/// ```
/// mod note {
///     use sea_orm::entity::prelude::*;
///
///     #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
///     #[sea_orm(table_name = "notes")]
///     pub struct Model {
///         #[sea_orm(primary_key, auto_increment = false)]
///         pub tenant_id: Uuid,
///         #[sea_orm(primary_key, auto_increment = false)]
///         pub id: Uuid,
///         pub written_at: DateTimeUtc,
///     }
///
///     subgraph_kit::tenant_table!(newest_first: WrittenAt = written_at, Id = id);
/// }
/// # use subgraph_kit::{pagination::Keyset, tenancy::TenantOwned};
/// # assert!(matches!(note::Entity::tenant_column(), note::Column::TenantId));
/// # assert!(matches!(note::Entity::at_column(), note::Column::WrittenAt));
/// ```
#[macro_export]
macro_rules! tenant_table {
    () => {
        #[derive(Copy, Clone, Debug, ::sea_orm::EnumIter, ::sea_orm::DeriveRelation)]
        pub enum Relation {}

        impl ::sea_orm::ActiveModelBehavior for ActiveModel {}

        impl $crate::tenancy::TenantOwned for Entity {
            fn tenant_column() -> Column {
                Column::TenantId
            }
        }
    };
    (newest_first: $at_column:ident = $at:ident, $id_column:ident = $id:ident) => {
        $crate::tenant_table!();

        impl $crate::pagination::Keyset for Entity {
            fn at_column() -> Column {
                Column::$at_column
            }

            fn id_column() -> Column {
                Column::$id_column
            }

            fn position(row: &Model) -> $crate::pagination::Position {
                $crate::pagination::Position { at: row.$at, id: row.$id }
            }
        }
    };
}

/// Makes the SeaORM entity of the module at hand a table that belongs to no tenant
/// ([`PlatformOwned`](crate::tenancy::PlatformOwned)). It has no `Relation`, as `tenant_table!` has none.
#[macro_export]
macro_rules! platform_table {
    () => {
        #[derive(Copy, Clone, Debug, ::sea_orm::EnumIter, ::sea_orm::DeriveRelation)]
        pub enum Relation {}

        impl ::sea_orm::ActiveModelBehavior for ActiveModel {}

        impl $crate::tenancy::PlatformOwned for Entity {}
    };
}
