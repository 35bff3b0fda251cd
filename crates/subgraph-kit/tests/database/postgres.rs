use subgraph_kit::tenancy::{Config, Database};
use test_kit::{Postgres, StatementLog};

/// An empty database of its own.
pub(crate) struct TestDatabase {
    config: Config,
    database: test_kit::Database<'static>,
}

impl TestDatabase {
    pub(crate) fn new() -> Self {
        let database = Postgres::shared().unwrap().create_database("notes").unwrap();
        // Tests run side by side on one server.
        let (url, migration_url) = (database.url(), database.migration_url());
        let config = Config { url, migration_url, max_connections: 3, ..Config::default() };
        Self { config, database }
    }

    /// Opens it as `migrate` does.
    pub(crate) async fn open_for_migration(&self) -> Database {
        Database::open_for_migration(&self.config).await.unwrap()
    }

    /// How it is reached.
    pub(crate) fn config(&self) -> &Config {
        &self.config
    }

    /// The database itself, past the subgraph.
    pub(crate) fn server(&self) -> &test_kit::Database<'static> {
        &self.database
    }

    /// Opens it, each time as another process would.
    pub(crate) async fn open(&self) -> Database {
        Database::open(&self.config).await.unwrap()
    }

    /// The statements that the server runs in it from here on.
    pub(crate) fn statement_log(&self) -> StatementLog {
        self.database.statement_log().unwrap()
    }
}
