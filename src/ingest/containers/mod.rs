//! Containers: files that hold records in another way than as JSON or text.
//!
//! `kind` finds out by the first bytes which container it is. `packed` (with `gzip`) unpacks what
//! is compressed, `seekable` makes any input one that can be read from any place. `zipped` and
//! `tar` open archives, whose members are then read like the files of a folder; `zipped` reads the
//! `.eval` logs of Inspect too. `table` (CSV, TSV), `parquet` (with `columns`) and `arrow` give
//! rows: JSON objects that go the way of JSON records. `workbook` (Excel) and `sqlite` are archives
//! whose members are sheets and tables. `pandas` takes JSON apart that stands for a table.
//! `limited` keeps what is unpacked within the limits. Called by `source`, `file` and
//! [`Traces`](super::Traces).

#[cfg(feature = "parquet")]
mod arrow;
#[cfg(feature = "parquet")]
mod columns;
mod gzip;
pub(super) mod kind;
pub(super) mod limited;
pub(super) mod packed;
pub(super) mod pandas;
#[cfg(feature = "parquet")]
mod parquet;
pub(super) mod seekable;
#[cfg(feature = "sqlite")]
mod sqlite;
pub(super) mod table;
mod tar;
pub(super) mod unread;
#[cfg(feature = "xlsx")]
mod workbook;
#[cfg(feature = "zip")]
pub(super) mod zipped;

use std::io::{self, Read};
use std::sync::Arc;

use serde_json::Value;

use super::json;
use super::record::Object;
use super::summary::Reason;
use crate::trace::Position;

/// Why an input or a member cannot be opened.
pub(super) enum Refused {
    Io(io::Error),
    /// A kind of file that is not read: what it is, and what to do.
    Unsupported(&'static str, &'static str),
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// A file of files: an archive, the sheets of a workbook, the tables of a database.
pub(super) trait Archive: Send {
    /// The next member, or `None` after the last.
    ///
    /// # Errors
    ///
    /// Where the reading broke off, and no member can follow.
    fn next(&mut self) -> io::Result<Option<Member>>;

    /// Members that were passed over so far, since they or a folder around them are hidden.
    fn hidden(&self) -> usize {
        0
    }

    /// What all members share: the header of an `.eval` log.
    fn header(&self) -> Option<Arc<Object>> {
        None
    }

    /// Whether the members are parts of one file (sheets, tables), and not files of their own.
    fn is_one_file(&self) -> bool {
        false
    }
}

/// A file in an archive.
pub(super) struct Member {
    /// Its name with its folders.
    pub name: String,
    /// What is in it, or why it cannot be opened.
    pub content: Result<Content, Refused>,
}

/// What a member holds.
pub(super) enum Content {
    /// Bytes, which are looked at like those of a file.
    Bytes(Box<dyn Read + Send>),
    /// Rows.
    // Without the features `sqlite` and `xlsx` there are none.
    #[allow(dead_code)]
    Rows(Box<dyn Rows>),
}

/// Whether a member of an archive is hidden: it or a folder around it begins with a dot, or holds
/// what macOS notes about other members.
fn is_hidden(name: &str) -> bool {
    name.split('/').any(|part| part.starts_with('.') || part == "__MACOSX")
}

/// A file of rows.
pub(super) trait Rows: Send {
    /// The next row, or `None` at the end.
    ///
    /// # Errors
    ///
    /// Where the reading broke off, and no row can follow.
    fn next(&mut self) -> io::Result<Option<Row>>;

    /// How far the reading came.
    fn position(&self) -> Position;
}

/// One row of a file of rows.
pub(super) enum Row {
    /// A row as a JSON object. `lossy` tells that bytes which are not UTF-8 were replaced.
    Object { position: Position, object: Object, lossy: bool },
    /// Rows that cannot be read: the first of them, how many, and why.
    Bad { position: Position, count: usize, reason: Reason, detail: String },
}

/// Columns of plain text. What stands in them is left alone, even if it looks like JSON.
const TEXTS: &[&str] =
    &["id", "model", "prompt_id", "prompt", "reasoning", "answer", "source", "domain"];

/// The text of a cell. A table has no other way to hold an object or a list (`meta`, `messages`,
/// `choices`) than as JSON, so that is what it becomes; an empty cell holds nothing.
fn cell(column: &str, text: &str, depth: usize) -> Value {
    let is_plain = TEXTS.contains(&column);
    match text.trim_ascii().as_bytes() {
        [] => Value::Null,
        [b'{', .., b'}'] | [b'[', .., b']'] if !is_plain => match json::parse(text, depth) {
            Ok((value, _)) => value,
            // `[1] So` is a text, and so is a list as Python prints it.
            Err(_) => text.into(),
        },
        _ => text.into(),
    }
}
