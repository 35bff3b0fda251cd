use std::fmt;

use super::server::Server;
use super::{PostgresError, StatementLog};

/// The longest name that leaves room for what is added to it (PostgreSQL's limit is 63 bytes).
const LONGEST_NAME: usize = 40;

/// The role that `initdb` makes.
const SUPERUSER: &str = "postgres";

/// An empty database and the role that owns it.
pub struct Database<'server> {
    server: &'server Server,
    name: String,
    role: String,
}

impl<'server> Database<'server> {
    pub(super) fn create(
        server: &'server Server,
        prefix: &str,
        number: usize,
    ) -> Result<Self, PostgresError> {
        if !is_plain(prefix) {
            return Err(PostgresError::Name(prefix.to_owned()));
        }
        let name = format!("{prefix}_{number}");
        let role = format!("{name}_owner");
        server.query(
            SUPERUSER,
            "postgres",
            &[
                &format!(
                    "CREATE ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
                ),
                &format!("CREATE DATABASE {name} OWNER {role}"),
                &format!("REVOKE CONNECT ON DATABASE {name} FROM PUBLIC"),
            ],
        )?;
        Ok(Self { server, name, role })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The role that owns it: no superuser, under row-level security where that is forced.
    pub fn role(&self) -> &str {
        &self.role
    }

    /// Where the owner connects: `postgres://ROLE@127.0.0.1:PORT/NAME`.
    pub fn url(&self) -> String {
        self.server.url(&self.role, &self.name)
    }

    /// Where the superuser connects, for looking at what the owner may not see.
    pub fn superuser_url(&self) -> String {
        self.server.url(SUPERUSER, &self.name)
    }

    /// Runs one statement as the owner; a line for each row, columns parted by `|`.
    pub fn query(&self, statement: &str) -> Result<String, PostgresError> {
        self.server.query(&self.role, &self.name, &[statement])
    }

    /// The same as the superuser, past row-level security. It goes into the statement log too.
    pub fn inspect(&self, statement: &str) -> Result<String, PostgresError> {
        self.server.query(SUPERUSER, &self.name, &[statement])
    }

    /// What the server is asked in this database from now on.
    pub fn statement_log(&self) -> Result<StatementLog, PostgresError> {
        StatementLog::begin(self.server.log_file(), &self.name)
    }
}

impl fmt::Debug for Database<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Database").field("url", &self.url()).finish_non_exhaustive()
    }
}

fn is_plain(name: &str) -> bool {
    name.len() <= LONGEST_NAME
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}
