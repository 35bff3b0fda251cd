//! The tests; each runs on both databases.

mod answers;
mod migration;
mod pagination;
mod tenancy;
