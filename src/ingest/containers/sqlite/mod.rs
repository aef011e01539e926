//! An SQLite database → its tables, each a file of rows.
//!
//! Comes in: the database as a [`Seekable`]. Goes out: one member for each table with rows, by
//! name; and one for the chats of a program whose tables belong together (`chats`). Called by
//! `kind`.
//!
//! A database is a program for SQLite, and this one may be hostile. It is opened as one that
//! nobody changes, so nothing is ever written beside it. Only plain tables are read: views,
//! triggers, virtual tables and functions are refused by SQLite itself (`opened`). What one row may
//! cost is limited in bytes and in steps.

mod chats;
mod opened;
mod table;

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::sync::{Arc, Mutex};

use rusqlite::Connection;

use super::limited::OverLimit;
use super::seekable::Seekable;
use super::{Archive, Content, Member, Refused};
use crate::ingest::Limits;
use chats::Chats;
use opened::Opened;
use table::Table;

/// A database whose tables are given out one after another.
pub(in crate::ingest) struct Database {
    file: Arc<Mutex<Opened>>,
    /// The tables, each with the condition for its rows.
    tables: VecDeque<(String, &'static str)>,
    chats: Option<Chats>,
    packed: u64,
    limits: Limits,
}

impl Database {
    /// Reads which tables there are.
    ///
    /// # Errors
    ///
    /// Where the file cannot be opened, is damaged, or has more tables than an archive may have
    /// members.
    pub fn open(file: &Seekable, limits: &Limits) -> Result<Self, Refused> {
        let packed = file.length();
        let opened = Opened::new(file, limits)?;
        let tables = tables(&opened.connection)?;
        if tables.len() > limits.members {
            let over = OverLimit::members(tables.len(), limits.members);
            return Err(io::Error::from(over).into());
        }
        let chats = Chats::of(&opened.connection, &tables);
        // The tables that the chats are put together from are not read a second time.
        let mut names = VecDeque::new();
        for name in tables.into_keys() {
            let condition = chats.map_or(Some("1"), |chats| chats.leaves(&name));
            let Some(condition) = condition else { continue };
            if table::has_rows(&opened.connection, &name, condition) {
                names.push_back((name, condition));
            }
        }
        let file = Arc::new(Mutex::new(opened));
        Ok(Self { file, tables: names, chats, packed, limits: *limits })
    }
}

impl Archive for Database {
    fn next(&mut self) -> io::Result<Option<Member>> {
        if let Some(chats) = self.chats.take() {
            let name = chats.name().to_owned();
            let rows = chats::Reader::new(chats, self.file.clone(), self.packed, &self.limits);
            return Ok(Some(Member { name, content: Ok(Content::Rows(Box::new(rows))) }));
        }
        let Some((name, condition)) = self.tables.pop_front() else { return Ok(None) };
        let rows = Table::new(self.file.clone(), &name, condition, self.packed, &self.limits);
        let content = match rows {
            Ok(rows) => Ok(Content::Rows(Box::new(rows) as Box<dyn super::Rows>)),
            Err(error) => Err(Refused::Io(error)),
        };
        Ok(Some(Member { name, content }))
    }

    fn is_one_file(&self) -> bool {
        true
    }
}

/// The names of the plain tables, with their columns.
fn tables(connection: &Connection) -> io::Result<BTreeMap<String, Vec<String>>> {
    let mut query = connection
        .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'table'")
        .map_err(broken)?;
    let found = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).map_err(broken)?;
    let found: Vec<(String, String)> = found.filter_map(Result::ok).collect();
    let is_virtual = |sql: &str| {
        let words = sql.split_ascii_whitespace().skip(1).take(1);
        words.clone().any(|word| word.eq_ignore_ascii_case("virtual"))
    };
    let virtuals: Vec<&str> =
        found.iter().filter(|(_, sql)| is_virtual(sql)).map(|(name, _)| name.as_str()).collect();
    // What an index for full text keeps beside itself is the text of another table once more.
    let is_shadow = |name: &str| {
        virtuals.iter().any(|own| {
            let rest = name.strip_prefix(own).and_then(|rest| rest.strip_prefix('_'));
            rest.is_some_and(|rest| SHADOWS.contains(&rest))
        })
    };
    let mut tables = BTreeMap::new();
    for (name, sql) in &found {
        if !name.starts_with("sqlite_") && !is_virtual(sql) && !is_shadow(name) {
            tables.insert(name.clone(), table::columns(connection, name).unwrap_or_default());
        }
    }
    Ok(tables)
}

const SHADOWS: &[&str] =
    &["config", "content", "data", "docsize", "idx", "segdir", "segments", "stat"];

/// A name as SQLite takes it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn broken(error: rusqlite::Error) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("SQLite says: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::containers::Row;

    /// A database that some statements make.
    pub(super) fn database(statements: &str) -> Database {
        let file = tempfile::NamedTempFile::new().unwrap();
        Connection::open(file.path()).unwrap().execute_batch(statements).unwrap();
        let file = Seekable::spooled(std::fs::File::open(file.path()).unwrap()).unwrap();
        match Database::open(&file, &Limits::default()) {
            Ok(database) => database,
            Err(Refused::Io(error)) => panic!("{error}"),
            Err(Refused::Unsupported(what, _)) => panic!("{what}"),
        }
    }

    /// All rows of all members, as JSON; what cannot be read as its reason.
    pub(super) fn all(database: &mut Database) -> Vec<(String, String)> {
        let mut out = Vec::new();
        while let Some(member) = database.next().unwrap() {
            match member.content {
                Ok(Content::Rows(mut rows)) => {
                    while let Some(row) = rows.next().unwrap() {
                        let row = match row {
                            Row::Object { object, .. } => serde_json::to_string(&object).unwrap(),
                            Row::Bad { detail, .. } => detail,
                        };
                        out.push((member.name.clone(), row));
                    }
                }
                Ok(Content::Bytes(_)) => panic!("no rows"),
                Err(_) => out.push((member.name, "refused".into())),
            }
        }
        out
    }

    #[test]
    fn plain_tables_are_read_and_nothing_else() {
        let mut database = database(
            "CREATE TABLE b (id TEXT PRIMARY KEY, n INTEGER, x REAL, meta TEXT, raw BLOB);
             INSERT INTO b VALUES ('one', 1, 0.5, '{\"a\": [1]}', x'7b7d'), ('two', NULL, 2, 'x', x'ff');
             CREATE TABLE a (k TEXT, v TEXT, twice TEXT GENERATED ALWAYS AS (v || v), PRIMARY KEY (k)) WITHOUT ROWID;
             INSERT INTO a (k, v) VALUES ('p', 'q'), ('r', 's');
             CREATE TABLE empty (a);
             CREATE VIEW seen AS WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n FROM r;
             CREATE TRIGGER t AFTER INSERT ON b BEGIN DELETE FROM b; END;
             CREATE VIRTUAL TABLE words USING fts5(text);
             INSERT INTO words VALUES ('some words');",
        );
        let expected = [
            ("a", r#"{"k":"p","v":"q"}"#),
            ("a", r#"{"k":"r","v":"s"}"#),
            ("b", r#"{"id":"one","n":1,"x":0.5,"meta":{"a":[1]},"raw":{}}"#),
            ("b", r#"{"id":"two","n":null,"x":2.0,"meta":"x","raw":null}"#),
        ];
        assert_eq!(
            all(&mut database),
            expected.map(|(name, row)| (name.to_owned(), row.to_owned()))
        );
    }
}
