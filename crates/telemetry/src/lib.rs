//! Tracing and logs of a process, and the trace that goes from process to process.
//!
//! Libraries speak to `tracing` alone. A process calls [`init`] once, in its main, and keeps the [`Guard`].
//! Between processes the trace travels as W3C Trace Context: [`inject`] on the way out, [`accept`] on the way in.
//!
//! Spans from `INFO` up are traced, and their fields stand in every JSON log line written within them, whatever the log
//! filter says: a quiet log neither breaks a trace nor loses the request id.
//!
//! Tests see spans and log lines through the module `testing`, behind the feature of that name.

mod config;
mod export;
mod init;
mod json_lines;
mod propagation;
mod request_id;
#[cfg(feature = "testing")]
pub mod testing;

pub use config::{Config, Format};
pub use init::{Guard, InitError, init};
pub use propagation::{accept, inject, trace_id};
pub use request_id::RequestId;
