//! A comparison → the folder of `compare --report`.

use super::markdown::to_markdown;
use super::page::render_page;
use crate::lineage::Comparison;
use crate::report::drawing::figure::Look;
use crate::report::sections::SECTIONS;
use crate::report::{Error, to_json, write, write_figure};
use std::path::{Path, PathBuf};

/// Writes `report.html`, `report.json`, `report.md`, and the figures of all sections as PNG and SVG
/// into a folder, which is made where it does not exist. Returns the files in that order.
///
/// # Errors
/// When the folder or a file cannot be written; the sentence names the path.
pub fn write_report(comparison: &Comparison, folder: &Path) -> Result<Vec<PathBuf>, Error> {
    write_report_page(comparison, &render_page(comparison)?, folder)
}

/// The same with a page that was rendered before.
///
/// # Errors
/// As [`write_report`].
pub(in crate::report) fn write_report_page(
    comparison: &Comparison,
    page: &str,
    folder: &Path,
) -> Result<Vec<PathBuf>, Error> {
    std::fs::create_dir_all(folder)
        .map_err(|source| Error::Folder { path: folder.to_owned(), source })?;
    let mut files = vec![write(folder.join("report.html"), page)?];
    files.push(write(folder.join("report.json"), &to_json(comparison)?)?);
    files.push(write(folder.join("report.md"), &to_markdown(comparison))?);
    let ranked = !comparison.ranking.is_empty();
    for section in SECTIONS.iter().filter(|section| ranked || section.needs_no_ranking()) {
        for figure in section.figures(comparison).iter().filter(|figure| figure.in_files) {
            write_figure(&*figure.make(Look::File)?, figure.name, folder, &mut files)?;
        }
    }
    Ok(files)
}
