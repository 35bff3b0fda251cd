//! The Federation router: one GraphQL endpoint over many subgraphs.
//!
//! [`Gateway`] is put together by its [`Builder`]; what happens to a request is written in `pipeline.rs`.

pub mod cli;
pub mod config;

mod error;
mod execute;
mod explain;
mod gateway;
mod json;
mod overrides;
mod pipeline;
mod server;
mod supergraph;
mod transport;

pub use config::Config;
pub use gateway::{Builder, Gateway, StartError};
pub use server::{ConsoleToken, ConsoleTokens, serve, told_to_stop};
pub use supergraph::{Sources, SupergraphFileError, compose_file, sources};
