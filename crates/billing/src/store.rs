//! Rows: the only SQL of this subgraph.
//!
//! Each table has the tenant's id as the first part of its primary key, so that every predicate, index and foreign
//! key starts with the tenant and stands in the query itself rather than in a join.

mod account;
mod books;
mod fee;
mod invoice;
mod invoice_line;
mod load;
mod payment;

pub(crate) use books::Books;
pub(crate) use load::{Records, add_tenant};
