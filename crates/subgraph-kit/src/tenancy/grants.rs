use sea_orm::EntityName as _;
use sea_orm::{ConnectionTrait, DbErr, Statement};
use sea_orm_migration::seaql_migrations;

use super::rules::quoted;

/// Tables are read and written, and nothing else: TRUNCATE is past row-level security, REFERENCES and TRIGGER are a
/// way to learn of rows or to change them.
const PRIVILEGES: &str = "SELECT, INSERT, UPDATE, DELETE";

/// Gives the service's role what it needs of the tables that the migrating role owns, and takes whatever else it has of
/// them.
pub(super) async fn grant(owner: &impl ConnectionTrait, role: &str) -> Result<(), DbErr> {
    let history = seaql_migrations::Entity.table_name();
    let backend = owner.get_database_backend();
    let own = Statement::from_string(
        backend,
        "SELECT relname::text AS name, current_schema()::text AS schema FROM pg_class
         WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace
           AND relowner = current_user::regrole ORDER BY relname",
    );
    let role = quoted(role);
    for row in owner.query_all_raw(own).await? {
        let (name, schema): (String, String) = (row.try_get("", "name")?, row.try_get("", "schema")?);
        let table = format!("{}.{}", quoted(&schema), quoted(&name));
        let privileges = if name == history { "SELECT" } else { PRIVILEGES };
        owner.execute_unprepared(&format!("REVOKE ALL ON {table} FROM {role}")).await?;
        owner.execute_unprepared(&format!("GRANT {privileges} ON {table} TO {role}")).await?;
    }
    Ok(())
}
