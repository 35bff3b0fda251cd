//! Running a plan: fetches as their needs are met, one tree of merged data, and the answer projected out of it.

mod condition;
mod entities;
mod errors;
mod losses;
mod project;
mod request;
mod runner;
mod slots;
#[cfg(test)]
mod tests;

pub(crate) use condition::Variables;
pub(crate) use project::Projection;
pub(crate) use request::PreparedFetch;
pub(crate) use runner::{Executed, Execution, FetchReport, run};
