//! Where in the input a trace was found.

use std::fmt;

use serde::Serialize;

/// A place in the input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The file as the user named it, or `standard input`.
    pub file: String,
    /// Where in the file.
    pub position: Position,
}

/// Where in a file a record is. Numbers begin at 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Position {
    /// The file as a whole.
    File,
    /// A line of JSON Lines.
    Line(usize),
    /// A record of a JSON document: an element of its array, or one of several values in sequence.
    Record(usize),
    /// A row of a table (CSV, TSV) or of a Parquet file, the header not counted.
    Row(usize),
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File => f.write_str("the whole file"),
            Self::Line(line) => write!(f, "line {line}"),
            Self::Record(record) => write!(f, "record {record}"),
            Self::Row(row) => write!(f, "row {row}"),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.position {
            Position::File => f.write_str(&self.file),
            position => write!(f, "{}, {position}", self.file),
        }
    }
}
