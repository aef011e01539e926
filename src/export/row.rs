//! What a record looks like in a table.

use serde::Serialize;
use std::borrow::Cow;

/// A record that can be written as a line of JSON, which holds all of it, and as a row of a table.
pub trait Row: Serialize {
    /// The columns of the table, in order. Where a table has more
    /// ([`RecordWriter::with_columns`](super::RecordWriter::with_columns)), they come first.
    const COLUMNS: &'static [Column];

    /// The cells of the row: one for each column of the table, of its kind.
    fn cells(&self) -> Vec<Cell<'_>>;
}

/// One column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: Cow<'static, str>,
    /// What its cells hold.
    pub kind: ColumnKind,
    /// Whether a cell may be missing.
    pub is_optional: bool,
}

impl Column {
    /// A column whose cells are all there.
    pub const fn required(name: &'static str, kind: ColumnKind) -> Self {
        Self { name: Cow::Borrowed(name), kind, is_optional: false }
    }

    /// A column whose cells may be missing.
    pub const fn optional(name: &'static str, kind: ColumnKind) -> Self {
        Self { name: Cow::Borrowed(name), kind, is_optional: true }
    }

    /// A column of numbers, some of which may be missing, whose name is not known before.
    pub fn numbers(name: impl Into<String>) -> Self {
        Self { name: Cow::Owned(name.into()), kind: ColumnKind::Number, is_optional: true }
    }
}

/// What the cells of a column hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Text in UTF-8.
    Text,
    /// A number, 64 bits wide.
    Number,
    /// A count.
    Count,
}

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    /// Text.
    Text(Cow<'a, str>),
    /// A number.
    Number(f64),
    /// A count.
    Count(u64),
    /// Nothing.
    Missing,
}

impl<'a> Cell<'a> {
    /// Text that may be missing.
    pub fn text(text: Option<&'a str>) -> Self {
        text.map_or(Self::Missing, |text| Self::Text(text.into()))
    }
}
