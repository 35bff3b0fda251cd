use subgraph_kit::tenancy::{Config, Database};
use tempfile::TempDir;

/// An empty database of its own.
pub(crate) struct TestDatabase {
    config: Config,
    _folder: TempDir,
}

impl TestDatabase {
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let url = format!("sqlite://{}", folder.path().join("notes.db").display());
        Self { config: Config { url, ..Config::default() }, _folder: folder }
    }

    /// Opens it as `migrate` does.
    pub(crate) async fn open_for_migration(&self) -> Database {
        Database::open_for_migration(&self.config).await.unwrap()
    }

    /// Opens it, each time as another process would.
    pub(crate) async fn open(&self) -> Database {
        Database::open(&self.config).await.unwrap()
    }
}
