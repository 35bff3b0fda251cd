//! What one request may use up, counted while it runs.
//!
//! Validation counts the fields of an operation, but a list answers each of them many times, and lists within lists
//! many times more. How large an answer becomes is only known while it is made; so it is counted there, and a request
//! that comes to its end of fields or rows is given up before the rest of its answer is built.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use sea_orm::DbErr;
use tokio::sync::Notify;

use crate::error::{Code, Error};

/// What is left to one request. Clones count together.
#[derive(Debug, Clone)]
pub(crate) struct Budget(Arc<Left>);

#[derive(Debug)]
struct Left {
    fields: AtomicUsize,
    rows: AtomicUsize,
    used_up: AtomicBool,
    told: Notify,
}

impl Budget {
    /// For a request that may answer this many fields (an element of a list counts as one) and read this many rows.
    pub(crate) fn new(fields: usize, rows: usize) -> Self {
        Self(Arc::new(Left {
            fields: fields.into(),
            rows: rows.into(),
            used_up: false.into(),
            told: Notify::new(),
        }))
    }

    /// For work that no client asks for: seeding, jobs.
    pub(crate) fn unlimited() -> Self {
        Self::new(usize::MAX, usize::MAX)
    }

    /// Takes fields that are going to be answered; false where fewer are left.
    pub(crate) fn take_fields(&self, count: usize) -> bool {
        self.take(&self.0.fields, count)
    }

    /// Takes rows that were read.
    pub(crate) fn take_rows(&self, count: usize) -> Result<(), UsedUp> {
        if self.take(&self.0.rows, count) { Ok(()) } else { Err(UsedUp) }
    }

    /// How many rows may still be read.
    pub(crate) fn rows_left(&self) -> usize {
        self.0.rows.load(Ordering::Relaxed)
    }

    /// Runs a request until it is done or asks for more than is left; whatever it made until then is thrown away.
    pub(crate) async fn spend<T>(&self, request: impl Future<Output = T>) -> Result<T, UsedUp> {
        tokio::select! {
            done = request => if self.0.used_up.load(Ordering::Relaxed) { Err(UsedUp) } else { Ok(done) },
            () = self.0.told.notified() => Err(UsedUp),
        }
    }

    fn take(&self, left: &AtomicUsize, count: usize) -> bool {
        let taken =
            left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(count)).is_ok();
        if !taken {
            self.0.used_up.store(true, Ordering::Relaxed);
            self.0.told.notify_one();
        }
        taken
    }
}

/// A request asked for more than it may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the request asks for more rows or fields than the limits allow")]
pub(crate) struct UsedUp;

impl UsedUp {
    /// Whether this is what an error that came through SeaORM says.
    pub(crate) fn is_in(error: &DbErr) -> bool {
        matches!(error, DbErr::TryIntoErr { source, .. } if source.is::<Self>())
    }
}

impl From<UsedUp> for DbErr {
    fn from(error: UsedUp) -> Self {
        // The one variant that carries a typed error through SeaORM.
        Self::TryIntoErr { from: "rows", into: "rows within the limit", source: Arc::new(error) }
    }
}

impl From<UsedUp> for Error {
    fn from(_: UsedUp) -> Self {
        Self::new(
            Code::OperationTooComplex,
            "The answer would be larger than the limit; ask for smaller pages or fewer fields",
        )
    }
}
