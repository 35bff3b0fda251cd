//! The gateway from outside: requests go into its router, and subgraphs of the test's own answer in this process.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

mod arbitrary;
mod browsers;
mod codes;
mod command_line;
mod console;
mod contracts;
mod defer;
mod disclosure;
mod documents;
mod entities;
mod errors;
mod failures;
mod health;
mod http_rules;
mod issuers;
mod limits;
mod nulls;
mod order;
mod overrides;
mod prepared;
mod revocations;
mod serving;
mod sources;
mod subscriptions;
mod support;
mod tokens;
mod transports;
mod variables;
mod websockets;
