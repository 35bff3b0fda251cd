//! Tracing and logs of a process, and the trace that goes from process to process.
//!
//! Libraries speak to `tracing` alone. A process calls [`init`] once, in its main, and keeps the [`Guard`].
//! Between processes the trace travels as W3C Trace Context: [`inject`] on the way out, [`accept`] on the way in.

mod config;
mod export;
mod propagation;
mod request_id;

pub use config::{Config, Format};
pub use export::{Guard, InitError, init};
pub use propagation::{accept, inject, trace_id};
pub use request_id::RequestId;
