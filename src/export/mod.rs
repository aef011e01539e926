//! Traces → files of canonical records.
//!
//! Comes in: [`Trace`](crate::trace::Trace)s. Goes out: a file that `ingest` reads back to the same
//! traces. Called by `ingest -o`. (JSON Lines need no module: a trace is its own line.)

#[cfg(feature = "parquet")]
mod parquet;
#[cfg(not(feature = "parquet"))]
#[path = "without_parquet.rs"]
mod parquet;

pub use parquet::ParquetWriter;

/// Why a file cannot be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The disk is full, the file may not be written, or its writer failed.
    #[error("the Parquet file cannot be written: {0}")]
    Write(#[from] std::io::Error),
    /// The program was built without Parquet.
    #[error(
        "this program was built without Parquet. Write .jsonl or .jsonl.zst, or build it with the feature `parquet`"
    )]
    WithoutParquet,
}
