//! Tracing, logs and propagation.
