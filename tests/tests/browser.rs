//! The console in a real browser, offline.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use e2e::{Platform, Running, node};

#[tokio::test(flavor = "multi_thread")]
async fn browser_sees_the_console() {
    let platform = Platform::embedded().await;
    let mut browser = node("browser", &["--test", "console.test.mjs"]);
    browser.env("TRIBUTARY_URL", &platform.url);
    Running::start(browser).succeed();
}
