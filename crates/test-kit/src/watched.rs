//! Processes that end with the test that started them.

use std::io::{self, Write as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};

/// Waits at the other end of a pipe that only the test holds. A word on it: all is well. Its end without a word: the test
/// was killed, and so must be what it started.
const WATCH: &str = "read -r word && exit; kill -s KILL -- \"-$1\"";

/// A process that is killed when this is dropped, and just as well when the test's own process is killed.
#[derive(Debug)]
pub struct Watched {
    child: Child,
    watcher: Child,
}

impl Watched {
    /// Starts a program.
    ///
    /// # Errors
    /// It can't be started.
    pub fn spawn(mut command: Command) -> io::Result<Self> {
        // A group of its own: what it starts in turn ends with it.
        let mut child = command.process_group(0).spawn()?;
        let watcher = Command::new("sh")
            .args(["-c", WATCH, "watch", &child.id().to_string()])
            // Ctrl-C in a terminal is for the test; the watcher must outlive it.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        match watcher {
            Ok(watcher) => Ok(Self { child, watcher }),
            Err(error) => {
                let _ = child.kill();
                let _ = child.wait();
                Err(error)
            }
        }
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Its standard input, where that is piped and was not taken yet.
    pub fn stdin(&mut self) -> Option<ChildStdin> {
        self.child.stdin.take()
    }

    /// Its standard output, where that is piped and was not taken yet.
    pub fn stdout(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    /// Its standard error, where that is piped and was not taken yet.
    pub fn stderr(&mut self) -> Option<ChildStderr> {
        self.child.stderr.take()
    }

    /// Sends it a signal by its name, such as `INT`.
    ///
    /// # Errors
    /// It is gone.
    pub fn signal(&self, name: &str) -> io::Result<()> {
        signal(name, &self.child.id().to_string())
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// The system can't tell.
    pub fn wait(&mut self) -> io::Result<ExitStatus> {
        self.child.wait()
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        let _ = signal("KILL", &format!("-{}", self.child.id()));
        let _ = self.child.wait();
        if let Some(mut pipe) = self.watcher.stdin.take() {
            let _ = pipe.write_all(b"ended\n");
        }
        let _ = self.watcher.wait();
    }
}

/// By the shell's own `kill`: small machines have no other.
fn signal(name: &str, to: &str) -> io::Result<()> {
    let mut shell = Command::new("sh");
    shell.args(["-c", "kill -s \"$1\" -- \"$2\"", "kill", name, to]).stderr(Stdio::null());
    if shell.status()?.success() { Ok(()) } else { Err(io::Error::other(format!("{to} can't be signalled"))) }
}
