//! A database's history, one for SQLite and PostgreSQL alike.

use sea_orm::{ConnectionTrait as _, DbErr, EntityTrait as _, QueryOrder as _, Statement};
use sea_orm_migration::{MigrationTrait, MigratorTraitSelf, SchemaManager, seaql_migrations};

use crate::tenancy::{Backend, Database};

/// "tributar" in ASCII: the key of the advisory lock that migrating processes wait for, within one PostgreSQL
/// database.
const LOCK: i64 = 0x7472_6962_7574_6172;

/// The migrations of a subgraph, oldest first.
#[derive(Clone, Copy)]
pub struct Migrations {
    list: fn() -> Vec<Box<dyn MigrationTrait>>,
}

/// Why a database could not be brought up to date, or is not.
#[derive(Debug, thiserror::Error)]
pub enum MigrationError {
    /// A newer version of the program has migrated this database.
    #[error("the database is from a newer version: it has {}, which this version does not know", .0.join(", "))]
    Newer(Vec<String>),
    /// The database lacks migrations of this version.
    #[error("the database is not up to date, {} missing: run migrate first", .0.join(", "))]
    Pending(Vec<String>),
    /// The database refused.
    #[error("migrating the database: {0}")]
    Database(#[from] DbErr),
}

impl Migrations {
    /// The migrations that `list` makes, oldest first.
    pub const fn new(list: fn() -> Vec<Box<dyn MigrationTrait>>) -> Self {
        Self { list }
    }

    /// Applies what the database lacks, all of it or nothing, and returns the names. On PostgreSQL the service's role is
    /// granted its tables, where the configuration says who that is. Two processes that start together take turns.
    ///
    /// # Errors
    /// [`MigrationError::Newer`] before anything is changed; what the database says.
    pub async fn run(&self, database: &Database) -> Result<Vec<String>, MigrationError> {
        // A role that may change nothing can find that there is nothing to do.
        if !database.grants() && self.check(database).await.is_ok() {
            return Ok(Vec::new());
        }
        let (transaction, _turn) = database.begin().await?;
        if database.backend() == Backend::Postgres {
            // Until the end of the transaction. SQLite's is IMMEDIATE and so a lock itself.
            let lock = Statement::from_sql_and_values(
                transaction.get_database_backend(),
                "SELECT pg_advisory_xact_lock($1)",
                [LOCK.into()],
            );
            transaction.execute_raw(lock).await?;
        }
        let runner = Runner(*self);
        let applied = names(runner.get_migration_models(&transaction).await?);
        self.refuse_newer(&applied)?;
        let pending = self.missing_in(&applied);
        runner.up(&transaction, None).await?;
        database.grant(&transaction).await?;
        transaction.commit().await?;
        for migration in &pending {
            tracing::info!(migration, "migrated");
        }
        Ok(pending)
    }

    /// Whether the database fits this version. Changes nothing.
    ///
    /// # Errors
    /// [`MigrationError::Newer`] or [`MigrationError::Pending`]; what the database says.
    pub async fn check(&self, database: &Database) -> Result<(), MigrationError> {
        let connection = database.connection();
        // Not SeaORM's own way, which makes the table where it is missing: a service's role may make none.
        let applied = if SchemaManager::new(connection).has_table("seaql_migrations").await? {
            let models = seaql_migrations::Entity::find().order_by_asc(seaql_migrations::Column::Version);
            names(models.all(connection).await?)
        } else {
            Vec::new()
        };
        self.refuse_newer(&applied)?;
        let pending = self.missing_in(&applied);
        if pending.is_empty() { Ok(()) } else { Err(MigrationError::Pending(pending)) }
    }

    fn names(self) -> Vec<String> {
        (self.list)().iter().map(|migration| migration.name().to_owned()).collect()
    }

    fn refuse_newer(self, applied: &[String]) -> Result<(), MigrationError> {
        let known = self.names();
        let unknown: Vec<String> = applied.iter().filter(|name| !known.contains(name)).cloned().collect();
        if unknown.is_empty() { Ok(()) } else { Err(MigrationError::Newer(unknown)) }
    }

    fn missing_in(self, applied: &[String]) -> Vec<String> {
        self.names().into_iter().filter(|name| !applied.contains(name)).collect()
    }
}

fn names(models: Vec<seaql_migrations::Model>) -> Vec<String> {
    models.into_iter().map(|model| model.version).collect()
}

/// What SeaORM runs.
struct Runner(Migrations);

impl MigratorTraitSelf for Runner {
    fn migrations(&self) -> Vec<Box<dyn MigrationTrait>> {
        (self.0.list)()
    }
}
