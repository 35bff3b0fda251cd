//! One target under libFuzzer: `cargo xtask fuzz` builds this, with coverage counted, and runs it.
#![no_main]
#![allow(clippy::panic, reason = "a fuzzer without a target says so and ends")]

use std::sync::LazyLock;

use fuzz::Target;

/// libFuzzer has the command line to itself.
static TARGET: LazyLock<&'static Target> = LazyLock::new(|| {
    let name = std::env::var("FUZZ_TARGET").unwrap_or_default();
    fuzz::target(&name).unwrap_or_else(|| {
        let names: Vec<&str> = fuzz::TARGETS.iter().map(|target| target.name).collect();
        panic!("FUZZ_TARGET is `{name}`; it must be one of {}", names.join(", "))
    })
});

libfuzzer_sys::fuzz_target!(|data: &[u8]| (TARGET.run)(data));
