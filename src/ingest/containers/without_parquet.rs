//! Stands in for `parquet` where the program was built without it: such a file is refused.

use std::io;

use super::Rows;
use super::seekable::Seekable;
use crate::ingest::Limits;

/// Why a file cannot be opened.
// The other module makes the first; here only the second comes about.
#[allow(dead_code)]
pub(in crate::ingest) enum Closed {
    Io(io::Error),
    Unsupported(&'static str, &'static str),
}

/// Refuses the file.
pub(in crate::ingest) fn rows(_: Seekable, _: &Limits) -> Result<Box<dyn Rows>, Closed> {
    Err(Closed::Unsupported(
        "a Parquet file",
        "This program was built without it: build it with the feature `parquet`, or turn the file into JSON Lines.",
    ))
}
