//! An evaluation → a page, figures, tables, JSON.
//!
//! Comes in: an [`Evaluation`]. Goes out: bytes and files, which `cli` puts in their place.
//! `tables` holds what the terminal and the page share; sentences are made in
//! [`crate::wording::evaluation`].

pub(super) mod detection_figure;
mod downloads;
mod page;
pub(super) mod reliability_figure;
pub(super) mod steps_figure;
mod tables;
mod terminal;

pub use page::render_evaluation;
pub use terminal::write_evaluation;

use super::plots::{DetectionPlot, HeatMap, Look, ReliabilityPlot, StepsPlot};
use super::{Error, escaped_json, write_figure};
use crate::evaluation::Evaluation;
use crate::output::OutputFolder;

/// Writes `evaluation.html`, `evaluation.json`, and the reliability diagram, the confusion matrix,
/// the accuracy by length and by number of traces, and the detection curve of the verdict where it was
/// measured, as PNG and SVG into a folder. They are in their place when the folder is finished.
///
/// # Errors
/// When a file cannot be written; the sentence names the path.
pub fn write_evaluation_report(
    evaluation: &Evaluation,
    folder: &OutputFolder,
) -> Result<(), Error> {
    folder.write("evaluation.html", render_evaluation(evaluation)?)?;
    folder.write("evaluation.json", escaped_json(evaluation)?)?;
    let drawn = |what: &str| {
        let what = what.to_owned();
        move |source| Error::Figure { what, source }
    };
    let reliability = ReliabilityPlot::new(evaluation, Look::File);
    let reliability = reliability.map_err(drawn("the reliability diagram"))?;
    write_figure(&reliability, "reliability", folder)?;
    let confusion = HeatMap::confusion(evaluation, Look::File);
    let confusion = confusion.map_err(drawn("the confusion matrix"))?;
    write_figure(&confusion, "confusion", folder)?;
    let length = StepsPlot::by_length(evaluation, Look::File).map_err(drawn("the lengths"))?;
    write_figure(&length, "length", folder)?;
    let pooled = StepsPlot::pooled(evaluation, Look::File).map_err(drawn("the pools"))?;
    write_figure(&pooled, "pooled", folder)?;
    if let Some(open_set) = &evaluation.open_set {
        let detection = DetectionPlot::new(open_set, Look::File);
        if let Some(detection) = detection.map_err(drawn("the detection curve"))? {
            write_figure(&detection, "detection", folder)?;
        }
    }
    Ok(())
}
