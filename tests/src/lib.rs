//! The platform from outside, in both shapes: one process on SQLite, and four processes on PostgreSQL.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::match_wild_err_arm,
    reason = "a test fails by panicking"
)]

mod client;
pub mod conformance;
mod platform;
mod process;
mod socket;

pub use client::{Answer, Client, error_codes};
pub use platform::{Identity, Platform, SUBGRAPHS};
pub use process::{Running, binary, node, run};
pub use socket::Socket;
