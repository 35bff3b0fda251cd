//! Queries and invitations on SQLite.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod cases;
#[path = "database/sqlite.rs"]
mod database;
mod support;
