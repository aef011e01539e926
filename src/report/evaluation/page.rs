//! An evaluation → `evaluation.html`: one file that needs nothing else and asks for nothing.
//!
//! Every value is text by now and is escaped by the template; the figures' labels are escaped by
//! the SVG writer.

use super::downloads::EvaluationData;
use super::tables::{self, Table};
use crate::evaluation::Evaluation;
use crate::report::Error;
use crate::report::escape::{name, sentence};
use crate::report::numbers::{count, counted};
use crate::report::plots::{
    DetectionPlot, Figure, HeatMap, Look, PlotError, ReliabilityPlot, StepsPlot,
};
use crate::report::template::{fill, inline, style_sheet};
use crate::report::wording;
use crate::wording::evaluation as words;
use minijinja::context;
use serde::Serialize;

const TEMPLATE: &str = include_str!("../../../assets/evaluation.html");
const STYLE: &str = include_str!("../../../assets/evaluation.css");

/// What the template sees next to the figures.
#[derive(Serialize)]
struct Page {
    headline: String,
    reading: Vec<String>,
    style_is_evidence: &'static str,
    facts: Vec<(String, String)>,
    figures: Table,
    methods: Table,
    models: Table,
    lengths: Table,
    pooled: Table,
    robustness: Table,
    verification: Table,
    naming: Option<String>,
    verdicts: Table,
    rounds: Table,
    planner: Table,
    parts: Table,
    unjudged: Table,
    open_set: Option<String>,
    limits: Vec<String>,
    method: Vec<String>,
    command: String,
    provenance: Vec<(String, String)>,
}

/// The page as text.
///
/// # Errors
/// When a figure cannot be drawn or the template fails.
pub fn render_evaluation(evaluation: &Evaluation) -> Result<String, Error> {
    let confusion = |look| HeatMap::confusion(evaluation, look);
    let reliability = |look| ReliabilityPlot::new(evaluation, look);
    let length = |look| StepsPlot::by_length(evaluation, look);
    let pooled = |look| StepsPlot::pooled(evaluation, look);
    let values = context! {
        page => Page::new(evaluation),
        data => EvaluationData::new(evaluation)?,
        confusion => both("confusion", confusion)?,
        reliability => both("reliability", reliability)?,
        length => both("length", length)?,
        pooled => both("pooled", pooled)?,
        detection => detection(evaluation)?,
    };
    let style = style_sheet() + STYLE;
    fill("evaluation.html", TEMPLATE, style, values)
}

/// The detection curve, where the verdict was measured.
fn detection(evaluation: &Evaluation) -> Result<Option<[String; 2]>, Error> {
    let failed = |source| Error::Figure { what: "detection".to_owned(), source };
    let Some(open_set) = &evaluation.open_set else { return Ok(None) };
    let draw = |look, id| -> Result<Option<String>, Error> {
        let figure = DetectionPlot::new(open_set, look).map_err(failed)?;
        figure.map(|figure| inline(Ok(figure), id)).transpose().map_err(failed)
    };
    let (wide, phone) = (draw(Look::Page, "detection")?, draw(Look::Phone, "detection-phone")?);
    Ok(wide.zip(phone).map(|(wide, phone)| [wide, phone]))
}

/// A figure for a wide screen and for a phone.
fn both<F: Figure>(
    id: &'static str,
    figure: impl Fn(Look) -> Result<F, PlotError>,
) -> Result<[String; 2], Error> {
    let failed = |source| Error::Figure { what: id.to_owned(), source };
    let wide = inline(figure(Look::Page), id).map_err(failed)?;
    let phone = inline(figure(Look::Phone), &format!("{id}-phone")).map_err(failed)?;
    Ok([wide, phone])
}

impl Page {
    fn new(evaluation: &Evaluation) -> Self {
        let design = &evaluation.design;
        let fact = |what: &str, value: String| (what.to_owned(), value);
        let from = &evaluation.provenance;
        Self {
            headline: unbroken(words::headline(evaluation)),
            reading: words::reading(evaluation).into_iter().map(unbroken).collect(),
            style_is_evidence: wording::STYLE_IS_EVIDENCE,
            facts: vec![
                fact("models", count(design.models)),
                fact("traces", count(design.traces)),
                fact("prompts", count(design.prompts)),
                fact("words", count(design.words)),
            ],
            figures: tables::figures(evaluation),
            methods: tables::methods(evaluation),
            models: tables::models(evaluation),
            lengths: tables::lengths(evaluation),
            pooled: tables::pooled(evaluation),
            robustness: tables::robustness(evaluation),
            verification: tables::verification(evaluation),
            naming: words::verification_of(evaluation).map(|own| unbroken(words::naming(own))),
            verdicts: tables::verdicts(evaluation),
            rounds: tables::rounds(evaluation),
            planner: tables::planner(evaluation),
            parts: tables::parts(evaluation),
            unjudged: tables::unjudged(evaluation),
            open_set: evaluation.open_set.as_ref().map(|set| unbroken(words::open_set(set))),
            limits: evaluation.limits.iter().map(|limit| sentence(&limit.to_string())).collect(),
            method: words::method(evaluation).into_iter().map(unbroken).collect(),
            command: sentence(&from.command),
            provenance: vec![
                fact("Program", name(&from.program)),
                fact("Text", name(&from.text)),
                fact("Bootstrap", {
                    let resamples = counted(from.resamples, "resample", "resamples");
                    format!("{resamples}, seed {}", from.seed)
                }),
            ],
        }
    }
}

/// No line break between a number and its per cent sign.
fn unbroken(text: String) -> String {
    text.replace(" %", "\u{a0}%")
}
