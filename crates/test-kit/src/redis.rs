//! A Redis of the test's own.

use std::env;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::Watched;

/// How often another port is tried when somebody took the free one first.
const ATTEMPTS: usize = 5;

/// Why there is no Redis.
#[derive(Debug, Clone, thiserror::Error)]
pub enum RedisError {
    /// The server is not on this machine.
    #[error(
        "redis-server is not on PATH: install it (Debian, Ubuntu: apt-get install redis-server; macOS: brew install redis)"
    )]
    NotInstalled,
    /// The server did not start.
    #[error("Redis did not start:\n{0}")]
    NotStarted(String),
    /// The machine did not do its part.
    #[error("{0}")]
    Io(String),
}

impl From<io::Error> for RedisError {
    fn from(error: io::Error) -> Self {
        Self::Io(error.to_string())
    }
}

/// A Redis of the test's own, with an append-only file as in production, on a free port of 127.0.0.1.
///
/// It ends when it is dropped, and when the test's process is killed.
#[derive(Debug)]
pub struct Redis {
    port: u16,
    // Ended before its folder goes.
    _server: Watched,
    _folder: TempDir,
}

impl Redis {
    /// Starts a server.
    pub fn start() -> Result<Self, RedisError> {
        let mut attempt = 1;
        loop {
            match Self::start_once() {
                Err(RedisError::NotStarted(log))
                    if attempt < ATTEMPTS && log.contains("Could not create server") =>
                {
                    attempt += 1;
                }
                outcome => return outcome,
            }
        }
    }

    fn start_once() -> Result<Self, RedisError> {
        let found = env::split_paths(&env::var_os("PATH").unwrap_or_default())
            .any(|folder| folder.join("redis-server").exists());
        if !found {
            return Err(RedisError::NotInstalled);
        }
        let folder = tempfile::Builder::new().prefix("tributary-redis-").tempdir()?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut command = Command::new("redis-server");
        command
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--appendonly", "yes", "--dir"])
            .arg(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut server = Watched::spawn(command)?;
        let mut log = String::new();
        let mut output =
            BufReader::new(server.stdout().ok_or_else(|| RedisError::Io("no output".to_owned()))?);
        while !log.contains("Ready to accept connections") {
            if output.read_line(&mut log)? == 0 {
                return Err(RedisError::NotStarted(log));
            }
        }
        // Nobody reads the rest, so that it must not fill the pipe.
        std::thread::spawn(move || io::copy(&mut output, &mut io::sink()));
        Ok(Self { port, _server: server, _folder: folder })
    }

    /// The port that it listens on, at 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its address for clients.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Whether it answers `PING`.
    pub fn answers(&self) -> bool {
        let ping = || -> io::Result<[u8; 7]> {
            let mut connection = TcpStream::connect(("127.0.0.1", self.port))?;
            connection.write_all(b"PING\r\n")?;
            let mut answer = [0; 7];
            connection.read_exact(&mut answer)?;
            Ok(answer)
        };
        ping().is_ok_and(|answer| answer == *b"+PONG\r\n")
    }
}
