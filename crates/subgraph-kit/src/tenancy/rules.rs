use sea_orm::{ConnectionTrait as _, DbBackend, DbErr};
use sea_orm_migration::SchemaManager;

use super::reach::{PLATFORM_SETTING, TENANT_SETTING};
use super::scoped::TENANT_COLUMN;

/// The name of the policy on a table of tenants.
pub(super) const TENANT_POLICY: &str = "rows_of_the_tenant";

/// The name of the policy on a table of the platform.
pub(super) const PLATFORM_POLICY: &str = "rows_of_the_platform";

/// Raises PostgreSQL's own wall on a table of tenants: whoever comes, its owner too, sees and writes the rows of the
/// tenant that the transaction was told, and without one none. A migration calls it when it makes a table. SQLite has
/// no such thing, so nothing is done there.
///
/// # Errors
/// What the database says.
pub async fn tenant_table_rules(manager: &SchemaManager<'_>, table: &str) -> Result<(), DbErr> {
    // After its transaction a setting is '' and not NULL.
    let condition = format!("{TENANT_COLUMN} = NULLIF(current_setting('{TENANT_SETTING}', true), '')::uuid");
    rules(manager, table, TENANT_POLICY, &condition).await
}

/// The same for a table of the platform: its rows are there for the transactions of a
/// [`PlatformDb`](super::PlatformDb) alone.
///
/// # Errors
/// What the database says.
pub async fn platform_table_rules(manager: &SchemaManager<'_>, table: &str) -> Result<(), DbErr> {
    let condition = format!("current_setting('{PLATFORM_SETTING}', true) = 'on'");
    rules(manager, table, PLATFORM_POLICY, &condition).await
}

async fn rules(manager: &SchemaManager<'_>, table: &str, policy: &str, condition: &str) -> Result<(), DbErr> {
    if manager.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    let table = quoted(table);
    for statement in [
        format!("ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"),
        format!("ALTER TABLE {table} FORCE ROW LEVEL SECURITY"),
        format!("CREATE POLICY {policy} ON {table} USING ({condition}) WITH CHECK ({condition})"),
    ] {
        manager.get_connection().execute_unprepared(&statement).await?;
    }
    Ok(())
}

/// A name as SQL has it.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
