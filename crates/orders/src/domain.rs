//! What the subgraph is about: no GraphQL, no SQL, no HTTP.

mod error;
mod model;
mod policy;
mod rules;
mod service;

pub(crate) use error::Error;
pub use model::OrderStatus;
pub(crate) use model::{Order, OrderLine, Product};
pub(crate) use policy::POLICIES;
pub(crate) use rules::{MOST_LINES, money};
pub(crate) use service::{
    CancelOrder, Draft, Ledger, Limits, Moment, OrderFilter, OrdersQuery, PlaceLine, Service,
};
