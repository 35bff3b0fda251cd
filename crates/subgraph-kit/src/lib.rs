//! What every subgraph is made of.
//!
//! A subgraph is a domain, a store and a GraphQL face; the rest is the same for all of them and lives here:
//! the [`definition`] that puts them together, the [`service`] that answers bytes with bytes, the [`process`] around it, a database that knows the tenant
//! ([`tenancy`]), [`authorization`], [`migration`]s, [`pagination`], [`loader`]s made per request, [`money`], shared [`scalar`]s, and one [`error`].
//!
//! How to write a subgraph is told in this crate's `README.md`.

pub mod authorization;
mod budget;
pub mod definition;
pub mod error;
pub mod fault;
pub mod loader;
pub mod migration;
pub mod money;
pub mod pagination;
pub mod process;
pub mod record;
pub mod scalar;
pub mod service;
pub mod tenancy;
