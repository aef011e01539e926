//! A table of a database → rows.
//!
//! Comes in: the open database and the name of a table. Goes out: each row as a JSON object with
//! the names of the columns, in the order in which they were put in; a cell that holds a JSON
//! object or array becomes that. Bytes are text where they can be read as text. Called by `mod`.
//!
//! The rows are fetched in batches that are bounded by bytes, each from where the last one ended,
//! since a running query cannot be kept beside its database.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use rusqlite::types::ValueRef;
use serde_json::Value;

use super::super::limited::{OverLimit, RowBudget};
use super::super::{Row, Rows, cell};
use super::opened::Opened;
use super::{broken, quoted};
use crate::ingest::Limits;
use crate::ingest::record::Object;
use crate::{ingest::summary::Reason, trace::Position};

/// How many bytes of rows are fetched at a time.
const BATCH_BYTES: usize = 8 << 20;
/// How many rows are fetched at a time.
const BATCH_ROWS: i64 = 1024;

/// A table that is being read.
pub(super) struct Table {
    file: Arc<Mutex<Opened>>,
    columns: Vec<String>,
    /// The next rows, by number: `?1` is where to begin, `?2` how many.
    sql: String,
    /// The number of the next row alone, or `None` where rows have no numbers.
    next: Option<String>,
    /// Where the next batch begins.
    from: Option<i64>,
    fetched: VecDeque<Row>,
    row: usize,
    budget: RowBudget,
    limits: Limits,
}

/// The columns of a table that hold something: no generated ones, which SQLite would compute.
pub(super) fn columns(connection: &Connection, table: &str) -> io::Result<Vec<String>> {
    let sql = format!("PRAGMA table_xinfo({})", quoted(table));
    let mut query = connection.prepare(&sql).map_err(broken)?;
    let found = query.query_map([], |row| Ok((row.get(1)?, row.get(6)?))).map_err(broken)?;
    let found: Vec<(String, i64)> = found.collect::<Result<_, _>>().map_err(broken)?;
    Ok(found.into_iter().filter(|(_, hidden)| *hidden == 0).map(|(name, _)| name).collect())
}

/// Whether there is a row in a table for which `condition` is true. One that cannot be read is
/// told when it is.
pub(super) fn has_rows(connection: &Connection, table: &str, condition: &str) -> bool {
    let sql = format!("SELECT 1 FROM {} WHERE {condition} LIMIT 1", quoted(table));
    let found = connection.prepare(&sql).and_then(|mut query| query.exists([]));
    found.unwrap_or(true)
}

impl Table {
    /// Makes ready to read the rows for which `condition` is true.
    ///
    /// # Errors
    ///
    /// Where SQLite does not tell the columns.
    pub fn new(
        file: Arc<Mutex<Opened>>,
        table: &str,
        condition: &str,
        packed: u64,
        limits: &Limits,
    ) -> io::Result<Self> {
        let opened = file.lock().unwrap_or_else(PoisonError::into_inner);
        opened.next_row();
        let columns = columns(&opened.connection, table)?;
        let names: Vec<String> = columns.iter().map(|name| quoted(name)).collect();
        let (names, table) = (names.join(", "), quoted(table));
        // The number of a row has three names; a column may have taken one of them.
        let number = ["_rowid_", "rowid", "oid"]
            .into_iter()
            .find(|name| !columns.iter().any(|column| column.eq_ignore_ascii_case(name)))
            .filter(|name| {
                opened.connection.prepare(&format!("SELECT {name} FROM {table} LIMIT 0")).is_ok()
            });
        let (sql, next) = match number {
            Some(number) => (
                format!(
                    "SELECT {number}, {names} FROM {table} WHERE {number} >= ?1 AND {condition} ORDER BY {number} LIMIT ?2"
                ),
                Some(format!(
                    "SELECT {number} FROM {table} WHERE {number} >= ?1 AND {condition} ORDER BY {number} LIMIT 1"
                )),
            ),
            None => (
                format!("SELECT 0, {names} FROM {table} WHERE {condition} LIMIT ?2 OFFSET ?1"),
                None,
            ),
        };
        let from = Some(if next.is_some() { i64::MIN } else { 0 });
        drop(opened);
        let budget = RowBudget::new(packed, limits);
        let fetched = VecDeque::new();
        Ok(Self { file, columns, sql, next, from, fetched, row: 0, budget, limits: *limits })
    }

