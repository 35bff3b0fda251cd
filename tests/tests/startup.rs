//! Starting and stopping, as the person at the terminal sees it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use e2e::{Client, Platform, run};

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

/// What is printed is what a newcomer pastes.
#[tokio::test(flavor = "multi_thread")]
async fn the_printed_line_and_tokens_work_as_they_stand() {
    let mut platform = Platform::embedded().await;
    let lines = platform.processes.get_mut("dev").unwrap().lines().to_vec();
    let line = lines.iter().find(|line| line.starts_with("curl ")).expect("a line to paste");
    // A machine without curl still shows that the line is one, with the parts of a request that works.
    let words = Command::new("sh")
        .args(["-c", &format!("curl() {{ printf '%s\\n' \"$@\"; }}; {line}")])
        .output()
        .unwrap();
    let words = String::from_utf8(words.stdout).unwrap();
    let words: Vec<&str> = words.lines().collect();
    let after = |flag: &str, begins: &str| {
        let pairs = words.windows(2).filter(|pair| pair[0] == flag);
        let found = pairs.map(|pair| pair[1]).find(|word| word.starts_with(begins));
        found.unwrap_or_else(|| panic!("no {flag} {begins}… in {line}")).to_owned()
    };
    let token = after("-H", "authorization: Bearer ").replace("authorization: Bearer ", "");
    let body: serde_json::Value = serde_json::from_str(&after("-d", "{")).unwrap();
    assert!(words.contains(&format!("{}/graphql", platform.url).as_str()), "{words:?}");
    assert_eq!(after("-H", "content-type"), "content-type: application/json");
    let data = Client::new(&platform.url, Some(&token)).send(&body, &[]).await.data();
    assert_eq!(data["organization"]["orders"]["nodes"].as_array().unwrap().len(), 3);

    // One token for each role, below its name.
    for role in ["owner", "admin", "member", "viewer", "support"] {
        let at = lines.iter().position(|line| line.trim_start().starts_with("acme") && line.contains(role));
        let token = lines[at.unwrap_or_else(|| panic!("no token of {role}")) + 1].trim();
        let data = Client::new(&platform.url, Some(token)).ask("{ organization { slug } }").await.data();
        assert_eq!(data["organization"]["slug"], "acme", "{role}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_drains_and_ends_in_two_seconds_and_the_data_stay() {
    let mut platform = Platform::embedded().await;
    // A request whose body is on its way when the signal comes.
    let address = platform.url.trim_start_matches("http://").to_owned();
    let mut under_way = TcpStream::connect(&address).unwrap();
    let body = r#"{"query":"{ organization { slug } }"}"#;
    let token = platform.token(("acme", "owner")).to_owned();
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\nexpect: 100-continue\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    under_way.write_all(head.as_bytes()).unwrap();
    // The server asks for the body: now it surely works on this request.
    let mut go_on = [0; 25];
    under_way.read_exact(&mut go_on).unwrap();
    assert!(go_on.starts_with(b"HTTP/1.1 100 Continue"), "{}", String::from_utf8_lossy(&go_on));

    let process = platform.processes.get_mut("dev").unwrap();
    let began = Instant::now();
    process.signal("INT");
    // New connections are refused once it drains.
    while TcpStream::connect(&address).is_ok() {
        assert!(began.elapsed() < Duration::from_secs(2), "it goes on listening");
    }
    under_way.write_all(body.as_bytes()).unwrap();
    let mut answer = String::new();
    under_way.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.contains(r#"{"slug":"acme"}"#), "{answer}");
    assert_eq!(process.wait(), Some(0));
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());

    // Nothing is made anew: the files stay as they are, and tokens of before are still good.
    let files = || {
        let entries = std::fs::read_dir(platform.data()).unwrap().map(Result::unwrap);
        let databases = entries.filter(|entry| entry.path().extension().is_some_and(|kind| kind == "db"));
        let mut files: Vec<_> =
            databases.map(|one| (one.file_name(), std::fs::read(one.path()).unwrap())).collect();
        files.sort();
        files
    };
    let before = files();
    assert_eq!(before.len(), 3);
    let mut again = platform.restart().await;
    let answer = Client::new(&again.url, Some(&token)).ask("{ organization { slug } }").await;
    assert_eq!(answer.data()["organization"]["slug"], "acme");
    again.processes.clear();
    for (name, content) in before {
        assert_eq!(std::fs::read(again.data().join(&name)).unwrap(), content, "{}", name.display());
    }
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
