use std::sync::Arc;
use std::time::Duration;

use sea_orm::{ConnAcquireErr, DbErr};
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::config::Config;

/// The writers of one SQLite database, who take turns.
///
/// SQLite has one writer at a time, and lets the others wait inside a statement: each of them would hold a connection
/// of the pool meanwhile, until none is left for readers. So they wait here, first come, first served, before they
/// take one. Writers of other processes still meet at SQLite's own lock.
#[derive(Clone)]
pub(super) struct Turns {
    writing: Arc<Mutex<()>>,
    patience: Duration,
}

/// The right to write, until it is dropped.
pub(crate) type Turn = OwnedMutexGuard<()>;

impl Turns {
    pub(super) fn new(config: &Config) -> Self {
        Self { writing: Arc::default(), patience: Duration::from_millis(config.acquire_timeout_ms) }
    }

    /// Waits for the turn, as long as one waits for a connection.
    pub(super) async fn next(&self) -> Result<Turn, DbErr> {
        tokio::time::timeout(self.patience, self.writing.clone().lock_owned())
            .await
            .map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))
    }
}
