//! The tests; each runs on both databases.

mod answers;
mod http;
mod limits;
mod migration;
mod pagination;
mod platform;
mod tenancy;
