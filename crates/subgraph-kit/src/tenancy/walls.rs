//! What PostgreSQL's own wall needs in order to stand: a role that is under it, and policies on every table.

use sea_orm::{ConnectionTrait, DbErr, Statement};

use super::platform_tables::PlatformTables;
use super::rules::{PLATFORM_POLICY, TENANT_POLICY};

/// Each way in which the role of this session could get around policies, first the plainest. What a role may become by
/// `SET ROLE` counts as the role itself.
const WAYS_AROUND: &str = "
WITH own AS (SELECT r.* FROM pg_roles r WHERE pg_has_role(current_user, r.oid, 'MEMBER'))
SELECT way FROM (
    SELECT 1, 'is superuser' WHERE EXISTS (SELECT FROM own WHERE rolsuper)
    UNION ALL SELECT 2, 'has BYPASSRLS' WHERE EXISTS (SELECT FROM own WHERE rolbypassrls)
    UNION ALL SELECT 3, 'has CREATEROLE' WHERE EXISTS (SELECT FROM own WHERE rolcreaterole)
    UNION ALL SELECT 4, 'has REPLICATION' WHERE EXISTS (SELECT FROM own WHERE rolreplication)
    UNION ALL SELECT 5, 'can reach the files of the server' WHERE EXISTS (
        SELECT FROM own
        WHERE rolname IN ('pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program'))
    UNION ALL SELECT 6, 'owns the database'
        WHERE EXISTS (SELECT FROM pg_database d JOIN own ON d.datdba = own.oid WHERE d.datname = current_database())
    UNION ALL SELECT 7, 'owns the table ' || min(c.relname)
        FROM pg_class c JOIN own ON c.relowner = own.oid
        WHERE c.relkind IN ('r', 'p', 'm', 'v', 'f') AND c.relnamespace = current_schema()::regnamespace
        HAVING count(*) > 0
    UNION ALL SELECT 8, 'may create objects in the schema ' || current_schema()
        WHERE has_schema_privilege(current_schema(), 'CREATE')
) AS ways (number, way) ORDER BY number LIMIT 1";

/// The tables that the role of this session reaches, each with the name of its policy where there is one, it is the only
/// one, it holds for reading and writing and for every role, and not even TRUNCATE is past it.
const TABLES: &str = "
SELECT c.relname::text AS name, (
    SELECT min(p.polname)::text FROM pg_policy p WHERE p.polrelid = c.oid
    HAVING count(*) = 1 AND bool_and(
        p.polpermissive AND p.polcmd = '*' AND p.polroles = '{0}'
        AND pg_get_expr(p.polqual, p.polrelid) = pg_get_expr(p.polwithcheck, p.polrelid)
        AND c.relrowsecurity AND c.relforcerowsecurity AND NOT has_table_privilege(c.oid, 'TRUNCATE'))
) AS policy
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm', 'f') AND c.relpersistence <> 't'
  AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%'
  AND c.relname <> 'seaql_migrations'
  AND has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')
ORDER BY c.relname";

/// Why the wall does not stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Breach {
    /// The role could get around policies: what it is or has.
    Role(String),
    /// Tables without the policy that they ought to have.
    Tables(Vec<String>),
}

/// Looks for a breach, as the role of this session sees the database.
pub(super) async fn breach(
    session: &impl ConnectionTrait,
    platform: &PlatformTables,
) -> Result<Option<Breach>, DbErr> {
    let backend = session.get_database_backend();
    if let Some(row) = session.query_one_raw(Statement::from_string(backend, WAYS_AROUND)).await? {
        return Ok(Some(Breach::Role(row.try_get("", "way")?)));
    }
    let mut bare = Vec::new();
    for row in session.query_all_raw(Statement::from_string(backend, TABLES)).await? {
        let (name, policy): (String, Option<String>) = (row.try_get("", "name")?, row.try_get("", "policy")?);
        let expected = if platform.has(&name) { PLATFORM_POLICY } else { TENANT_POLICY };
        if policy.as_deref() != Some(expected) {
            bare.push(name);
        }
    }
    Ok(if bare.is_empty() { None } else { Some(Breach::Tables(bare)) })
}
