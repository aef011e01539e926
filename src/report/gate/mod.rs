//! What a check found → every form in which a person or a machine takes it.
//!
//! Comes in: a [`Checked`]. Goes out: text. Called by `cli`, which decides where each goes. One file for each form: `terminal`,
//! [`markdown`], [`junit`], [`sarif`], [`github`], [`gitlab`], `page`; `words` are shared. Ids, file names and messages may
//! hold anything and go through [`super::escape`] first; what a form needs besides stands in its file.

pub mod github;
mod gitlab;
mod junit;
mod markdown;
mod page;
mod sarif;
mod terminal;
pub(super) mod words;

pub use gitlab::gitlab;
pub use junit::junit;
pub use markdown::{card, markdown};
pub use page::render_check;
pub use sarif::sarif;
pub use terminal::write_check;

use super::{Error, escaped_json, write, write_report};
use crate::{gate::Checked, lineage::Comparison};
use std::path::{Path, PathBuf};

/// Writes `check.html` and `check.json` into a folder, and beside them the report of the comparison
/// ([`write_report`]). Answers the files in that order.
///
/// # Errors
/// When the folder or a file cannot be written; the sentence names the path.
pub fn write_check_report(
    checked: &Checked,
    comparison: &Comparison,
    folder: &Path,
) -> Result<Vec<PathBuf>, Error> {
    std::fs::create_dir_all(folder)
        .map_err(|source| Error::Folder { path: folder.to_owned(), source })?;
    let mut files = vec![
        write(folder.join("check.html"), &render_check(checked)?)?,
        write(folder.join("check.json"), &escaped_json(checked)?)?,
    ];
    files.extend(write_report(comparison, folder)?);
    Ok(files)
}

/// A hash of texts that stays the same between runs, in hexadecimal.
fn fingerprint(parts: &[&str]) -> String {
    let mut hash = xxhash_rust::xxh3::Xxh3::with_seed(0);
    for part in parts {
        hash.update(part.as_bytes());
        hash.update(&[0]);
    }
    format!("{:032x}", hash.digest128())
}
