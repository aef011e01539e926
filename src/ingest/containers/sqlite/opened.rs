//! A database, opened so that what is in it can do nothing.
//!
//! Comes in: the file. Goes out: a connection that reads plain tables, and refuses all else. Called
//! by `mod`.

use std::fmt::Write;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::config::DbConfig;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;

use super::super::Refused;
use super::super::seekable::Seekable;
use super::broken;
use crate::ingest::Limits;

/// After how many steps of SQLite's machine it is asked whether to go on.
const STEPS: i32 = 10_000;
/// How often the answer is yes for one row.
const MOST: u64 = 5_000;

/// An open database.
pub(super) struct Opened {
    pub connection: Connection,
    /// Steps since the last row, in [`STEPS`].
    steps: Arc<AtomicU64>,
    /// A copy of the database is removed with this.
    _copy: Option<TempDir>,
}

impl Opened {
    /// Opens a database.
    ///
    /// # Errors
    ///
    /// Where it is damaged or cannot be copied.
    pub fn new(file: &Seekable, limits: &Limits) -> Result<Self, Refused> {
        let (path, copy) = lay_down(file, limits)?;
        let mut flags = OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        // A copy may be written to: that is how SQLite takes in what is in the file beside it.
        let has_log = copy.is_some() && log_of(&path).exists();
        flags |= if has_log {
            OpenFlags::SQLITE_OPEN_READ_WRITE
        } else {
            OpenFlags::SQLITE_OPEN_READ_ONLY
        };
        let address = address(&path, !has_log);
        let mut connection = Connection::open_with_flags(address, flags).map_err(broken)?;
        let steps = Arc::new(AtomicU64::new(0));
        guard(&mut connection, &steps, limits).map_err(broken)?;
        Ok(Self { connection, steps, _copy: copy })
    }

    /// Allows the steps of another row.
    pub fn next_row(&self) {
        self.steps.store(0, Ordering::Relaxed);
    }
}

fn guard(
    connection: &mut Connection,
    steps: &Arc<AtomicU64>,
    limits: &Limits,
) -> rusqlite::Result<()> {
    for (option, on) in [
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false),
        (DbConfig::SQLITE_DBCONFIG_WRITABLE_SCHEMA, false),
    ] {
        connection.set_db_config(option, on)?;
    }
    let longest = i32::try_from(limits.record_bytes).unwrap_or(i32::MAX).max(1 << 20);
    for (limit, most) in [
        (Limit::SQLITE_LIMIT_LENGTH, longest),
        (Limit::SQLITE_LIMIT_SQL_LENGTH, 1 << 20),
        (Limit::SQLITE_LIMIT_ATTACHED, 0),
        (Limit::SQLITE_LIMIT_WORKER_THREADS, 0),
        (Limit::SQLITE_LIMIT_TRIGGER_DEPTH, 1),
    ] {
        connection.set_limit(limit, most)?;
    }
    // The size of cells is checked before they are trusted; 16 MB of pages are kept.
    connection.execute_batch(
        "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA cache_size = -16000; PRAGMA query_only = ON;",
    )?;
    let steps = steps.clone();
    let is_over = move || steps.fetch_add(1, Ordering::Relaxed) > MOST;
    connection.progress_handler(STEPS, Some(is_over))?;
    connection.authorizer(Some(|context: AuthContext| match context.action {
        AuthAction::Select | AuthAction::Read { .. } if context.accessor.is_none() => {
            Authorization::Allow
        }
        AuthAction::Pragma { pragma_name: "table_xinfo", .. } => Authorization::Allow,
        _ => Authorization::Deny,
    }))
}

/// The file that a running program writes to before it writes to the database.
fn log_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

/// Where the database can be opened: in its own place, or as a copy, since it came as a stream or
/// a running program has not yet written all of it.
fn lay_down(file: &Seekable, limits: &Limits) -> Result<(PathBuf, Option<TempDir>), Refused> {
    let log = file.path().map(log_of);
    let log = log.and_then(|log| Some((log.metadata().ok()?.len(), log))).filter(|log| log.0 > 0);
    match (file.path(), &log) {
        (Some(path), None) => {
            file.count_all();
            return Ok((path.to_owned(), None));
        }
        (_, Some((size, _))) if size.saturating_add(file.length()) > limits.unpacked_bytes => {
            return Err(Refused::Unsupported(
                "an SQLite database that another program has open, and too large to be copied",
                "Close the other program, and try again.",
            ));
        }
        _ => {}
    }
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("copy.db");
    if let Some((_, log)) = log {
        io::copy(&mut File::open(log)?, &mut File::create(log_of(&path))?)?;
    }
    io::copy(&mut file.at(0), &mut File::create(&path)?)?;
    Ok((path, Some(folder)))
}

/// The path as an address. An immutable file is read without locks and without files beside it.
fn address(path: &Path, is_immutable: bool) -> String {
    // On Windows a path begins with the letter of a drive.
    let mut address = String::from(if cfg!(windows) { "file:///" } else { "file:" });
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => {
                address.push(char::from(*byte));
            }
            byte => _ = write!(address, "%{byte:02X}"),
        }
    }
    if is_immutable {
        address.push_str("?immutable=1");
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_reading_is_allowed() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let made = Connection::open(file.path()).unwrap();
        made.execute_batch(
            "CREATE TABLE t (a); INSERT INTO t VALUES (1); CREATE VIEW v AS SELECT a FROM t;",
        )
        .unwrap();
        drop(made);
        let seekable = Seekable::file(file.path(), Arc::default()).unwrap();
        let Ok(opened) = Opened::new(&seekable, &Limits::default()) else { panic!("not opened") };
        let run = |sql: &str| {
            opened.connection.query_row(sql, [], |row| row.get::<_, i64>(0)).map_err(|_| ())
        };
        assert_eq!(run("SELECT a FROM t"), Ok(1));
        for sql in [
            "SELECT a FROM v",
            "SELECT length(hex(zeroblob(1000000))) FROM t",
            "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n FROM r",
            "SELECT count(*) FROM pragma_table_list",
            "DELETE FROM t RETURNING a",
            "ATTACH 'x' AS y",
            "PRAGMA writable_schema = ON",
        ] {
            assert_eq!(run(sql), Err(()), "{sql}");
        }
        assert!(!log_of(file.path()).exists());
    }

    #[test]
    fn what_a_running_program_has_not_written_yet_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a ? b%.db");
        let made = Connection::open(&path).unwrap();
        made.execute_batch(
            "PRAGMA journal_mode = WAL; CREATE TABLE t (a); INSERT INTO t VALUES (7);",
        )
        .unwrap();
        assert!(log_of(&path).metadata().unwrap().len() > 0);
        let before: Vec<_> = std::fs::read(&path).unwrap();
        let seekable = Seekable::file(&path, Arc::default()).unwrap();
        let Ok(opened) = Opened::new(&seekable, &Limits::default()) else { panic!("not opened") };
        let found = opened.connection.query_row("SELECT a FROM t", [], |row| row.get::<_, i64>(0));
        assert_eq!(found, Ok(7));
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }
}
