use auth::TenantId;
use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ColumnTrait as _, ConnectionTrait, DbErr, DeleteMany, EntityTrait,
    IntoActiveModel, Iterable as _, QueryFilter as _, Select, UpdateMany,
};

/// The name of the column that holds the tenant, in every table that a subgraph has.
pub const TENANT_COLUMN: &str = "tenant_id";

/// The most bound values in one statement: SQLite takes 32766, PostgreSQL 65535.
const MOST_VALUES: usize = 30_000;

/// A table whose rows belong to a tenant each: all tables of a subgraph do.
pub trait TenantOwned: EntityTrait {
    /// The column named [`TENANT_COLUMN`].
    fn tenant_column() -> Self::Column;
}

/// A connection or a transaction of one tenant. Sealed: it is [`TenantDb`](super::TenantDb) or
/// [`TenantTransaction`](super::TenantTransaction), and what takes a `&impl Scoped` works with both.
///
/// It is SeaORM's `ConnectionTrait` too, so whatever SeaORM can build can be run; the guard checks each statement.
#[async_trait::async_trait]
pub trait Scoped: ConnectionTrait + sealed::Sealed {
    /// The tenant.
    fn tenant(&self) -> TenantId;

    /// The tenant's rows.
    fn find<E: TenantOwned>(&self) -> Select<E> {
        E::find().filter(E::tenant_column().eq(self.tenant().as_uuid()))
    }

    /// A change of the tenant's rows; filter it further.
    fn update_many<E: TenantOwned>(&self) -> UpdateMany<E> {
        E::update_many().filter(E::tenant_column().eq(self.tenant().as_uuid()))
    }

    /// A removal of the tenant's rows; filter it further.
    fn delete_many<E: TenantOwned>(&self) -> DeleteMany<E> {
        E::delete_many().filter(E::tenant_column().eq(self.tenant().as_uuid()))
    }

    /// Adds a row to the tenant's, and returns it as the database has it.
    async fn insert<A>(&self, row: A) -> Result<<A::Entity as EntityTrait>::Model, DbErr>
    where
        Self: Sized,
        A: ActiveModelTrait + ActiveModelBehavior + Send,
        A::Entity: TenantOwned,
        <A::Entity as EntityTrait>::Model: IntoActiveModel<A>,
    {
        own(self, row).insert(self).await
    }

    /// Adds many rows to the tenant's, in as few statements as the number of bound values allows.
    async fn insert_all<A>(&self, rows: Vec<A>) -> Result<(), DbErr>
    where
        Self: Sized,
        A: ActiveModelTrait + Send,
        A::Entity: TenantOwned,
    {
        let columns = <A::Entity as EntityTrait>::Column::iter().count().max(1);
        let mut rows = rows.into_iter().map(|row| own(self, row)).peekable();
        while rows.peek().is_some() {
            let batch: Vec<A> = rows.by_ref().take(MOST_VALUES / columns).collect();
            A::Entity::insert_many(batch).exec_without_returning(self).await?;
        }
        Ok(())
    }
}

fn own<A>(db: &impl Scoped, mut row: A) -> A
where
    A: ActiveModelTrait,
    A::Entity: TenantOwned,
{
    row.set(<A::Entity as TenantOwned>::tenant_column(), db.tenant().as_uuid().into());
    row
}

pub(super) mod sealed {
    /// Keeps connections that the guard does not watch out of [`Scoped`](super::Scoped).
    pub trait Sealed {
        /// How many rows the request may still read.
        fn rows_left(&self) -> usize;
    }
}
