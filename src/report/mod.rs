//! A comparison, an evaluation or a check → a page, plots, a table, JSON.
//!
//! Comes in: a [`crate::lineage::Comparison`] or a [`crate::evaluation::Evaluation`]. Goes out:
//! bytes and files. Called by `cli`, which decides where they go. The same input gives the same
//! bytes: nothing here reads a clock, the terminal or the environment.
//!
//! - [`write_report`] writes the folder of `compare --report`;
//! - [`EvidencePack`] writes the folder next to it that says what it rests on;
//! - [`write_terminal`] prints what a person reads in a terminal, [`write_groups`] a line a group;
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
mod groups;
mod ingest;
mod input_lines;
mod json;
mod markdown;
mod page_parts;
pub mod plots;
mod profiles;
mod prompt_sets;
mod sections;
mod sentences;
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
pub use groups::write_groups;
pub use ingest::{
    Reading, render_reading, write_explanations, write_formats, write_overview,
    write_reading_report,
};
pub use json::{escaped_json, to_json};
pub use profiles::write_profiles;
pub use prompt_sets::write_prompt_sets;
pub use terminal::TerminalOptions;

pub use crate::wording::{self, escape, numbers};

use crate::output::OutputFolder;
use drawing::figure::Figure;
use drawing::render::{png_bytes, svg};
use drawing::text::PlotError;

/// Why a report could not be written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file cannot be written.
    #[error(transparent)]
    Output(#[from] crate::output::Error),
    /// A figure cannot be drawn.
    #[error("cannot draw {what}: {source}")]
    Figure {
        /// The figure.
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
fn write_figure(figure: &dyn Figure, name: &str, folder: &OutputFolder) -> Result<(), Error> {
    let failed = |source| Error::Figure { what: format!("the figure {name}"), source };
    folder.write(&format!("{name}.png"), png_bytes(figure).map_err(failed)?)?;
    folder.write(&format!("{name}.svg"), svg(figure, name).map_err(failed)?)?;
    Ok(())
}
