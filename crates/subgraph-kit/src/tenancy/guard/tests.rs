use auth::TenantId;
use sea_orm::{DbBackend, Statement};
use uuid::Uuid;

use super::super::platform_tables::PlatformTables;
use super::{Guard, REMEMBERED_BYTES};

mod sessions {
    #![allow(unreachable_pub, reason = "as SeaORM's macros make them")]

    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "sessions")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
    }

    crate::platform_table!();
}

const OWN: u128 = 1;

/// One table, `sessions`, is the platform's.
fn guard() -> Guard {
    Guard::new(PlatformTables::default().with(sessions::Entity))
}

/// A statement whose values are all this tenant.
fn check(sql: &str, values: usize) -> Result<(), &'static str> {
    check_bound(sql, &vec![OWN; values])
}

fn check_bound(sql: &str, values: &[u128]) -> Result<(), &'static str> {
    let backend = if sql.contains('$') { DbBackend::Postgres } else { DbBackend::Sqlite };
    check_on(backend, sql, values)
}

fn check_on(backend: DbBackend, sql: &str, values: &[u128]) -> Result<(), &'static str> {
    let values = values.iter().map(|value| Uuid::from_u128(*value).into());
    guard()
        .check_tenant(
            &Statement::from_sql_and_values(backend, sql, values),
            TenantId::from(Uuid::from_u128(OWN)),
        )
        .map_err(|error| error.reason())
}

