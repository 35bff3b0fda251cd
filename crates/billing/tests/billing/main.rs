//! The subgraph through its public face: bytes in, bytes out, on both databases.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends at the first surprise"
)]

mod connections;
mod entities;
mod fixtures;
mod hostile;
mod invoices;
mod isolation;
mod payments;
mod plans;
mod roles;
mod schema;
mod seeding;
mod statements;
mod support;
mod walls;
