//! The subgraph through its public face: bytes in, bytes out, on both databases.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends at the first surprise"
)]

mod cancelling;
mod configured;
mod connections;
mod entities;
mod fixtures;
mod hostile;
mod isolation;
mod placing;
mod plans;
mod reading;
mod schema;
mod seeding;
mod statements;
mod support;
mod walls;
