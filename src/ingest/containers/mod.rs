//! Containers: files that hold records in another way than as JSON or text.
//!
//! `seekable` makes any input one that can be read from any place, which archives and Parquet
//! need. `archive` opens zip archives, the `.eval` logs of Inspect among them, whose members are
//! then read like the files of a folder. `table` (CSV, TSV) and `parquet` (with `columns`) give
//! rows: JSON objects that go the way of JSON records. `limited` keeps what is unpacked within the limits. Called by
//! `source`, `file` and [`Traces`](super::Traces).

#[cfg(feature = "zip")]
pub(super) mod archive;
#[cfg(not(feature = "zip"))]
#[path = "without_zip.rs"]
pub(super) mod archive;
#[cfg(feature = "parquet")]
mod columns;
pub(super) mod limited;
#[cfg(feature = "parquet")]
pub(super) mod parquet;
#[cfg(not(feature = "parquet"))]
#[path = "without_parquet.rs"]
pub(super) mod parquet;
pub(super) mod seekable;
pub(super) mod table;

use std::io;

use serde_json::Value;

use super::json;
use super::record::Object;
use super::summary::Reason;
use crate::trace::Position;

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
