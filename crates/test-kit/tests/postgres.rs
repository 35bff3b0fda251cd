//! A private PostgreSQL: what it gives, and that it ends whatever happens.
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
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread::yield_now;
use std::time::{Duration, Instant};

use test_kit::{Postgres, PostgresError};

/// Set where this program is started by its own test, to be killed.
const VICTIM: &str = "TEST_KIT_VICTIM";

/// Generous: it is waited for only where something is wrong, or the machine has much else to do.
const PATIENCE: Duration = Duration::from_secs(120);

#[test]
fn a_database_belongs_to_a_role_without_privileges() {
    let database = Postgres::shared().unwrap().create_database("narrow").unwrap();
    assert!(database.name().starts_with("narrow_"), "{database:?}");
    for role in [database.owner(), database.service()] {
        let attributes = format!(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication FROM pg_roles WHERE rolname = '{role}'"
        );
        assert_eq!(database.inspect(&attributes).unwrap(), "f|f|f|f|f\n");
    }
    assert_eq!(database.query("SELECT current_user").unwrap().trim_end(), database.owner());
    let as_service = |statement| database.query_as_service(&[statement]);
    assert_eq!(as_service("SELECT current_user").unwrap().trim_end(), database.service());
    for statement in ["CREATE TABLE mine ()", "CREATE TEMPORARY TABLE mine ()", "CREATE SCHEMA mine"] {
        assert!(as_service(statement).unwrap_err().to_string().contains("permission denied"), "{statement}");
    }
    assert_eq!(database.inspect("SELECT current_user").unwrap(), "postgres\n");
    assert!(database.query("CREATE ROLE more").unwrap_err().to_string().contains("permission denied"));
}

#[test]
fn row_level_security_holds_for_the_owner_where_it_is_forced() {
    let database = Postgres::shared().unwrap().create_database("walls").unwrap();
    for statement in [
        "CREATE TABLE thing (tenant text)",
        "INSERT INTO thing VALUES ('acme'), ('globex')",
        "ALTER TABLE thing ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE thing FORCE ROW LEVEL SECURITY",
        "CREATE POLICY one ON thing USING (tenant = 'acme')",
    ] {
        database.query(statement).unwrap();
    }
    assert_eq!(database.query("SELECT tenant FROM thing").unwrap(), "acme\n");
    assert_eq!(database.inspect("SELECT count(*) FROM thing").unwrap(), "2\n");
}

#[test]
fn databases_of_one_server_are_apart() {
    let server = Postgres::shared().unwrap();
    assert_eq!(server.port(), Postgres::shared().unwrap().port());
    let (one, other) = (server.create_database("same").unwrap(), server.create_database("same").unwrap());
    one.query("CREATE TABLE mine ()").unwrap();
    assert!(other.query("SELECT FROM mine").unwrap_err().to_string().contains("does not exist"));
    let url = |role| format!("postgres://{role}@127.0.0.1:{}/{}", server.port(), one.name());
    assert_eq!([one.url(), one.migration_url()], [url(one.service()), url(one.owner())]);
    for role in [one.owner(), one.service()] {
        let connects = format!("SELECT has_database_privilege('{role}', current_database(), 'CONNECT')");
        assert_eq!(other.inspect(&connects).unwrap(), "f\n");
    }
}

#[test]
fn a_name_that_would_have_to_be_quoted_is_refused() {
    let server = Postgres::shared().unwrap();
    for name in ["", "1st", "Orders", "a-b", "a b", "a;drop", "a@b", "_a", &"a".repeat(41)] {
        assert!(matches!(server.create_database(name), Err(PostgresError::Name(_))), "{name}");
    }
}

#[test]
fn statements_are_counted_from_outside() {
    let server = Postgres::shared().unwrap();
    let (ours, other) =
        (server.create_database("counted").unwrap(), server.create_database("counted").unwrap());
    ours.query("SELECT 'before'").unwrap();
    let log = ours.statement_log().unwrap();
    assert_eq!(log.take().unwrap(), [""; 0]);
    ours.query("SELECT 1\nWHERE true").unwrap();
    other.query("SELECT 'elsewhere'").unwrap();
    ours.query("SELECT nothing").unwrap_err();
    ours.query("BEGIN; SELECT 2; COMMIT").unwrap();
    assert_eq!(log.take().unwrap(), ["SELECT 1\nWHERE true", "SELECT nothing", "BEGIN; SELECT 2; COMMIT"]);
    assert_eq!(log.take().unwrap(), [""; 0]);
}

/// The folder and a connection of a server.
fn folder_of(server: &Postgres) -> PathBuf {
    let database = server.create_database("folder").unwrap();
    PathBuf::from(database.inspect("SHOW data_directory").unwrap().trim_end()).parent().unwrap().to_path_buf()
}

fn answers(port: u16) -> bool {
    TcpStream::connect(("127.0.0.1", port)).is_ok()
}

#[test]
fn a_server_ends_when_it_is_dropped() {
    let server = Postgres::start().unwrap();
    let (port, folder) = (server.port(), folder_of(&server));
    assert!(answers(port) && folder.exists());
    drop(server);
    assert!(!answers(port) && !folder.exists());
}

#[test]
fn a_server_ends_when_its_test_panics() {
    let (sender, receiver) = std::sync::mpsc::channel();
    let test = std::thread::spawn(move || {
        let server = Postgres::start().unwrap();
        sender.send((server.port(), folder_of(&server))).unwrap();
        panic!("as tests do");
    });
    assert!(test.join().is_err());
    let (port, folder) = receiver.recv().unwrap();
    assert!(!answers(port) && !folder.exists());
}

#[test]
fn a_server_ends_when_its_process_is_killed() {
    let mut victim = Command::new(env::current_exe().unwrap())
        .args(["--exact", "the_victim", "--nocapture"])
        .env(VICTIM, "1")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let told = BufReader::new(victim.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok)
        .find_map(|line| line.strip_prefix("victim ").map(str::to_owned))
        .unwrap();
    let (port, folder) = told.split_once(' ').unwrap();
    let (port, folder) = (port.parse().unwrap(), PathBuf::from(folder));
    // A connection that says nothing hears of the server's end.
    let mut connection = TcpStream::connect(("127.0.0.1", port)).unwrap();
    connection.set_read_timeout(Some(PATIENCE)).unwrap();

    // On Unix this is SIGKILL: nothing of the process runs any more.
    victim.kill().unwrap();
    victim.wait().unwrap();

    let heard = connection.read(&mut [0]);
    let ended = match &heard {
        Ok(length) => *length == 0,
        Err(error) => error.kind() == ErrorKind::ConnectionReset,
    };
    assert!(ended, "the server goes on: {heard:?}");
    let deadline = Instant::now() + PATIENCE;
    while answers(port) || folder.exists() {
        assert!(Instant::now() < deadline, "{} is still there", folder.display());
        yield_now();
    }
}

/// Not a test of its own: what `a_server_ends_when_its_process_is_killed` kills.
#[test]
fn the_victim() {
    if env::var_os(VICTIM).is_none() {
        return;
    }
    let server = Postgres::shared().unwrap();
    let told = format!("\nvictim {} {}\n", server.port(), folder_of(server).display());
    std::io::stdout().write_all(told.as_bytes()).unwrap();
    loop {
        std::thread::park();
    }
}
