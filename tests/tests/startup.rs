//! Starting and stopping, as the person at the terminal sees it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::net::TcpListener;
use std::process::Output;
use std::time::{Duration, Instant};

use e2e::{Platform, run};

/// One clear line and exit code 2.
fn refused(output: &Output, says: &str) {
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert_eq!(text.trim().lines().count(), 1, "{text}");
    assert!(text.contains(says), "{text}");
}

#[test]
fn a_busy_port() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let address = taken.local_addr().unwrap().to_string();
    refused(&run(&["dev", "--listen", &address, "--data", data.to_str().unwrap()]), &address);
    assert!(!data.exists(), "a start that fails leaves nothing behind");
}

#[test]
fn a_folder_that_cannot_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let below = file.join("data");
    refused(
        &run(&["dev", "--listen", "127.0.0.1:0", "--data", below.to_str().unwrap()]),
        "choose another with --data",
    );
}

#[test]
fn what_makes_no_sense_is_said_in_one_line() {
    refused(
        &run(&["gateway", "--supergraph", "/does/not/exist.graphql", "--insecure-no-auth"]),
        "exist.graphql",
    );
    let supergraph = concat!(env!("CARGO_MANIFEST_DIR"), "/../schema/supergraph.graphql");
    refused(&run(&["gateway", "--supergraph", supergraph]), "--insecure-no-auth");
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_ends_in_two_seconds_and_the_data_stay() {
    let mut platform = Platform::embedded().await;
    let process = platform.processes.get_mut("dev").unwrap();
    let began = Instant::now();
    process.signal("INT");
    assert_eq!(process.wait(), Some(0));
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());

    let before = platform.token(("acme", "owner")).to_owned();
    let again = platform.restart().await;
    let answer = e2e::Client::new(&again.url, Some(&before)).ask("{ organization { slug } }").await;
    assert_eq!(answer.data()["organization"]["slug"], "acme");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_from_a_newer_version() {
    let mut platform = Platform::embedded().await;
    platform.processes.clear();
    let database = platform.data().join("orders.db");
    let sql = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m29990101_000001_future', 0)";
    let database = sea_orm::Database::connect(format!("sqlite://{}", database.display())).await.unwrap();
    sea_orm::ConnectionTrait::execute_unprepared(&database, sql).await.unwrap();
    database.close().await.unwrap();
    let data = platform.data().display().to_string();
    refused(&run(&["dev", "--listen", "127.0.0.1:0", "--data", &data]), "newer version");
}
