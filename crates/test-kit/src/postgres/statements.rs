use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use super::PostgresError;

/// The statements that a server ran in one database, as the server logged them (`log_statement = all`): whoever sent them,
/// by whatever connection or library, `BEGIN` and `COMMIT` among them.
///
/// The server writes a statement down before it runs it; so when its answer is there, it is in the log.
#[derive(Debug)]
pub struct StatementLog {
    file: PathBuf,
    /// What each line of this database begins with (`log_line_prefix`).
    prefix: String,
    position: Mutex<u64>,
}

impl StatementLog {
    pub(super) fn begin(file: PathBuf, database: &str) -> Result<Self, PostgresError> {
        let position = Mutex::new(file.metadata()?.len());
        Ok(Self { file, prefix: format!("@{database}@"), position })
    }

    /// Whether a statement begins or ends a transaction, with what it is told at its beginning. It reads and writes no
    /// rows. The end of one that only read may be logged at any time after its answer.
    pub fn is_of_a_transaction(statement: &str) -> bool {
        ["BEGIN", "COMMIT", "ROLLBACK"].iter().any(|word| statement.starts_with(word))
    }

    /// The statements since the log began or was last taken from.
    pub fn take(&self) -> Result<Vec<String>, PostgresError> {
        let mut position = self.position.lock().unwrap_or_else(PoisonError::into_inner);
        let mut file = File::open(&self.file)?;
        file.seek(SeekFrom::Start(*position))?;
        let mut bytes = Vec::new();
        *position += file.read_to_end(&mut bytes)? as u64;
        Ok(statements(&String::from_utf8_lossy(&bytes), &self.prefix))
    }
}

fn statements(log: &str, prefix: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut in_statement = false;
    for line in log.lines() {
        if let Some(more) = line.strip_prefix('\t') {
            // A statement of several lines goes on behind a tab.
            if let (true, Some(last)) = (in_statement, found.last_mut()) {
                *last = format!("{last}\n{more}");
            }
            continue;
        }
        let statement = line.strip_prefix(prefix).and_then(statement);
        in_statement = statement.is_some();
        found.extend(statement);
    }
    found
}

/// `LOG:  statement: SELECT 1` of the simple protocol, `LOG:  execute NAME: SELECT 1` of the extended one.
fn statement(line: &str) -> Option<String> {
    let entry = line.trim_start().strip_prefix("LOG:  ")?;
    let statement = entry.strip_prefix("statement: ").or_else(|| {
        let (_name, statement) = entry.strip_prefix("execute ")?.split_once(": ")?;
        Some(statement)
    });
    statement.map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::statements;

    #[test]
    fn a_server_log_is_read_by_database() {
        let log = "@@LOG:  database system is ready to accept connections\n\
                   @a@LOG:  statement: BEGIN\n\
                   @b@LOG:  statement: SELECT 'b'\n\
                   \tFROM b\n\
                   @a@LOG:  execute sqlx_s_1: SELECT x\n\
                   \t\tFROM a: b\n\
                   @a@DETAIL:  parameters: $1 = 'x'\n\
                   \tLOG:  statement: not one\n\
                   @a@ERROR:  relation \"c\" does not exist at character 15\n\
                   @a@LOG:  execute <unnamed>: COMMIT\n";
        assert_eq!(statements(log, "@a@"), ["BEGIN", "SELECT x\n\tFROM a: b", "COMMIT"]);
        assert_eq!(statements(log, "@b@"), ["SELECT 'b'\nFROM b"]);
    }
}
