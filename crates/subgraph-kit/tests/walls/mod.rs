//! PostgreSQL's own wall: it stands, and a service does not start where it does not.

use sea_orm::EntityTrait as _;
use subgraph_kit::migration::Migrations;
use subgraph_kit::tenancy::{Config, Database, DatabaseError, Scoped as _, StatementCounter};
use test_kit::Intruder;
use uuid::Uuid;

use crate::database::TestDatabase;
use crate::support::{Entity, Notes, account, migrations, platform_tables, tenant};

/// What the start of a service says.
async fn start(config: &Config) -> Result<(), DatabaseError> {
    let database = Database::open(config).await?.with_platform_tables(platform_tables());
    database.demand_row_security(config).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_intruder_on_postgres_finds_nothing() {
    let notes = Notes::start().await;
    for number in [1, 2] {
        notes.write(tenant(number), Uuid::from_u128(5), 0, 3).await;
        let link = account::ActiveModel {
            id: sea_orm::ActiveValue::Set(Uuid::from_u128(7)),
            tenant_id: sea_orm::ActiveValue::Set(Uuid::from_u128(number)),
        };
        account::Entity::insert(link).exec_without_returning(&notes.platform()).await.unwrap();
    }
    let (own, other) = (tenant(1).to_string(), tenant(2).to_string());
    let database = notes.place.server();
    let intruder = Intruder { database, own: &own, other: &other, platform: &["account_users"] };
    assert_eq!(intruder.tables().unwrap(), ["account_users", "notes"]);
    intruder.finds_and_changes_nothing().unwrap();
}

/// The guard's predicate is not what keeps this tenant to its rows.
#[tokio::test]
async fn postgres_is_told_the_tenant_of_every_statement() {
    let notes = Notes::start().await;
    notes.write(tenant(1), Uuid::from_u128(5), 0, 3).await;
    let server = notes.place.server();
    server.query("ALTER POLICY rows_of_the_tenant ON notes USING (tenant_id <> NULLIF(current_setting('app.tenant_id', true), '')::uuid)").unwrap();
    let db = notes.db(tenant(1));
    assert_eq!(db.find::<Entity>().all(&db).await.unwrap().len(), 0);
    let transaction = db.begin().await.unwrap();
    assert_eq!(transaction.find::<Entity>().all(&transaction).await.unwrap().len(), 0);
    assert_eq!(transaction.delete_many::<Entity>().exec(&transaction).await.unwrap().rows_affected, 0);
}

#[tokio::test]
async fn nothing_is_left_on_a_connection_of_postgres() {
    let place = TestDatabase::new();
    Migrations::new(migrations).run(&place.open_for_migration().await).await.unwrap();
    let one = Database::open(&Config { max_connections: 1, ..place.config().clone() }).await.unwrap();
    for _ in 0..3 {
        let db = one.tenant(tenant(1), StatementCounter::default());
        db.find::<Entity>().all(&db).await.unwrap();
        let log = place.server().statement_log().unwrap();
        let db = one.tenant(tenant(2), StatementCounter::default());
        db.find::<Entity>().all(&db).await.unwrap();
        let told: Vec<String> =
            log.take().unwrap().into_iter().filter(|statement| statement.starts_with("BEGIN")).collect();
        assert_eq!(told, [format!("BEGIN READ ONLY; SET LOCAL app.tenant_id = '{}'", tenant(2))]);
    }
    // What a read is about changes nothing, whatever the guard let through.
    assert!(place.server().query_as_service(&["BEGIN READ ONLY", "DELETE FROM notes"]).is_err());
}

#[tokio::test]
async fn the_roles_privileges_on_postgres_are_its_tables_alone() {
    let notes = Notes::start().await;
    let server = notes.place.server();
    let privileges = || {
        server
            .inspect(&format!(
                "SELECT table_name, string_agg(privilege_type, ' ' ORDER BY privilege_type)
                 FROM information_schema.role_table_grants WHERE grantee = '{}' GROUP BY 1 ORDER BY 1",
                server.service()
            ))
            .unwrap()
    };
    let expected = "account_users|DELETE INSERT SELECT UPDATE\nnotes|DELETE INSERT SELECT UPDATE\n\
                    seaql_migrations|SELECT\n";
    assert_eq!(privileges(), expected);
    // What somebody granted meanwhile is taken back.
    server.query(&format!("GRANT TRUNCATE, TRIGGER ON notes TO {}", server.service())).unwrap();
    let migrating = notes.place.open_for_migration().await;
    assert_eq!(Migrations::new(migrations).run(&migrating).await.unwrap(), [""; 0]);
    assert_eq!(privileges(), expected);
    // With its own role a service finds that there is nothing to migrate, and cannot migrate.
    let serving = notes.place.open().await;
    assert_eq!(Migrations::new(migrations).run(&serving).await.unwrap(), [""; 0]);
    server.query("DELETE FROM seaql_migrations").unwrap();
    Migrations::new(migrations).run(&serving).await.unwrap_err();
}

#[tokio::test]
async fn a_role_that_gets_around_policies_of_postgres_does_not_start() {
    let notes = Notes::start().await;
    let (server, config) = (notes.place.server(), notes.place.config());
    start(config).await.unwrap();
    let service = server.service();
    let to_service =
        |what: &str| (format!("GRANT {what} TO {service}"), format!("REVOKE {what} FROM {service}"));
    let with =
        |what: &str| (format!("ALTER ROLE {service} {what}"), format!("ALTER ROLE {service} NO{what}"));
    let cases = [
        (with("SUPERUSER"), "is superuser"),
        (with("BYPASSRLS"), "has BYPASSRLS"),
        (with("CREATEROLE"), "has CREATEROLE"),
        (with("REPLICATION"), "has REPLICATION"),
        (to_service(server.owner()), "owns the database"),
        (to_service("postgres"), "is superuser"),
        (to_service("pg_read_server_files"), "can reach the files of the server"),
        (
            (
                "ALTER TABLE notes OWNER TO service".replace("service", service),
                format!("ALTER TABLE notes OWNER TO {}", server.owner()),
            ),
            "owns the table notes",
        ),
        (
            (
                format!("GRANT CREATE ON SCHEMA public TO {service}"),
                format!("REVOKE CREATE ON SCHEMA public FROM {service}"),
            ),
            "may create objects in the schema public",
        ),
    ];
    for ((done, undone), way) in cases {
        server.inspect(&done).unwrap();
        let error = start(config).await.unwrap_err();
        assert!(matches!(&error, DatabaseError::RoleTooStrong(told) if told == way), "{done}: {error}");
        assert!(error.to_string().starts_with("DATABASE_ROLE_TOO_STRONG: "), "{error}");
        // Only where somebody said so, and then loudly.
        start(&Config { allow_strong_role: true, ..config.clone() }).await.unwrap();
        server.inspect(&undone).unwrap();
    }
    start(config).await.unwrap();
    // The owner's own credentials, as before there were two roles.
    let owner = Config { url: server.migration_url(), ..config.clone() };
    assert!(matches!(start(&owner).await, Err(DatabaseError::RoleTooStrong(_))));
}

#[tokio::test]
async fn a_table_of_postgres_without_its_policy_does_not_start() {
    let notes = Notes::start().await;
    let (server, config) = (notes.place.server(), notes.place.config());
    let condition = "tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid";
    let restored =
        format!("CREATE POLICY rows_of_the_tenant ON notes USING ({condition}) WITH CHECK ({condition})");
    let grant = format!("TRUNCATE ON notes TO {}", server.service());
    let revoke = format!("TRUNCATE ON notes FROM {}", server.service());
    let cases = [
        ("notes", "DROP POLICY rows_of_the_tenant ON notes".to_owned(), restored.clone()),
        (
            "notes",
            "ALTER TABLE notes NO FORCE ROW LEVEL SECURITY".to_owned(),
            "ALTER TABLE notes FORCE ROW LEVEL SECURITY".to_owned(),
        ),
        (
            "notes",
            "ALTER TABLE notes DISABLE ROW LEVEL SECURITY".to_owned(),
            "ALTER TABLE notes ENABLE ROW LEVEL SECURITY".to_owned(),
        ),
        (
            "notes",
            "CREATE POLICY more ON notes USING (true)".to_owned(),
            "DROP POLICY more ON notes".to_owned(),
        ),
        (
            "notes",
            "ALTER POLICY rows_of_the_tenant ON notes WITH CHECK (true)".to_owned(),
            format!("ALTER POLICY rows_of_the_tenant ON notes WITH CHECK ({condition})"),
        ),
        ("notes", format!("GRANT {grant}"), format!("REVOKE {revoke}")),
        (
            "account_users",
            "ALTER TABLE account_users DISABLE ROW LEVEL SECURITY".to_owned(),
            "ALTER TABLE account_users ENABLE ROW LEVEL SECURITY".to_owned(),
        ),
        // It has a policy, but not of its kind.
        (
            "notes",
            "ALTER POLICY rows_of_the_tenant ON notes RENAME TO rows_of_the_platform".to_owned(),
            "ALTER POLICY rows_of_the_platform ON notes RENAME TO rows_of_the_tenant".to_owned(),
        ),
        (
            "forgotten",
            format!(
                "CREATE TABLE forgotten (tenant_id uuid); GRANT SELECT ON forgotten TO {}",
                server.service()
            ),
            "DROP TABLE forgotten".to_owned(),
        ),
    ];
    for (table, done, undone) in cases {
        server.query(&done).unwrap();
        // The switch for development is about the role alone.
        for config in [config.clone(), Config { allow_strong_role: true, ..config.clone() }] {
            let error = start(&config).await.unwrap_err();
            assert!(
                matches!(&error, DatabaseError::TablesUnprotected(tables) if tables == &[table]),
                "{done}: {error}"
            );
            assert!(error.to_string().starts_with("TABLE_WITHOUT_ROW_SECURITY: "), "{error}");
        }
        server.query(&undone).unwrap();
        start(config).await.unwrap();
    }
}

#[tokio::test]
async fn a_migration_url_is_for_postgres_alone() {
    let place = TestDatabase::new();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("notes.db");
    let sqlite = format!("sqlite://{}", file.display());
    for config in [
        Config { url: sqlite.clone(), ..place.config().clone() },
        Config { migration_url: sqlite, ..place.config().clone() },
    ] {
        let error = Database::open_for_migration(&config).await.unwrap_err();
        assert!(matches!(error, DatabaseError::NothingToGrant), "{error}");
        assert!(!file.exists(), "what is refused is not opened first");
    }
}
