use std::fmt;

use super::server::Server;
use super::{PostgresError, StatementLog};

/// The longest name that leaves room for what is added to it (PostgreSQL's limit is 63 bytes).
const LONGEST_NAME: usize = 40;

/// The role that `initdb` makes.
const SUPERUSER: &str = "postgres";

/// An empty database, the role that owns it and migrates it, and the role that a service runs as.
pub struct Database<'server> {
    server: &'server Server,
    name: String,
    owner: String,
    service: String,
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
        let (owner, service) = (format!("{name}_owner"), format!("{name}_service"));
        let role = |role| {
            format!("CREATE ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS")
        };
        server.query(
            SUPERUSER,
            "postgres",
            &[
                &role(&owner),
                &role(&service),
                &format!("CREATE DATABASE {name} OWNER {owner}"),
                &format!("REVOKE ALL ON DATABASE {name} FROM PUBLIC"),
                &format!("GRANT CONNECT ON DATABASE {name} TO {service}"),
            ],
        )?;
        // Before version 15 everybody may.
        server.query(SUPERUSER, &name, &["REVOKE CREATE ON SCHEMA public FROM PUBLIC"])?;
        Ok(Self { server, name, owner, service })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The role that owns it: no superuser, under row-level security where that is forced.
    pub fn owner(&self) -> &str {
        &self.owner
    }

    /// The role that a service runs as: it owns nothing, and may do what it was granted.
    pub fn service(&self) -> &str {
        &self.service
    }

    /// Where a service connects: `postgres://ROLE@127.0.0.1:PORT/NAME`.
    pub fn url(&self) -> String {
        self.server.url(&self.service, &self.name)
    }

    /// Where migrations connect: as the owner.
    pub fn migration_url(&self) -> String {
        self.server.url(&self.owner, &self.name)
    }

    /// Where the superuser connects, for looking at what nobody else may see.
    pub fn superuser_url(&self) -> String {
        self.server.url(SUPERUSER, &self.name)
    }

    /// Runs one statement as the owner; a line for each row, columns parted by `|`.
    pub fn query(&self, statement: &str) -> Result<String, PostgresError> {
        self.server.query(&self.owner, &self.name, &[statement])
    }

    /// Runs statements as a service, in one session and each in a transaction of its own unless they begin one.
    pub fn query_as_service(&self, statements: &[&str]) -> Result<String, PostgresError> {
        self.server.query(&self.service, &self.name, statements)
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
