use subgraph_kit::tenancy::Config;
use test_kit::Postgres;

/// An empty database of its own.
pub(crate) struct TestDatabase {
    config: Config,
    database: test_kit::Database<'static>,
}

impl TestDatabase {
    pub(crate) fn new() -> Self {
        let database = Postgres::shared().unwrap().create_database("users").unwrap();
        // Tests run side by side on one server.
        let (url, migration_url) = (database.url(), database.migration_url());
        let config = Config { url, migration_url, max_connections: 3, ..Config::default() };
        Self { config, database }
    }

    pub(crate) fn config(&self) -> Config {
        self.config.clone()
    }

    /// The database itself, past the subgraph.
    pub(crate) fn server(&self) -> &test_kit::Database<'static> {
        &self.database
    }
}
