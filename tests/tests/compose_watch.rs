//! `tributary compose --watch`: each change of a source is followed, and the last good output stays.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;

use e2e::Running;
use tempfile::TempDir;

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.at(name), text).unwrap();
    }

    fn watch(&self) -> Running {
        let [file, output] = ["supergraph.yaml", "out.graphql"].map(|name| self.at(name));
        let (file, output) = (file.to_str().unwrap(), output.to_str().unwrap());
        Running::tributary(&["compose", file, "--output", output, "--watch", "--poll", "1"])
    }

    fn output(&self) -> String {
        fs::read_to_string(self.at("out.graphql")).unwrap()
    }
}

fn says(running: &mut Running, word: &str) {
    running.wait_for(|line| line.contains(word).then_some(()));
}

#[test]
fn files_are_followed_and_a_bad_one_changes_nothing() {
    let folder = Folder::new();
    folder.write(
        "supergraph.yaml",
        "subgraphs: { one: { routing_url: http://one, schema: { file: one.graphql } } }",
    );
    folder.write("one.graphql", "type Query { first: Int }");
    let mut running = folder.watch();
    says(&mut running, "out.graphql written, 1 subgraph");
    assert!(folder.output().contains("first: Int"));

    folder.write("one.graphql", "type Query { second: Int }");
    says(&mut running, "out.graphql written");
    let good = folder.output();
    assert!(good.contains("second: Int"));

    folder.write("one.graphql", "type Query { third: Missing }");
    says(&mut running, "failed: ");
    says(&mut running, "INVALID_GRAPHQL [one");
    assert_eq!(folder.output(), good);

    folder.write("one.graphql", "type Query { second: Int }");
    says(&mut running, "out.graphql is as it was");

    // The list of subgraphs is a source too, and so is what it newly names.
    folder.write("two.graphql", "type Query { other: Int }");
    folder.write(
        "supergraph.yaml",
        "subgraphs: { one: { routing_url: http://one, schema: { file: one.graphql } },
                      two: { routing_url: http://two, schema: { file: two.graphql } } }",
    );
    says(&mut running, "out.graphql written, 2 subgraphs");
    folder.write("supergraph.yaml", "subgraphs: [");
    says(&mut running, "failed: ");
    folder.write(
        "supergraph.yaml",
        "subgraphs: { two: { routing_url: http://two, schema: { file: two.graphql } } }",
    );
    says(&mut running, "out.graphql written, 1 subgraph");
    fs::remove_file(folder.at("two.graphql")).unwrap();
    says(&mut running, "failed: ");
    assert!(folder.output().contains("other: Int"));
    assert_eq!(leftovers(folder.0.path()), Vec::<String>::new());

    running.signal("INT");
    assert_eq!(running.wait(), Some(0));
}

#[test]
fn running_subgraphs_are_asked_again_and_again() {
    let folder = Folder::new();
    let subgraph = Subgraph::start("type Query { first: Int }");
    folder.write(
        "supergraph.yaml",
        &format!("subgraphs: {{ live: {{ schema: {{ subgraph_url: \"{}\" }} }} }}", subgraph.url),
    );
    let mut running = folder.watch();
    says(&mut running, "out.graphql written");
    subgraph.tell("type Query { second: Int }");
    says(&mut running, "out.graphql written");
    assert!(folder.output().contains("second: Int"));
    subgraph.tell("no schema at all");
    says(&mut running, "failed: ");
    assert!(folder.output().contains("second: Int"));
    subgraph.tell("type Query { second: Int }");
    says(&mut running, "out.graphql is as it was");
    // Nothing new has no line: each that was written is one that was waited for.
    let outcomes = running.lines().iter().filter(|line| !line.starts_with(' ')).count();
    assert_eq!(outcomes, 4, "{:#?}", running.lines());
    running.signal("INT");
    assert_eq!(running.wait(), Some(0));
}

/// Files that a write may have left behind.
fn leftovers(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| Path::new(name).extension().is_some_and(|kind| kind == "new")).collect()
}

/// Answers every request with the SDL that it was told last.
struct Subgraph {
    url: String,
    sdl: Arc<Mutex<String>>,
}

impl Subgraph {
    fn start(sdl: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/graphql", listener.local_addr().unwrap());
        let sdl = Arc::new(Mutex::new(sdl.to_owned()));
        let told = Arc::clone(&sdl);
        thread::spawn(move || {
            for connection in listener.incoming() {
                answer(&connection.unwrap(), &told.lock().unwrap());
            }
        });
        Self { url, sdl }
    }

    fn tell(&self, sdl: &str) {
        *self.sdl.lock().unwrap() = sdl.to_owned();
    }
}

fn answer(mut connection: &TcpStream, sdl: &str) {
    let mut reader = BufReader::new(connection);
    let (mut line, mut length) = (String::new(), 0);
    while reader.read_line(&mut line).unwrap() > 2 {
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        line.clear();
    }
    reader.take(length).read_to_end(&mut Vec::new()).unwrap();
    let body = serde_json::json!({ "data": { "_service": { "sdl": sdl } } }).to_string();
    write!(
        connection,
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
}
