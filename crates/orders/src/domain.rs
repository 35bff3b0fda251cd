//! What the subgraph is about: no GraphQL, no SQL, no HTTP.

mod error;
mod model;
mod policy;
mod service;

pub(crate) use error::Error;
pub use model::OrderStatus;
pub(crate) use model::{Order, OrderLine, Product};
pub(crate) use policy::{MOST_LINES, money};
pub(crate) use service::{CancelOrder, Draft, Ledger, Moment, OrderFilter, OrdersQuery, PlaceLine, Service};