    /// Fetches the next batch.
    fn fetch(&mut self) -> io::Result<()> {
        let Some(from) = self.from else { return Ok(()) };
        let shared = self.file.clone();
        let opened = shared.lock().unwrap_or_else(PoisonError::into_inner);
        opened.next_row();
        let mut query = opened.connection.prepare(&self.sql).map_err(broken)?;
        let mut rows = query.query((from, BATCH_ROWS)).map_err(broken)?;
        let (mut bytes, mut count) = (0, 0);
        let mut next = None;
        while bytes < BATCH_BYTES {
            opened.next_row();
            let row = match rows.next() {
                Ok(Some(row)) => row,
                Ok(None) => break,
                Err(error) => {
                    let from = next.unwrap_or(from);
                    self.from = self.after_a_bad_row(&opened.connection, from);
                    self.push_bad(&error);
                    return Ok(());
                }
            };
            count += 1;
            let number: i64 = row.get(0).map_err(broken)?;
            // In a damaged table a row may come again, and then the same rows would for ever.
            if self.next.is_some() && number < next.unwrap_or(from) {
                self.from = None;
                self.push_broken("its rows are out of order");
                return Ok(());
            }
            next = if self.next.is_some() { number.checked_add(1) } else { Some(from + count) };
            let mut size = 0;
            let mut object = Object::new();
            for (at, name) in self.columns.iter().enumerate() {
                let found = row.get_ref(at + 1).map_err(broken)?;
                object.insert(name.clone(), value(name, found, &mut size, self.limits.depth));
            }
            bytes += size;
            if let Err(error) = self.budget.take(size) {
                self.from = None;
                self.push_over(&error);
                return Ok(());
            }
            self.row += 1;
            let position = Position::Row(self.row);
            self.fetched.push_back(if size > self.limits.record_bytes {
                let limit = self.limits.record_bytes;
                let detail = format!("It is longer than {limit} bytes.");
                Row::Bad { position, count: 1, reason: Reason::TooLong, detail }
            } else {
                Row::Object { position, object, lossy: false }
            });
            if next.is_none() {
                break;
            }
        }
        let is_last = count < BATCH_ROWS && bytes < BATCH_BYTES;
        self.from = next.filter(|_| !is_last);
        Ok(())
    }

    /// Where to go on behind a row that cannot be read. Its number still can.
    fn after_a_bad_row(&self, connection: &Connection, from: i64) -> Option<i64> {
        let sql = self.next.as_ref()?;
        let number: i64 = connection.query_row(sql, [from], |row| row.get(0)).ok()?;
        number.checked_add(1)
    }

    fn push_bad(&mut self, error: &rusqlite::Error) {
        self.row += 1;
        let is_too_long = error.sqlite_error_code() == Some(rusqlite::ErrorCode::TooBig);
        let (reason, mut detail) = if is_too_long {
            (Reason::TooLong, format!("It is longer than {} bytes.", self.limits.record_bytes))
        } else {
            (Reason::BrokenRow, format!("SQLite says: {error}."))
        };
        if self.from.is_none() {
            detail.push_str(" Nothing after it was read.");
        }
        let position = Position::Row(self.row);
        self.fetched.push_back(Row::Bad { position, count: 1, reason, detail });
    }

    fn push_broken(&mut self, what: &str) {
        self.row += 1;
        let (position, reason) = (Position::Row(self.row), Reason::BrokenRow);
        let detail = format!("The table is damaged: {what}. Nothing after it was read.");
        self.fetched.push_back(Row::Bad { position, count: 1, reason, detail });
    }

    fn push_over(&mut self, error: &io::Error) {
        self.row += 1;
        let position = Position::Row(self.row);
        let is_over = OverLimit::of(error).is_some();
        let reason = if is_over { Reason::OverLimit } else { Reason::BrokenRow };
        let detail = format!("It and the rows after it cannot be read: {error}.");
        self.fetched.push_back(Row::Bad { position, count: 1, reason, detail });
    }
}

/// A cell as JSON; `size` grows by what it takes.
fn value(column: &str, found: ValueRef, size: &mut usize, depth: usize) -> Value {
    *size += 16;
    let mut text = |bytes: &[u8]| {
        *size += bytes.len();
        cell(column, &String::from_utf8_lossy(bytes), depth)
    };
    match found {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => number.into(),
        ValueRef::Real(number) => number.into(),
        ValueRef::Text(bytes) => text(bytes),
        // Keys and values of programs are often bytes that are text.
        ValueRef::Blob(bytes) if std::str::from_utf8(bytes).is_ok() => text(bytes),
        ValueRef::Blob(_) => Value::Null,
    }
}

impl Rows for Table {
    fn next(&mut self) -> io::Result<Option<Row>> {
        while self.fetched.is_empty() && self.from.is_some() {
            self.fetch()?;
        }
        Ok(self.fetched.pop_front())
    }

    fn position(&self) -> Position {
        Position::Row(self.row - self.fetched.len())
    }
}
