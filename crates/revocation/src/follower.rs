use std::sync::Arc;
use std::time::Duration;

use auth::RevocationList;
use redis::aio::MultiplexedConnection;
use redis::streams::{StreamReadOptions, StreamReadReply};
use redis::{AsyncCommands as _, AsyncConnectionConfig, Client, RedisError};
use tokio::sync::watch;
use tokio::time::sleep;
use tokio_util::task::AbortOnDropHandle;

use crate::{AddressError, PATIENCE, STREAM, client, entry};

/// How long Redis holds a question that has no answer yet, in milliseconds.
const BLOCK_MS: usize = 1_000;

/// How many entries are read at once.
const BATCH: usize = 1_000;

/// How long it is until the next attempt, after the first failure; doubled with each, up to the last.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Fills a list with what is published, for as long as it is not dropped.
pub struct Follower {
    _task: AbortOnDropHandle<()>,
    caught_up: watch::Receiver<bool>,
}

impl Follower {
    /// Begins to follow. A Redis that is away is waited for; it is no reason not to start.
    ///
    /// # Errors
    /// [`AddressError`].
    pub fn follow(url: &str, list: Arc<RevocationList>) -> Result<Self, AddressError> {
        let (told, caught_up) = watch::channel(false);
        let reader = Reader { client: client(url)?, list, last: "0".to_owned(), told };
        Ok(Self { _task: AbortOnDropHandle::new(tokio::spawn(reader.run())), caught_up })
    }

    /// Whether the list has once held all that was published until then. For readiness: whoever has just started must not
    /// believe what was taken back before.
    pub fn has_caught_up(&self) -> bool {
        *self.caught_up.borrow()
    }

    /// Waits until it [has](Self::has_caught_up).
    pub async fn caught_up(&self) {
        // The sender lives as long as the task, and that as long as `self`.
        let _ = self.caught_up.clone().wait_for(|caught_up| *caught_up).await;
    }
}

struct Reader {
    client: Client,
    list: Arc<RevocationList>,
    /// The last entry that was read.
    last: String,
    told: watch::Sender<bool>,
}

impl Reader {
    async fn run(mut self) {
        let mut pause = FIRST_PAUSE;
        loop {
            let Err(error) = self.read(&mut pause).await;
            // Once for each outage.
            if pause == FIRST_PAUSE {
                tracing::warn!(%error, "revocations can't be read; tokens are believed until they expire");
            }
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Reads until the connection fails.
    async fn read(&mut self, pause: &mut Duration) -> Result<std::convert::Infallible, RedisError> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE + Duration::from_millis(BLOCK_MS as u64)));
        let mut connection = self.client.get_multiplexed_async_connection_with_config(&config).await?;
        // What is there already is not waited for: an empty answer means that there is no more.
        let backlog = StreamReadOptions::default().count(BATCH);
        while self.take(&mut connection, &backlog).await? {}
        *pause = FIRST_PAUSE;
        self.told.send_replace(true);
        let news = StreamReadOptions::default().count(BATCH).block(BLOCK_MS);
        loop {
            self.take(&mut connection, &news).await?;
        }
    }

    /// Whether there was anything.
    async fn take(
        &mut self,
        connection: &mut MultiplexedConnection,
        options: &StreamReadOptions,
    ) -> Result<bool, RedisError> {
        let reply: Option<StreamReadReply> =
            connection.xread_options(&[STREAM], &[&self.last], options).await?;
        let entries = reply.into_iter().flat_map(|reply| reply.keys).flat_map(|stream| stream.ids);
        let mut any = false;
        for found in entries {
            match entry::read(&found) {
                Some(revocation) => self.list.add(revocation),
                None => tracing::warn!(id = found.id, "an entry of the revocations is not understood"),
            }
            self.last = found.id;
            any = true;
        }
        Ok(any)
    }
}
