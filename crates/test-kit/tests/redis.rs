//! A private Redis, and that it ends whatever happens.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends at the first surprise"
)]

use std::env;
use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::Duration;

use test_kit::Redis;

/// Set where this program is started by its own test, to be killed.
const VICTIM: &str = "TEST_KIT_REDIS_VICTIM";

#[test]
fn it_answers_until_it_is_dropped() {
    let server = Redis::start().unwrap();
    assert!(server.answers());
    assert_eq!(server.url(), format!("redis://127.0.0.1:{}", server.port()));
    let port = server.port();
    drop(server);
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
}

#[test]
fn two_are_apart() {
    let (one, other) = (Redis::start().unwrap(), Redis::start().unwrap());
    assert_ne!(one.port(), other.port());
    drop(one);
    assert!(other.answers());
}

#[test]
fn it_ends_when_its_process_is_killed() {
    let mut victim = Command::new(env::current_exe().unwrap())
        .args(["--exact", "the_victim", "--nocapture"])
        .env(VICTIM, "1")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let port = BufReader::new(victim.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok)
        .find_map(|line| line.strip_prefix("victim ").map(|port| port.parse::<u16>().unwrap()))
        .unwrap();
    let mut connection = TcpStream::connect(("127.0.0.1", port)).unwrap();
    connection.set_read_timeout(Some(Duration::from_secs(120))).unwrap();

    // On Unix this is SIGKILL: nothing of the process runs any more.
    victim.kill().unwrap();
    victim.wait().unwrap();

    let heard = connection.read(&mut [0]);
    let ended = match &heard {
        Ok(length) => *length == 0,
        Err(error) => error.kind() == ErrorKind::ConnectionReset,
    };
    assert!(ended, "the server goes on: {heard:?}");
}

/// Not a test of its own: what `it_ends_when_its_process_is_killed` kills.
#[test]
fn the_victim() {
    if env::var_os(VICTIM).is_none() {
        return;
    }
    let server = Redis::start().unwrap();
    std::io::stdout().write_all(format!("\nvictim {}\n", server.port()).as_bytes()).unwrap();
    loop {
        std::thread::park();
    }
}
