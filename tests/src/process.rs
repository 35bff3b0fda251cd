//! Processes of the project, ended whatever happens.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use test_kit::Watched;

/// How long a process may take to say what is waited for, whatever else it says.
const PATIENCE: Duration = Duration::from_secs(120);

/// The `tributary` binary, built once for this test process.
pub fn binary() -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT
        .get_or_init(|| {
            // This test is TARGET/PROFILE/deps/NAME; the binary is TARGET/PROFILE/tributary.
            let test = std::env::current_exe().expect("a test has a path");
            let folder = test.ancestors().nth(2).expect("a target folder");
            let profile = match folder.file_name().and_then(|name| name.to_str()) {
                Some("debug") | None => "dev",
                Some(name) => name,
            };
            let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
            let status = Command::new(cargo)
                .args([
                    "build",
                    "--quiet",
                    "--profile",
                    profile,
                    "--package",
                    "tributary",
                    "--bin",
                    "tributary",
                ])
                .current_dir(env!("CARGO_MANIFEST_DIR"))
                .status()
                .expect("cargo");
            assert!(status.success(), "tributary does not build");
            folder.join("tributary")
        })
        .clone()
}

/// A script below one of the folders with a `package.json`, run by Node.js.
pub fn node(folder: &str, arguments: &[&str]) -> Command {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(folder);
    assert!(
        folder.join("node_modules").exists(),
        "run `npm ci` in {}, or `cargo xtask test`",
        folder.display()
    );
    let mut command = Command::new("node");
    command.args(arguments).current_dir(folder);
    command
}

/// Runs `tributary` with these arguments to its end.
pub fn run(arguments: &[&str]) -> Output {
    Command::new(binary()).args(arguments).stdin(Stdio::null()).output().expect("tributary runs")
}

/// A process whose output is read line by line; it ends with this test, however that ends.
pub struct Running {
    process: Watched,
    lines: Receiver<String>,
    seen: Vec<String>,
}

impl Running {
    /// Starts a program; both its outputs are read.
    pub fn start(mut command: Command) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let program = format!("{command:?}");
        let mut process = Watched::spawn(command).unwrap_or_else(|error| panic!("{program}: {error}"));
        let (sender, lines) = channel();
        let outputs: [Box<dyn std::io::Read + Send>; 2] =
            [Box::new(process.stdout().expect("piped")), Box::new(process.stderr().expect("piped"))];
        for output in outputs {
            let sender = sender.clone();
            thread::spawn(move || {
                for line in BufReader::new(output).lines().map_while(Result::ok) {
                    if sender.send(line).is_err() {
                        return;
                    }
                }
            });
        }
        Self { process, lines, seen: Vec::new() }
    }

    /// `tributary` with these arguments.
    pub fn tributary(arguments: &[&str]) -> Self {
        let mut command = Command::new(binary());
        command.args(arguments);
        Self::start(command)
    }

    /// The first line, from now on, that `found` makes something of.
    pub fn wait_for<T>(&mut self, found: impl Fn(&str) -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(line) => {
                    let outcome = found(&line);
                    self.seen.push(line);
                    if let Some(outcome) = outcome {
                        return outcome;
                    }
                }
                Err(_) => panic!("the process did not say it:\n{}", self.seen.join("\n")),
            }
        }
    }

    /// All lines so far.
    pub fn lines(&mut self) -> &[String] {
        self.seen.extend(self.lines.try_iter());
        &self.seen
    }

    /// Sends a signal by its name, as `kill` knows it.
    pub fn signal(&self, name: &str) {
        self.process.signal(name).expect("a process that runs");
    }

    /// Waits for the end; the exit code.
    pub fn wait(&mut self) -> Option<i32> {
        self.process.wait().expect("a child can be waited for").code()
    }

    /// Waits for the end of a program that ends by itself, which must be a good one.
    pub fn succeed(mut self) {
        let code = self.wait();
        // The readers end with the process, so that nothing is missing.
        self.seen.extend(self.lines.iter());
        assert_eq!(code, Some(0), "{}", self.seen.join("\n"));
    }
}
