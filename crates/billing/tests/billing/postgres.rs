//! A private PostgreSQL server for this process.

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::Weak;
use std::time::Duration;

use sea_orm::ConnectionTrait as _;
use tempfile::TempDir;
use tokio::sync::Mutex;
use uuid::Uuid;

/// A database of one test, and its share of the server.
pub(crate) struct Database {
    url: String,
    _server: Arc<Server>,
}

impl Database {
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

struct Server {
    shell: Child,
    port: u16,
    _folder: TempDir,
}

static SERVER: Mutex<Weak<Server>> = Mutex::const_new(Weak::new());

/// An empty database. The server ends with the last of them.
///
/// # Panics
/// When there is no PostgreSQL on this machine: a test that needs it must not pass without.
pub(crate) async fn database() -> Database {
    let mut shared = SERVER.lock().await;
    let server = match shared.upgrade() {
        Some(server) => server,
        None => {
            let server = Arc::new(Server::start());
            *shared = Arc::downgrade(&server);
            server
        }
    };
    let name = format!("t{}", Uuid::now_v7().simple());
    let admin = server.connect("postgres").await;
    admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
    admin.close().await.unwrap();
    drop(shared);
    Database { url: server.url(&name), _server: server }
}

impl Server {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let owner = owner();
        if let Some((user, group)) = owner {
            std::os::unix::fs::chown(folder.path(), Some(user), Some(group)).unwrap();
        }
        let data = folder.path().join("data");
        let mut initdb = program("initdb", owner);
        initdb.arg("-D").arg(&data).args(["-U", "app", "--auth=trust", "-N", "--no-instructions"]);
        let made = initdb.output().unwrap();
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        // The shell ends the server when this process is gone, however it went: then its standard input ends.
        let mut shell = owned("sh", owner);
        shell
            .args(["-c", "\"$0\" \"$@\" & read -r _; kill -INT $!; wait"])
            .arg(binary("postgres"))
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(folder.path())
            .args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"])
            .args(["-c", "max_connections=400"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        Self { shell: shell.spawn().unwrap(), port, _folder: folder }
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://app@127.0.0.1:{}/{database}", self.port)
    }

    /// Waits until the server answers.
    async fn connect(&self, database: &str) -> sea_orm::DatabaseConnection {
        let mut pause = tokio::time::interval(Duration::from_millis(50));
        for _ in 0..600 {
            pause.tick().await;
            if let Ok(connection) = sea_orm::Database::connect(self.url(database)).await {
                return connection;
            }
        }
        panic!("PostgreSQL does not answer");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}

/// PostgreSQL does not run as root.
fn owner() -> Option<(u32, u32)> {
    let id = |arguments: &[&str]| {
        let output = Command::new("id").args(arguments).output().unwrap().stdout;
        String::from_utf8(output).unwrap().trim().parse::<u32>().ok()
    };
    if id(&["-u"]) == Some(0) { Some((id(&["-u", "postgres"])?, id(&["-g", "postgres"])?)) } else { None }
}

fn owned(program: impl AsRef<std::ffi::OsStr>, owner: Option<(u32, u32)>) -> Command {
    let mut command = Command::new(program);
    if let Some((user, group)) = owner {
        command.uid(user).gid(group);
    }
    command.current_dir("/");
    command
}

fn program(name: &str, owner: Option<(u32, u32)>) -> Command {
    owned(binary(name), owner)
}

/// Debian keeps the programs of each version in a folder of its own.
fn binary(name: &str) -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> =
        versions.map(|version| version.path().join("bin").join(name)).filter(|path| path.exists()).collect();
    found.sort();
    found.pop().unwrap_or_else(|| PathBuf::from(name))
}
