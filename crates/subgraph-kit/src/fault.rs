//! What goes wrong below a domain, or within it through no fault of who asks.

use std::fmt;
use std::sync::Arc;

use crate::error::OUR_FAULT;

/// Something that failed on our side, as a domain passes it on: without looking at what it is. Which [`Error`] a client
/// gets is decided in one place, `From<Fault> for Error`.
///
/// [`Error`]: crate::error::Error
#[derive(Debug, Clone)]
pub struct Fault(Arc<dyn std::error::Error + Send + Sync>);

impl Fault {
    /// A fault with this cause, which the log will have.
    pub fn new(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(Arc::from(cause.into()))
    }

    pub(crate) fn into_cause(self) -> Arc<dyn std::error::Error + Send + Sync> {
        self.0
    }
}

// Not the cause, and not `std::error::Error`: what failed is never to become a text for a client.
impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(OUR_FAULT)
    }
}