#[test]
fn lets_through_what_stays_within_the_tenant() {
    let statements = [
        (
            r#"SELECT "users"."id" FROM "users" WHERE "users"."tenant_id" = $1 AND "users"."id" IN ($2, $3)"#,
            3,
        ),
        (r#"SELECT "id" FROM "users" WHERE "tenant_id" = ? AND ("id" = ? OR "email" = ?)"#, 3),
        (r#"SELECT "id" FROM "users" WHERE (("id", "at") < (?, ?)) AND (? = "tenant_id")"#, 3),
        (
            r#"SELECT * FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY "x") AS "n" FROM "users" WHERE "tenant_id" = ?) AS "r" WHERE "n" <= ?"#,
            2,
        ),
        (
            r#"SELECT * FROM "a" INNER JOIN "b" ON "a"."b" = "b"."id" AND "a"."tenant_id" = "b"."tenant_id" WHERE "a"."tenant_id" = ?"#,
            1,
        ),
        (r#"SELECT * FROM "a" LEFT JOIN "b" ON "b"."tenant_id" = ? WHERE "a"."tenant_id" = ?"#, 2),
        (
            r#"SELECT * FROM "a" WHERE "tenant_id" = ? AND EXISTS (SELECT 1 FROM "b" WHERE "b"."tenant_id" = ?)"#,
            2,
        ),
        (r#"INSERT INTO "users" ("id", "tenant_id") VALUES (?, ?), (?, ?) RETURNING "id""#, 4),
        (r#"INSERT INTO "users" ("id", "tenant_id") VALUES ($1, $2) ON CONFLICT DO NOTHING"#, 2),
        (
            r#"INSERT INTO "users" ("id", "tenant_id") VALUES ($1, $2) ON CONFLICT ("tenant_id", "id") DO UPDATE SET "id" = $1"#,
            2,
        ),
        (r#"UPDATE "users" SET "email" = ? WHERE "users"."tenant_id" = ? AND "users"."id" = ?"#, 3),
        (r#"DELETE FROM "users" WHERE "tenant_id" = $1 AND "id" = $2"#, 2),
        (
            r#"SELECT "id" FROM "a" WHERE "tenant_id" = ? UNION ALL SELECT "id" FROM "b" WHERE "tenant_id" = ?"#,
            2,
        ),
    ];
    for (sql, values) in statements {
        assert_eq!(check(sql, values), Ok(()), "{sql}");
    }
}

#[test]
fn refuses_what_could_leave_the_tenant() {
    let statements = [
        (r#"SELECT "id" FROM "users""#, 0),
        (r#"SELECT "id" FROM "users" WHERE "id" = ?"#, 1),
        (r#"SELECT "id" FROM "users" WHERE "tenant_id" = ? OR "id" = ?"#, 2),
        (r#"SELECT "id" FROM "users" WHERE NOT ("tenant_id" = ?)"#, 1),
        (r#"SELECT "id" FROM "users" WHERE "tenant_id" <> ?"#, 1),
        (r#"SELECT "id" FROM "users" WHERE "tenant_id" = "tenant_id""#, 0),
        (r#"SELECT "id" FROM "users" WHERE "id" BETWEEN ? AND ? OR "tenant_id" = ?"#, 3),
        (r#"SELECT "id" FROM "users" WHERE CASE WHEN "tenant_id" = ? THEN 1 ELSE 1 END = 1"#, 1),
        (r#"SELECT * FROM "a", "b" WHERE "a"."tenant_id" = ?"#, 1),
        (r#"SELECT * FROM "a", "b" WHERE "tenant_id" = ?"#, 1),
        (r#"SELECT * FROM "a" INNER JOIN "b" ON "a"."b" = "b"."id" WHERE "a"."tenant_id" = ?"#, 1),
        // The outer table of a LEFT JOIN is not restricted by ON.
        (
            r#"SELECT * FROM "a" LEFT JOIN "b" ON "a"."tenant_id" = "b"."tenant_id" AND "b"."tenant_id" = ?"#,
            1,
        ),
        (r#"SELECT * FROM "a" LEFT JOIN "b" ON "a"."tenant_id" = ? WHERE "b"."tenant_id" = ?"#, 2),
        (r#"SELECT * FROM "a" FULL OUTER JOIN "b" ON "a"."tenant_id" = ? WHERE "b"."tenant_id" = ?"#, 2),
        (r#"SELECT (SELECT "x" FROM "b" LIMIT 1) FROM "a" WHERE "tenant_id" = ?"#, 1),
        (r#"SELECT * FROM (SELECT * FROM "users") AS "r" WHERE "tenant_id" = ?"#, 1),
        (r#"SELECT "id" FROM "a" WHERE "tenant_id" = ? UNION ALL SELECT "id" FROM "b""#, 1),
        (r#"WITH "b" AS (SELECT * FROM "users") SELECT * FROM "b" WHERE "tenant_id" = ?"#, 1),
        (r#"INSERT INTO "users" ("id") VALUES (?)"#, 1),
        (r#"INSERT INTO "users" ("id", "tenant_id") VALUES (?, 'b')"#, 1),
        (
            r#"INSERT INTO "users" ("id", "tenant_id") SELECT "id", "tenant_id" FROM "old" WHERE "tenant_id" = ?"#,
            1,
        ),
        (
            r#"INSERT INTO "users" ("id", "tenant_id") VALUES ($1, $2) ON CONFLICT ("id") DO UPDATE SET "x" = $1"#,
            2,
        ),
        (r#"INSERT OR REPLACE INTO "users" ("id", "tenant_id") VALUES (?, ?)"#, 2),
        (r#"UPDATE "users" SET "email" = ?"#, 1),
        (r#"UPDATE "users" SET "tenant_id" = 'b' WHERE "tenant_id" = ?"#, 1),
        (r#"UPDATE "users" SET "x" = "b"."x" FROM "b" WHERE "users"."tenant_id" = ?"#, 1),
        (r#"DELETE FROM "users""#, 0),
        (r#"DELETE FROM "users" USING "b" WHERE "users"."tenant_id" = $1"#, 1),
        (r#"SELECT "id" FROM "users" WHERE "tenant_id" = ?; DELETE FROM "users""#, 1),
        (r#"DROP TABLE "users""#, 0),
        (r#"TRUNCATE "users""#, 0),
        ("PRAGMA foreign_keys = OFF", 0),
        ("not SQL", 0),
        ("", 0),
    ];
    for (sql, values) in statements {
        assert!(check(sql, values).is_err(), "{sql}");
    }
}

#[test]
fn refuses_another_tenants_id() {
    let select = r#"SELECT "id" FROM "users" WHERE "id" = ? AND "tenant_id" = ?"#;
    assert_eq!(check_bound(select, &[2, OWN]), Ok(()));
    assert!(check_bound(select, &[OWN, 2]).is_err());
    let insert = r#"INSERT INTO "users" ("tenant_id", "id") VALUES (?, ?), (?, ?)"#;
    assert_eq!(check_bound(insert, &[OWN, 2, OWN, 3]), Ok(()));
    assert!(check_bound(insert, &[OWN, 2, 2, 3]).is_err());
}

#[test]
fn remembers_texts_but_not_values() {
    let guard = guard();
    let own = TenantId::from(Uuid::from_u128(OWN));
    let statement = |value: u128| {
        let sql = r#"SELECT "id" FROM "users" WHERE "tenant_id" = ?"#;
        Statement::from_sql_and_values(DbBackend::Sqlite, sql, [Uuid::from_u128(value).into()])
    };
    assert!(guard.check_tenant(&statement(OWN), own).is_ok());
    assert!(guard.check_tenant(&statement(2), own).is_err());
    assert!(guard.check_tenant(&statement(OWN), own).is_ok());
}

#[test]
fn refuses_what_the_database_could_read_differently() {
    let statements = [
        // The column in another case.
        (r"UPDATE users SET TENANT_ID = $1 WHERE tenant_id = $2", 2),
        (r#"UPDATE users SET "Tenant_Id" = ? WHERE tenant_id = ?"#, 2),
        (r"INSERT INTO users (id, tenant_id, TENANT_ID) VALUES (?, ?, ?)", 3),
        (r"INSERT INTO users (tenant_id, tenant_id) VALUES (?, ?)", 2),
        (
            r"INSERT INTO users (id, tenant_id) VALUES ($1, $2) ON CONFLICT (tenant_id, id) DO UPDATE SET TENANT_ID = $1",
            2,
        ),
        // Placeholders with numbers or names of their own.
        (r"SELECT id FROM users WHERE id = ? AND tenant_id = ?1", 2),
        (r"SELECT id FROM users WHERE tenant_id = ?2", 2),
        (r"SELECT id FROM users WHERE id = :x AND tenant_id = ?", 2),
        (r"SELECT id FROM users WHERE id = @x AND tenant_id = ?", 2),
        // Functions that read what they like, with and without a table.
        (r"SELECT query_to_xml('select * from users', true, true, '')", 0),
        (
            r#"SELECT "query_to_xml"('select * from users', true, true, '') FROM users WHERE tenant_id = $1"#,
            1,
        ),
        (r"SELECT pg_catalog.query_to_xml('select * from users', true, true, '')", 0),
        (r"SELECT set_config('app.tenant_id', $1, true)", 1),
        (r"SELECT id FROM users WHERE tenant_id = $1 AND pg_sleep(10) IS NULL", 1),
        (r"SELECT load_extension(?)", 1),
        (r"DELETE FROM users WHERE tenant_id = $1 RETURNING query_to_xml('select 1', true, true, '')", 1),
        // Tables that are functions, or no tenant's.
        (r"SELECT * FROM pg_stats WHERE tenant_id = $1", 1),
        (
            r"SELECT (SELECT histogram_bounds FROM pg_stats WHERE tenant_id = $1) FROM users WHERE tenant_id = $1",
            1,
        ),
        (r"SELECT * FROM sqlite_master WHERE tenant_id = ?", 1),
        (r"SELECT * FROM information_schema.tables WHERE tenant_id = $1", 1),
        (r"SELECT * FROM other.users WHERE users.tenant_id = $1", 1),
        (r"INSERT INTO other.users (id, tenant_id) VALUES ($1, $2)", 2),
        (r"SELECT * FROM generate_series(1, 2) AS t WHERE t.tenant_id = $1", 1),
        (r"SELECT * FROM json_each(?) AS t WHERE t.tenant_id = ?", 2),
        (r"SELECT * FROM unnest($1) AS t WHERE t.tenant_id = $1", 1),
        (r"SELECT id FROM users WHERE tenant_id = ? AND id IN others", 1),
        // Names that are folded, renamed or taken twice.
        (r#"SELECT * FROM users "U", orders u WHERE U.tenant_id = $1 AND u.tenant_id = $1"#, 1),
        (r"SELECT * FROM users AS u (tenant_id, id) WHERE u.tenant_id = $1", 1),
        (r"SELECT * FROM users AS u (id, tenant_id) WHERE tenant_id = $1", 1),
        (r"SELECT * FROM users AS x, orders AS x WHERE x.tenant_id = ?", 1),
        (r"SELECT * FROM users, (SELECT 1 AS tenant_id) AS users WHERE users.tenant_id = ?", 1),
        (r"WITH users AS (SELECT 1 AS tenant_id) SELECT * FROM users WHERE tenant_id = ?", 1),
        // Ways around the predicate.
        (r"SELECT id FROM users WHERE tenant_id = ? OR true", 1),
        (r"SELECT id FROM users WHERE true OR tenant_id = ? AND id = ?", 2),
        (r"SELECT id FROM users WHERE (tenant_id = ?) IS NOT NULL", 1),
        (r"SELECT id FROM users WHERE tenant_id = ? NOTNULL", 1),
        (r"SELECT id FROM users WHERE tenant_id = ? IS NOT NULL", 1),
        (r"SELECT id FROM users WHERE id BETWEEN 1 AND tenant_id = ?", 1),
        (r"SELECT id FROM users WHERE tenant_id = ANY($1)", 1),
        (r"SELECT id FROM users WHERE tenant_id = ? UNION SELECT id FROM orders", 1),
        (r"SELECT id FROM users WHERE tenant_id = ? INTERSECT SELECT id FROM orders WHERE id = ?", 2),
        (r"SELECT id FROM users WHERE tenant_id = $1 UNION TABLE orders", 1),
        (r"DELETE FROM users WHERE tenant_id = ? RETURNING (SELECT id FROM orders)", 1),
        (r"UPDATE users SET id = (SELECT id FROM orders LIMIT 1) WHERE tenant_id = ?", 1),
        (r"SELECT id FROM users WHERE tenant_id = ? ORDER BY (SELECT id FROM orders LIMIT 1)", 1),
        (r"SELECT id INTO copy FROM users WHERE tenant_id = $1", 1),
        // Comments and strings that end elsewhere for another reader.
        (r"SELECT id FROM users -- WHERE tenant_id = ?", 0),
        ("SELECT id FROM users /* /* */ WHERE tenant_id = $1 -- */", 1),
        (r"SELECT id FROM users WHERE tenant_id = $1 AND id = $$x$$", 1),
        (r"SELECT id FROM users WHERE tenant_id = $1 AND id = E'\' OR 1 = 1 -- '", 1),
        ("SELECT id FROM users \0 WHERE tenant_id = ?", 1),
        // Other statements.
        (r"MERGE INTO users USING orders ON users.tenant_id = $1 WHEN MATCHED THEN DELETE", 1),
        (r"COPY users TO STDOUT", 0),
        (r"EXPLAIN SELECT id FROM users", 0),
        (r"TABLE users", 0),
        (r"VACUUM INTO 'copy.db'", 0),
        (r"ATTACH DATABASE 'other.db' AS other", 0),
        (r"SET app.tenant_id = 'x'", 0),
        (r"DO $$ BEGIN DELETE FROM users; END $$", 0),
        (r"CALL anything($1)", 1),
    ];
    for (sql, values) in statements {
        for backend in [DbBackend::Postgres, DbBackend::Sqlite] {
            assert!(check_on(backend, sql, &vec![OWN; values]).is_err(), "{backend:?}: {sql}");
        }
    }
}

#[test]
fn keeps_tenants_from_the_tables_of_the_platform() {
    let statements = [
        (r"SELECT id FROM sessions WHERE tenant_id = $1", 1),
        (r#"SELECT "s"."id" FROM "sessions" AS "s" WHERE "s"."tenant_id" = $1"#, 1),
        (
            r"SELECT id FROM users WHERE tenant_id = $1 AND id IN (SELECT id FROM sessions WHERE tenant_id = $1)",
            1,
        ),
        (
            r"SELECT users.id FROM users INNER JOIN sessions ON sessions.tenant_id = users.tenant_id WHERE users.tenant_id = $1",
            1,
        ),
        (r"INSERT INTO sessions (id, tenant_id) VALUES ($1, $2)", 2),
        (r"UPDATE sessions SET id = $1 WHERE tenant_id = $2", 2),
        (r"DELETE FROM sessions WHERE tenant_id = $1", 1),
    ];
    for (sql, values) in statements {
        assert!(check(sql, values).is_err(), "{sql}");
        // That it is refused for the table alone.
        assert_eq!(check(&sql.replace("sessions", "orders"), values), Ok(()), "{sql}");
    }
}

#[test]
fn keeps_the_platform_to_its_own_tables() {
    let check = |sql: &str| {
        let backend = if sql.contains('?') { DbBackend::Sqlite } else { DbBackend::Postgres };
        let statement = Statement::from_string(backend, sql);
        guard().check_platform(&statement).map_err(|error| error.reason())
    };
    let own = [
        "SELECT 1",
        "SELECT id FROM sessions",
        "SELECT s.id FROM sessions AS s LEFT JOIN sessions AS t ON s.id = t.id WHERE t.id IN (SELECT id FROM sessions)",
        "SELECT id FROM sessions WHERE id = ?",
        "INSERT INTO sessions (id) VALUES ($1) ON CONFLICT DO NOTHING RETURNING id",
        "INSERT INTO sessions (id) SELECT id FROM sessions",
        "UPDATE sessions SET id = $1 WHERE id = $2",
        "DELETE FROM sessions WHERE id = ?",
        "SELECT id FROM sessions WHERE id = $1 FOR UPDATE",
    ];
    for sql in own {
        assert_eq!(check(sql), Ok(()), "{sql}");
    }
    let foreign = [
        "SELECT id FROM users",
        "SELECT id FROM users WHERE tenant_id = $1",
        "SELECT id FROM sessions, users",
        "SELECT id FROM sessions WHERE id IN (SELECT id FROM users)",
        "SELECT id FROM sessions UNION SELECT id FROM users",
        "SELECT id FROM sessions UNION TABLE users",
        "SELECT (SELECT id FROM users) FROM sessions",
        "SELECT id FROM other.sessions",
        "SELECT id FROM pg_authid",
        "SELECT id FROM sessions, generate_series(1, 2)",
        "SELECT query_to_xml('select * from users', true, true, '') FROM sessions",
        "SELECT set_config('app.tenant_id', $1, true)",
        "WITH sessions AS (SELECT id FROM users) SELECT id FROM sessions",
        "SELECT id INTO users FROM sessions",
        "INSERT INTO users (id) VALUES ($1)",
        "INSERT INTO sessions (id) SELECT id FROM users",
        "UPDATE users SET id = $1",
        "UPDATE sessions SET id = users.id FROM users",
        "UPDATE sessions SET id = (SELECT id FROM users)",
        "DELETE FROM users",
        "DELETE FROM sessions USING users",
        "DELETE FROM sessions RETURNING (SELECT id FROM users)",
        "SELECT id FROM sessions; SELECT id FROM users",
        "SELECT id FROM sessions -- users",
        "TRUNCATE sessions",
        "DROP TABLE sessions",
        "COPY sessions TO STDOUT",
        "SET app.tenant_id = 'x'",
        "MERGE INTO sessions USING users ON true WHEN MATCHED THEN DELETE",
    ];
    for sql in foreign {
        assert!(check(sql).is_err(), "{sql}");
    }
}

#[test]
fn lets_through_what_reads_no_table() {
    for sql in ["SELECT 1", "SELECT COALESCE(NULL, 1)", "SELECT LOWER('A') AS a"] {
        assert_eq!(check(sql, 0), Ok(()), "{sql}");
    }
}

#[test]
fn remembers_no_more_than_its_memory_holds() {
    let guard = guard();
    let tenant = TenantId::from(Uuid::from_u128(OWN));
    for number in 0..100 {
        let sql = format!("not SQL {number} {}", "x".repeat(100_000));
        let _ = guard.check_tenant(&Statement::from_string(DbBackend::Sqlite, sql), tenant);
    }
    assert!(guard.of_tenants.0.weight() <= REMEMBERED_BYTES, "{}", guard.of_tenants.0.weight());
    let bytes: usize = guard.of_tenants.0.iter().map(|(text, _)| text.len()).sum();
    assert!(u64::try_from(bytes).unwrap() <= REMEMBERED_BYTES, "{bytes}");
}
