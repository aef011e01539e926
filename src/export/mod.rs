//! Records → files that other programs and `ingest` read.
//!
//! Comes in: [`Row`]s, which are [`Trace`](crate::trace::Trace)s or scores. Goes out: JSON Lines,
//! compressed or not, CSV or Parquet, as the ending of the file's name says ([`RecordFormat`]).
//! `ingest` reads the records of all of them back. Called by `ingest -o` and `score -o`.

mod csv;
mod format;
#[cfg(feature = "parquet")]
mod parquet;
#[cfg(not(feature = "parquet"))]
#[path = "without_parquet.rs"]
mod parquet;
mod row;
mod trace_row;
mod writer;

#[cfg(feature = "report")]
pub(crate) use csv::without_formula;
pub use format::RecordFormat;
pub use parquet::ParquetWriter;
pub use row::{Cell, Column, ColumnKind, Row};
pub use writer::RecordWriter;

/// Why a file of records cannot be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The disk is full or the file may not be written.
    #[error("{0}")]
    Write(#[from] std::io::Error),
    /// The Parquet library failed: a mistake in this program.
    #[error("the Parquet file cannot be written: {what}; please report this")]
    Parquet {
        /// What the library said.
        what: String,
    },
    /// The program was built without Parquet.
    #[error(
        "this program was built without Parquet. Write .jsonl or .jsonl.zst, or build it with the feature `parquet`"
    )]
    WithoutParquet,
}
