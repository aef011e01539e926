//! What a check found → every form in which a person or a machine takes it.
//!
//! Comes in: a [`Checked`]. Goes out: text. Called by `cli`, which decides where each goes. One
//! file for each form: `terminal`, [`markdown`], [`junit`], [`sarif`], [`github`], [`gitlab`],
//! `page`. Sentences are made in [`crate::wording::gate`]. Ids, file names and messages may hold
//! anything and go through [`super::escape`] first; what else a form needs is in its file.

pub mod github;
mod gitlab;
mod junit;
mod markdown;
mod page;
mod sarif;
mod terminal;

pub use gitlab::gitlab;
pub use junit::junit;
pub use markdown::{card, markdown};
pub use page::render_check;
pub use sarif::sarif;
pub use terminal::write_check;

use super::{Error, comparison::write_report_page, escaped_json, write};
use crate::{gate::Checked, lineage::Comparison};
use std::path::{Path, PathBuf};

/// Writes the report of the comparison ([`super::write_report`]) into a folder, its page with the
/// rules on top, and `check.json`. Returns the files in that order. All are written into a folder
/// of their own first and moved, so that two runs at once leave whole files, each of one of them.
///
/// # Errors
/// When the folder or a file cannot be written; the sentence names the path.
pub fn write_check_report(
    checked: &Checked,
    comparison: &Comparison,
    folder: &Path,
) -> Result<Vec<PathBuf>, Error> {
    let failed = |source| Error::Folder { path: folder.to_owned(), source };
    std::fs::create_dir_all(folder).map_err(failed)?;
    let partial = tempfile::Builder::new().prefix(".partial-").tempdir_in(folder);
    let partial = partial.map_err(failed)?;
    let page = render_check(checked, comparison)?;
    let mut files = write_report_page(comparison, &page, partial.path())?;
    files.push(write(partial.path().join("check.json"), &escaped_json(checked)?)?);
    for file in &mut files {
        let path = folder.join(file.file_name().unwrap_or_default());
        std::fs::rename(&*file, &path)
            .map_err(|source| Error::File { path: path.clone(), source })?;
        *file = path;
    }
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
