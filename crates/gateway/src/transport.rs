//! How a fetch reaches its subgraph.

mod http;
mod in_process;
mod subscription;
mod token;

use std::sync::Arc;

pub(crate) use self::http::{HttpSubgraph, client};
pub(crate) use in_process::InProcess;
pub(crate) use subscription::SubscriptionEndpoint;
pub(crate) use token::InternalTokens;

/// A subgraph that can be called, wherever it is.
pub(crate) type Transport = Arc<dyn wire::Subgraph>;
