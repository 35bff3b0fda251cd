use subgraph_kit::tenancy::Config;
use test_kit::Postgres;

/// An empty database of its own.
pub(crate) struct TestDatabase {
    config: Config,
    _database: test_kit::Database<'static>,
}

impl TestDatabase {
    pub(crate) fn new() -> Self {
        let database = Postgres::shared().unwrap().create_database("users").unwrap();
        // Tests run side by side on one server.
        let config = Config { url: database.url(), max_connections: 3, ..Config::default() };
        Self { config, _database: database }
    }

    pub(crate) fn config(&self) -> Config {
        self.config.clone()
    }
}
