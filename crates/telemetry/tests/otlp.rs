//! Spans on their way to a receiver. One test, because `init` is once in a process.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test ends at the first surprise"
)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::thread;

use telemetry::{Config, InitError};

/// Answers one request and returns its first line and its body.
fn receive(listener: &TcpListener) -> (String, Vec<u8>) {
    let (stream, _) = listener.accept().unwrap();
    let mut reader = BufReader::new(&stream);
    let mut first = String::new();
    reader.read_line(&mut first).unwrap();
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).unwrap();
        match header.trim_end().split_once(": ") {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.parse().unwrap();
            }
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    (&stream).write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
    (first, body)
}

#[test]
fn spans_reach_the_receiver_when_the_guard_is_dropped() {
    rustls::crypto::aws_lc_rs::default_provider().install_default().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let config = Config {
        service_name: "gateway-under-test".to_owned(),
        // The slash at the end must not lead to `//v1/traces`.
        otlp_endpoint: Some(format!("http://{}/", listener.local_addr().unwrap())),
        ..Config::default()
    };
    let receiver = thread::spawn(move || receive(&listener));

    let guard = telemetry::init(&config).unwrap();
    assert!(matches!(telemetry::init(&Config::default()), Err(InitError::Twice(_))));
    tracing::info_span!("gateway.request", subgraph = "orders").in_scope(|| ());
    drop(guard);

    let (first, body) = receiver.join().unwrap();
    assert_eq!(first, "POST /v1/traces HTTP/1.1\r\n");
    for part in ["service.name", "gateway-under-test", "service.version", "gateway.request", "orders"] {
        let found = body.windows(part.len()).any(|window| window == part.as_bytes());
        assert!(found, "{part} is not in {}", String::from_utf8_lossy(&body));
    }
}
