//! Loaders: many look-ups of one request become one statement.
//!
//! A loader lives as long as its request and no longer: shared between requests it would merge two tenants into one
//! batch. A subgraph implements [`Loader`] for each way that rows are looked up and makes its loaders with
//! [`Batches::loader`], in the closure that it gives to [`Service`](crate::service::Service).

mod batches;
mod keys;

pub use async_graphql::dataloader::Loader;

pub(crate) use batches::drive;
pub use batches::{Batches, RequestLoader};
pub use keys::by_key;
