use subgraph_kit::tenancy::Config;
use tempfile::TempDir;

/// An empty database of its own.
pub(crate) struct TestDatabase {
    config: Config,
    _folder: TempDir,
}

impl TestDatabase {
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let url = format!("sqlite://{}", folder.path().join("users.db").display());
        Self { config: Config { url, ..Config::default() }, _folder: folder }
    }

    pub(crate) fn config(&self) -> Config {
        self.config.clone()
    }
}
