//! The gateway as a process.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gateway"));
    command.current_dir(folder).args(arguments);
    command
}

/// A folder with a supergraph, and with a `supergraph.yaml` that names two schemas.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("supergraph.graphql", &crate::support::compose(&[("one", "type Query { n: Int }")]));
    write("people.graphql", "type Query { me: String }");
    write("shop.graphql", "type Query { total: Int }");
    write(
        "supergraph.yaml",
        "federation_version: =2.9.0
subgraphs:
  people:
    routing_url: http://127.0.0.1:1/graphql
    schema:
      file: people.graphql
  shop:
    routing_url: http://127.0.0.1:1/graphql
    schema:
      file: ./shop.graphql
",
    );
    write("broken.yaml", "subgraphs:\n  people:\n    schema:\n      file: missing.graphql\n");
    write("unknown.yaml", "subgraphs:\n  people:\n    routing: x\n    schema:\n      file: people.graphql\n");
    write("empty.yaml", "subgraphs: {}\n");
    write("bad.toml", "[limits]\ndepht = 1\n");
    folder
}

#[test]
fn what_is_wrong_is_one_line_and_exit_code_2() {
    let folder = folder();
    let busy = TcpListener::bind("127.0.0.1:0").unwrap();
    let busy = busy.local_addr().unwrap().to_string();
    let cases: &[(&[&str], &str)] = &[
        (
            &["--supergraph", "nowhere.graphql", "--insecure-no-auth"],
            "cannot read nowhere.graphql: No such file or directory",
        ),
        (
            &["--supergraph", "bad.toml", "--insecure-no-auth"],
            "the supergraph can't be used (SUPERGRAPH_INVALID)",
        ),
        (
            &["--supergraph", "supergraph.graphql"],
            "no issuer of tokens is configured: add [[authentication.issuers]], or let everybody in with --insecure-no-auth",
        ),
        (
            &["--supergraph", "supergraph.graphql", "--config", "bad.toml"],
            "bad.toml:2:1: unknown key `depht`; did you mean `depth`?",
        ),
        (
            &["--supergraph", "supergraph.graphql", "--insecure-no-auth", "--listen", &busy],
            "cannot listen on 127.0.0.1:",
        ),
        (&["--subgraphs", "broken.yaml", "--insecure-no-auth"], "cannot read missing.graphql"),
        (
            &["--subgraphs", "unknown.yaml", "--insecure-no-auth"],
            "unknown.yaml: subgraphs.people: unknown field `routing`",
        ),
        (&["--subgraphs", "empty.yaml", "--insecure-no-auth"], "empty.yaml: `subgraphs` names none"),
    ];
    for (arguments, expected) in cases {
        let Output { status, stderr, stdout } = command(folder.path(), arguments).output().unwrap();
        let stderr = String::from_utf8(stderr).unwrap();
        let last = stderr.lines().find(|line| line.starts_with("gateway: ")).unwrap_or_default();
        assert!(last.starts_with(&format!("gateway: {expected}")), "{arguments:?}: {stderr}");
        assert_eq!((status.code(), stdout.len()), (Some(2), 0), "{arguments:?}");
    }
}

/// A gateway that is ended with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn it_composes_serves_and_ends_when_told() {
    let folder = folder();
    let mut child = Running(
        command(
            folder.path(),
            &["--subgraphs", "supergraph.yaml", "--listen", "127.0.0.1:0", "--insecure-no-auth"],
        )
        .stderr(Stdio::piped())
        .spawn()
        .unwrap(),
    );
    let mut lines = BufReader::new(child.0.stderr.take().unwrap()).lines();
    let mut warned = false;
    let address = lines
        .by_ref()
        .map(Result::unwrap)
        .inspect(|line| warned |= line.contains("WARN") && line.contains("insecure_no_auth"))
        .find_map(|line| {
            let line: serde_json::Value = serde_json::from_str(&line).ok()?;
            line["address"].as_str().map(str::to_owned)
        })
        .expect("a line with the address");
    assert!(warned, "that everybody is let in is told");

    let mut stream = TcpStream::connect(&address).unwrap();
    let body = r#"{"query":"{__typename}"}"#;
    write!(
        stream,
        "POST /graphql HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.ends_with(r#"{"data":{"__typename":"Query"}}"#), "{answer}");

    // The access log: one line, with the request's id and its trace.
    let line = lines
        .map(Result::unwrap)
        .find(|line| line.contains("\"answered\""))
        .expect("a line of the access log");
    let line: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(line["status"], 200);
    assert!(line["micros"].is_u64(), "{line}");
    assert!(line["request_id"].is_string() && line["trace_id"].is_string(), "{line}");

    let told = Command::new("kill").arg(child.0.id().to_string()).status().unwrap();
    assert!(told.success());
    assert_eq!(child.0.wait().unwrap().code(), Some(0));
}

