//! A comparison → the folder of `compare --report`.

use super::markdown::to_markdown;
use super::page::render_page;
use crate::lineage::Comparison;
use crate::output::OutputFolder;
use crate::report::drawing::figure::Look;
use crate::report::sections::SECTIONS;
use crate::report::{Error, to_json, write_figure};

/// Writes `report.html`, `report.json`, `report.md`, and the figures of all sections as PNG and SVG
/// into a folder that was created with [`REPORT_FILES`](crate::report::REPORT_FILES). They are in
/// their place when the folder is finished.
///
/// # Errors
/// When a file cannot be written; the sentence names the path.
pub fn write_report(comparison: &Comparison, folder: &OutputFolder) -> Result<(), Error> {
    write_report_page(comparison, &render_page(comparison)?, folder)
}

/// The same with a page that was rendered before.
///
/// # Errors
/// As [`write_report`].
pub(in crate::report) fn write_report_page(
    comparison: &Comparison,
    page: &str,
    folder: &OutputFolder,
) -> Result<(), Error> {
    folder.write("report.html", page)?;
    folder.write("report.json", to_json(comparison)?)?;
    folder.write("report.md", to_markdown(comparison))?;
    let ranked = !comparison.ranking.is_empty();
    for section in SECTIONS.iter().filter(|section| ranked || section.needs_no_ranking()) {
        for figure in section.figures(comparison).iter().filter(|figure| figure.in_files) {
            write_figure(&*figure.make(Look::File)?, figure.name, folder)?;
        }
    }
    Ok(())
}
