use auth::TenantId;
use sea_orm::{DbBackend, Statement};
use uuid::Uuid;

use super::Guard;

const OWN: u128 = 1;

/// A statement whose values are all this tenant.
fn check(sql: &str, values: usize) -> Result<(), &'static str> {
    check_bound(sql, &vec![OWN; values])
}

fn check_bound(sql: &str, values: &[u128]) -> Result<(), &'static str> {
    let backend = if sql.contains('$') { DbBackend::Postgres } else { DbBackend::Sqlite };
    let values = values.iter().map(|value| Uuid::from_u128(*value).into());
    Guard::default()
        .check(&Statement::from_sql_and_values(backend, sql, values), TenantId::from(Uuid::from_u128(OWN)))
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
    let guard = Guard::default();
    let own = TenantId::from(Uuid::from_u128(OWN));
    let statement = |value: u128| {
        let sql = r#"SELECT "id" FROM "users" WHERE "tenant_id" = ?"#;
        Statement::from_sql_and_values(DbBackend::Sqlite, sql, [Uuid::from_u128(value).into()])
    };
    assert!(guard.check(&statement(OWN), own).is_ok());
    assert!(guard.check(&statement(2), own).is_err());
    assert!(guard.check(&statement(OWN), own).is_ok());
}
