use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::PostgresError;
use super::programs::Programs;

const SUPERVISE: &str = include_str!("supervise.sh");

/// A running server and the shell that ends it.
#[derive(Debug)]
pub(super) struct Server {
    programs: Programs,
    port: u16,
    supervisor: Child,
    folder: TempDir,
}

/// Whom to run the server as; it refuses to run as root.
struct User {
    id: u32,
    group: u32,
}

impl Server {
    /// Starts a server on a port that is free just now.
    pub(super) fn start() -> Result<Self, PostgresError> {
        let programs = Programs::find()?;
        let user = if own_id("-u")? == 0 { Some(postgres_user()?) } else { None };
        let folder = tempfile::Builder::new().prefix("tributary-postgres-").tempdir()?;
        if let Some(user) = &user {
            chown(folder.path(), Some(user.id), Some(user.group))?;
        }
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();

        let mut command = Command::new("sh");
        command
            .args(["-c", SUPERVISE, "supervise"])
            .arg(folder.path())
            .arg(port.to_string())
            .args([programs.path("initdb"), programs.path("pg_ctl")])
            .current_dir(folder.path())
            // Ctrl-C in a terminal is for the test; the server ends after it.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        if let Some(user) = user {
            command.uid(user.id).gid(user.group);
        }
        let mut server = Self { programs, port, supervisor: command.spawn()?, folder };
        server.wait_until_ready()?;
        Ok(server)
    }

    fn wait_until_ready(&mut self) -> Result<(), PostgresError> {
        let mut word = String::new();
        if let Some(output) = self.supervisor.stdout.take() {
            BufReader::new(output).read_line(&mut word)?;
        }
        if word.trim_end() == "ready" {
            return Ok(());
        }
        let read = |name: &str| fs::read_to_string(self.folder.path().join(name)).unwrap_or_default();
        Err(PostgresError::NotStarted(read("start.log") + &read("server.log")))
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn log_file(&self) -> PathBuf {
        self.folder.path().join("server.log")
    }

    pub(super) fn url(&self, role: &str, database: &str) -> String {
        format!("postgres://{role}@127.0.0.1:{}/{database}", self.port)
    }

    /// Runs statements, each in a transaction of its own; the rows of their answers, columns parted by `|`.
    pub(super) fn query(
        &self,
        role: &str,
        database: &str,
        statements: &[&str],
    ) -> Result<String, PostgresError> {
        let mut psql = Command::new(self.programs.path("psql"));
        psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"]);
        for statement in statements {
            psql.arg("--command").arg(statement);
        }
        let output = psql.arg(self.url(role, database)).stdin(Stdio::null()).output()?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        } else {
            Err(PostgresError::Refused(String::from_utf8_lossy(&output.stderr).into_owned()))
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Closing the pipe is what the shell waits for.
        drop(self.supervisor.stdin.take());
        let _ = self.supervisor.wait();
    }
}

fn postgres_user() -> Result<User, PostgresError> {
    let id = |flag| id_of(flag, Some("postgres"))?.ok_or(PostgresError::NobodyToRunAs);
    Ok(User { id: id("-u")?, group: id("-g")? })
}

fn own_id(flag: &str) -> Result<u32, PostgresError> {
    id_of(flag, None)?.ok_or_else(|| PostgresError::Io("`id` says nothing".to_owned()))
}

fn id_of(flag: &str, user: Option<&str>) -> Result<Option<u32>, PostgresError> {
    let output = Command::new("id").arg(flag).args(user).output()?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().parse().ok())
}
