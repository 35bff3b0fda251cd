//! Conformance groups: small schema sets with data, operations and answers, all in files under `tests/conformance`.
//!
//! A group is a folder: `subgraphs/*.graphql`, the `supergraph.graphql` that another tool composed of them, `data.yaml`
//! (one `world.rs` of objects that all subgraphs are views of), `cases.yaml` (operations) and `expected.json` (answers).
//! Where the gateway is to be configured, there is a `gateway.toml`.
//! Each operation runs through the whole gateway, over both transports and over both supergraphs, and once through a
//! single executor that knows the API schema and the same data but nothing of federation.

mod compute;
mod executor;
mod group;
mod resolve;
mod schema;
mod serve;
mod value;
mod world;

pub use group::{Case, Group};
pub use serve::{Shape, gateway, serve};
