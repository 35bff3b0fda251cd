//! Running a plan: fetches as their needs are met, one tree of merged data, and the answer projected out of it.

mod collect;
mod condition;
mod defer;
mod describe;
mod entities;
mod errors;
mod losses;
mod project;
mod request;
mod runner;
mod site;
mod slots;
mod stages;
#[cfg(test)]
mod tests;

pub(crate) use condition::Variables;
pub(crate) use defer::Deferred;
pub(crate) use project::Projection;
pub(crate) use request::PreparedFetch;
pub(crate) use runner::{Executed, Execution, FetchReport, run};
pub(crate) use stages::{Increment, Introspection, Part, run_in_parts};
