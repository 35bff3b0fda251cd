//! Targets for fuzzing: each takes any bytes, and panics where a promise is broken.
//!
//! A target is used twice. `cargo xtask fuzz` runs it under a coverage-guided fuzzer, which looks for bytes that no one thought
//! of; `tests/replay.rs` runs it, as an ordinary test, with all inputs that were found worth keeping: those in `corpus/`, which
//! together reach what the fuzzer has reached, and those in `findings/`, each of which broke a promise once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a target reports what it finds by panicking"
)]

mod answers;
mod composition;
mod planning;
mod requests;
mod stage;

/// One thing that is fuzzed. Inputs, findings and the fuzzer's dictionary bear its name.
pub struct Target {
    /// Its name.
    pub name: &'static str,
    /// Runs it once. Panics where a promise is broken.
    pub run: fn(&[u8]),
}

/// All targets.
pub const TARGETS: [Target; 4] = [
    Target { name: "answers", run: answers::run },
    Target { name: "composition", run: composition::run },
    Target { name: "planning", run: planning::run },
    Target { name: "requests", run: requests::run },
];

/// The target of that name.
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}
