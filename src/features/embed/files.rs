//! Reads whole files of a model's folder, with a bound on what is taken into memory.
//!
//! Called by the sources of vectors.

use std::path::Path;

use serde::de::DeserializeOwned;

use super::EmbedError;

/// The largest file of settings, in bytes.
const LARGEST_JSON: u64 = 16 << 20;

/// Reads a file of at most `largest` bytes.
///
/// # Errors
/// Where it cannot be read or is larger.
pub(super) fn read(file: &Path, largest: u64) -> Result<Vec<u8>, EmbedError> {
    let unreadable = |source| EmbedError::Unreadable { file: file.display().to_string(), source };
    let bytes = std::fs::metadata(file).map_err(unreadable)?.len();
    if bytes > largest {
        return Err(EmbedError::invalid(
            file.display(),
            format!("has {bytes} bytes, and at most {largest} are read"),
            "Name a smaller model",
        ));
    }
    std::fs::read(file).map_err(unreadable)
}

/// Reads a small JSON file.
///
/// # Errors
/// Where it cannot be read or does not hold a `T`.
pub(super) fn read_json<T: DeserializeOwned>(file: &Path) -> Result<T, EmbedError> {
    let content = read(file, LARGEST_JSON)?;
    serde_json::from_slice(&content).map_err(|error| {
        EmbedError::invalid(
            file.display(),
            format!("is not the JSON that it should be: {error}"),
            "Take the file of the model again",
        )
    })
}
