//! The console in a real browser, offline.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::path::PathBuf;
use std::process::Command;

use e2e::Platform;

#[tokio::test(flavor = "multi_thread")]
async fn browser_sees_the_console() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("browser");
    assert!(folder.join("node_modules").exists(), "run `npm ci` in tests/browser, or `cargo xtask test`");
    let platform = Platform::embedded().await;
    let output = Command::new("node")
        .args(["--test", "console.test.mjs"])
        .current_dir(folder)
        .env("TRIBUTARY_URL", &platform.url)
        .output()
        .expect("node");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