/// Answers each connection with the same JSON for as long as the process lives, and tells when it was asked.
fn subgraph(body: &'static str) -> (String, std::sync::mpsc::Receiver<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (asked, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 4096];
            let _ = stream.read(&mut request);
            let _ = asked.send(());
            if body.is_empty() {
                // It never answers; the connection stays open.
                std::mem::forget(stream);
                continue;
            }
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            );
        }
    });
    (address, told)
}

fn start(command: Command) -> (Running, String) {
    let (child, address, lines) = start_and_hear(command);
    std::thread::spawn(move || lines.for_each(drop));
    (child, address)
}

/// The gateway, its address, and what it says from there on.
fn start_and_hear(mut command: Command) -> (Running, String, impl Iterator<Item = String> + Send + 'static) {
    let mut child = Running(command.stderr(Stdio::piped()).spawn().unwrap());
    let mut lines = BufReader::new(child.0.stderr.take().unwrap()).lines().map_while(Result::ok);
    let address = lines.by_ref().find_map(|line| {
        let line: serde_json::Value = serde_json::from_str(&line).ok()?;
        line["address"].as_str().map(str::to_owned)
    });
    (child, address.expect("a line with the address"), lines)
}

#[test]
fn a_fetch_of_keys_that_fails_is_logged_within_the_request_that_caused_it() {
    let folder = folder();
    let config = "[[authentication.issuers]]\nissuer = \"x\"\naudience = \"a\"\njwks = \"missing.json\"\n";
    std::fs::write(folder.path().join("gateway.toml"), config).unwrap();
    let (_child, address, mut lines) = start_and_hear(command(
        folder.path(),
        &["--supergraph", "supergraph.graphql", "--config", "gateway.toml", "--listen", "127.0.0.1:0"],
    ));
    let mut stream = TcpStream::connect(address).unwrap();
    // {"alg":"EdDSA"} and {"iss":"x"}: enough to look for keys.
    let token = "eyJhbGciOiJFZERTQSJ9.eyJpc3MiOiJ4In0.AA";
    write!(
        stream,
        "POST /graphql HTTP/1.1\r\nhost: x\r\nx-request-id: abc-123\r\nauthorization: Bearer {token}\r\n\r\n"
    )
    .unwrap();
    let line = lines.find(|line| line.contains("keys can't be fetched")).expect("a line of the fetch");
    assert!(line.contains("abc-123"), "{line}");
}

fn ask(address: &str, query: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    let body = format!(r#"{{"query":"{query}"}}"#);
    write!(
        stream,
        "POST /graphql HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    stream
}

/// A token for a subgraph must not go to whatever proxy somebody's environment names.
#[test]
fn subgraphs_are_not_reached_through_a_proxy() {
    let (schema, _) = subgraph(r#"{"data":{"_service":{"sdl":"type Query { n: Int }"}}}"#);
    let (data, _) = subgraph(r#"{"data":{"n":1}}"#);
    let folder = tempfile::tempdir().unwrap();
    let file = format!(
        "subgraphs:\n  one:\n    routing_url: http://{data}/graphql\n    schema:\n      subgraph_url: http://{schema}/graphql\n"
    );
    std::fs::write(folder.path().join("supergraph.yaml"), file).unwrap();
    let mut command = command(
        folder.path(),
        &["--subgraphs", "supergraph.yaml", "--listen", "127.0.0.1:0", "--insecure-no-auth"],
    );
    // Nobody is there.
    command.env("http_proxy", "http://127.0.0.1:1").env_remove("no_proxy").env_remove("NO_PROXY");
    let (_child, address) = start(command);
    let mut answer = String::new();
    ask(&address, "{n}").read_to_string(&mut answer).unwrap();
    assert!(answer.ends_with(r#"{"data":{"n":1}}"#), "{answer}");
}

/// A request in hand whose subgraph is silent, and a receiver of spans that is silent too.
#[test]
fn it_ends_in_two_seconds_whatever_is_under_way() {
    let (silent, asked) = subgraph("");
    let (receiver, _) = subgraph("");
    let folder = folder();
    let config = format!(
        "[subgraphs.overrides.one]\nurl = \"http://{silent}/graphql\"\n[telemetry]\notlp_endpoint = \"http://{receiver}\"\n"
    );
    std::fs::write(folder.path().join("gateway.toml"), config).unwrap();
    let (mut child, address) = start(command(
        folder.path(),
        &[
            "--supergraph",
            "supergraph.graphql",
            "--config",
            "gateway.toml",
            "--listen",
            "127.0.0.1:0",
            "--insecure-no-auth",
        ],
    ));
    let _stream = ask(&address, "{n}");
    asked.recv().unwrap();
    let began = std::time::Instant::now();
    assert!(Command::new("kill").arg(child.0.id().to_string()).status().unwrap().success());
    assert_eq!(child.0.wait().unwrap().code(), Some(0));
    assert!(began.elapsed() < std::time::Duration::from_secs(2), "{:?}", began.elapsed());
}
