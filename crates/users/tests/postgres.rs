//! Queries and invitations on PostgreSQL.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod cases;
#[path = "database/postgres.rs"]
mod database;
mod support;
mod walls;
