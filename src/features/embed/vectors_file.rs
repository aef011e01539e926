//! A file of vectors, opened by the reader of its kind.
//!
//! Comes in: an `.npy` file, a Parquet file or JSON Lines. Goes out: [`Precomputed`]. Called by
//! `source`.

use std::path::Path;

use super::precomputed::{Columns, Precomputed};
use super::{EmbedError, jsonl, npy};

impl Precomputed {
    /// Reads the vectors of a file, whose kind is told by its name: `.npy`, `.parquet`, else JSON
    /// Lines.
    ///
    /// An `.npy` file is a matrix with one row for each trace, in the order of the traces. The rows
    /// of Parquet and JSON Lines are matched by `columns.id`, or by their order where no row has an
    /// id.
    ///
    /// # Errors
    /// Where the file cannot be read, has another shape, lists of different lengths, a number that
    /// is not finite, an id twice, or ids in some rows only.
    pub fn open(path: &Path, columns: Columns<'_>) -> Result<Self, EmbedError> {
        let extension = path.extension().map(|part| part.to_string_lossy().to_lowercase());
        match extension.as_deref() {
            Some("npy") => {
                let matrix = npy::read(path)?;
                let file = path.display().to_string();
                Ok(Self::new(file, matrix.columns, matrix.values, None))
            }
            Some("parquet") => open_parquet(path, columns),
            _ => jsonl::read(path, columns),
        }
    }
}

#[cfg(feature = "parquet")]
fn open_parquet(path: &Path, columns: Columns<'_>) -> Result<Precomputed, EmbedError> {
    super::parquet::read(path, columns)
}

#[cfg(not(feature = "parquet"))]
fn open_parquet(path: &Path, _: Columns<'_>) -> Result<Precomputed, EmbedError> {
    Err(EmbedError::invalid(
        path.display(),
        "is a Parquet file, which this program was built without",
        "Build it with the feature `parquet`, or write the vectors as .npy or JSON Lines",
    ))
}
