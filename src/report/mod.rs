//! A comparison, an evaluation or a check → a page, plots, a table, JSON.
//!
//! Comes in: a [`crate::lineage::Comparison`] or a [`crate::evaluation::Evaluation`]. Goes out:
//! bytes and files. Called by `cli`, which decides where they go. The same input gives the same
//! bytes: nothing here reads a clock, the terminal or the environment.
//!
//! - [`write_report`] writes the folder of `compare --report`;
//! - [`EvidencePack`] writes the folder next to it that says what it rests on;
//! - [`write_terminal`] prints what a person reads in a terminal;
//! - [`write_overview`] prints what `ingest` read and [`write_reading_report`] writes its page,
//!   [`write_explanations`] how it was understood, and [`write_formats`] what can be;
//! - [`write_evaluation`] prints what `evaluate` measured, [`write_evaluation_report`] writes its
//!   folder;
//! - [`write_audit_report`] and [`write_audit`] do the same for an audit of a mixed data set,
//!   [`render_explanation`] and [`write_explanation`] for one trace;
//! - [`gate`] writes what `check` found, in every form that a pipeline takes;
//! - [`to_json`] is what a machine reads, [`to_markdown`] what a pull request shows;
//! - [`tree`] writes a tree of styles as a page, Newick, NEXUS, PHYLIP, JSON or text;
//! - [`render_page`] is the page alone; [`plots`] are the figures alone;
//! - [`escape`], [`numbers`] and [`wording`] are what all of them share.

mod atlas;
mod audit;
mod comparison;
mod downloads;
mod drawing;
mod evaluation;
mod evidence_pack;
mod explain;
mod files;
pub mod gate;
mod ingest;
mod input_lines;
mod json;
mod markdown;
mod page_parts;
pub mod plots;
mod profiles;
mod prompt_sets;
mod sections;
mod template;
mod terminal;
pub mod tree;

pub use atlas::write_atlas;
pub use audit::{render_audit, write_audit, write_audit_report};
pub use comparison::{render_page, to_markdown, write_report, write_terminal};
pub use evaluation::{render_evaluation, write_evaluation, write_evaluation_report};
pub use evidence_pack::{EvidencePack, Parameters, RecordsOf};
pub use explain::{render_explanation, write_explanation};
pub use files::REPORT_FILES;
pub use ingest::{
    Reading, render_reading, write_explanations, write_formats, write_overview,
    write_reading_report,
};
pub use json::{escaped_json, to_json};
pub use profiles::write_profiles;
pub use prompt_sets::write_prompt_sets;
pub use terminal::TerminalOptions;

pub use crate::wording::{self, escape, numbers};

use drawing::figure::Figure;
use drawing::render::{png, svg};
use drawing::text::PlotError;
use std::path::{Path, PathBuf};

/// Why a report could not be written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder cannot be made.
    #[error("cannot make the report folder {}: {source}; name a folder that may be written", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file cannot be written.
    #[error("cannot write {}: {source}; check that the folder may be written and the disk has room", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A figure cannot be drawn or written.
    #[error(
        "cannot draw {what}: {source}; check that the folder may be written and the disk has room"
    )]
    Figure {
        /// The figure or its file.
        what: String,
        /// What the drawing library said.
        source: PlotError,
    },
    /// The page's template failed: a mistake in this program.
    #[error("cannot render the page: {0}; please report this")]
    Page(#[from] minijinja::Error),
    /// The result cannot be written as JSON: a mistake in this program.
    #[error("cannot write the result as JSON: {0}; please report this")]
    Json(#[from] serde_json::Error),
    /// A figure's data cannot be written as CSV: a mistake in this program.
    #[error("cannot write a figure's data as CSV: {0}; please report this")]
    Csv(#[from] csv::Error),
    /// The same, when the last of it was written.
    #[error("cannot finish a figure's data as CSV: {0}; please report this")]
    CsvEnd(#[from] std::io::Error),
}

/// Writes one figure as PNG and as SVG.
fn write_figure(
    figure: &dyn Figure,
    name: &str,
    folder: &Path,
    files: &mut Vec<PathBuf>,
) -> Result<(), Error> {
    let failed = |path: &Path, source| Error::Figure { what: path.display().to_string(), source };
    let path = folder.join(format!("{name}.png"));
    png(figure, &path).map_err(|source| failed(&path, source))?;
    files.push(path);
    let path = folder.join(format!("{name}.svg"));
    let drawn = svg(figure, name).map_err(|source| failed(&path, source))?;
    files.push(write(path, &drawn)?);
    Ok(())
}

fn write(path: PathBuf, text: &str) -> Result<PathBuf, Error> {
    match std::fs::write(&path, text) {
        Ok(()) => Ok(path),
        Err(source) => Err(Error::File { path, source }),
    }
}
