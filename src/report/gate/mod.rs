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

use super::{Error, comparison::write_report_page, escaped_json};
use crate::{gate::Checked, lineage::Comparison, output::OutputFolder};

/// Writes the report of the comparison ([`super::write_report`]) into a folder, its page with the
/// rules on top, and `check.json`.
///
/// # Errors
/// When a file cannot be written; the sentence names the path.
pub fn write_check_report(
    checked: &Checked,
    comparison: &Comparison,
    folder: &OutputFolder,
) -> Result<(), Error> {
    write_report_page(comparison, &render_check(checked, comparison)?, folder)?;
    folder.write("check.json", escaped_json(checked)?)?;
    Ok(())
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
