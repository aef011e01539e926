//! A comparison → `report.html`. The page of a check is the same page with its rules on top
//! ([`crate::report::gate`]).

use super::first_screen::FirstScreen;
use crate::lineage::{Comparison, VerdictKind};
use crate::report::downloads::Downloads;
use crate::report::sections::SECTIONS;
use crate::report::sections::section::{InlineFigure, Question, Section};
use crate::report::template::{fill_with, style_sheet};
use crate::report::{Error, explain, wording};
use minijinja::{Value, context};
use serde::Serialize;
use std::collections::BTreeMap;

const TEMPLATE: &str = include_str!("../../../assets/report.html");

/// A question and the sections that answer it, as the template sees them.
#[derive(Serialize)]
struct QuestionPart {
    id: &'static str,
    title: &'static str,
    lines: Vec<String>,
    sections: Vec<SectionPart>,
}

/// A section as the template sees it.
#[derive(Serialize)]
struct SectionPart {
    id: &'static str,
    open: bool,
    template: String,
    data: Value,
    figures: BTreeMap<&'static str, InlineFigure>,
    downloads: BTreeMap<&'static str, Downloads>,
}

/// The page as text.
///
/// # Errors
/// When a figure cannot be drawn or the template fails.
pub fn render_page(comparison: &Comparison) -> Result<String, Error> {
    render_page_with(comparison, Value::from(()))
}

/// The page with the rules of a check on top of it, where `check` holds any.
///
/// # Errors
/// As [`render_page`].
pub(in crate::report) fn render_page_with(
    comparison: &Comparison,
    check: Value,
) -> Result<String, Error> {
    let mut questions: Vec<QuestionPart> =
        Question::ALL.iter().map(|&question| QuestionPart::new(question, comparison)).collect();
    for section in SECTIONS {
        let own = questions.iter_mut().find(|one| one.id == section.question().id());
        if let Some((data, own)) = section.page(comparison)?.zip(own) {
            own.sections.push(SectionPart::new(section, comparison, data)?);
        }
    }
    questions.retain(|question| !question.sections.is_empty());
    let first = FirstScreen::new(comparison);
    let templates = SECTIONS.map(|section| (template_name(section), section.template()));
    let values = context! {
        check,
        title => first.answer(),
        first,
        kind => wording::kind(comparison.verdict.kind),
        kind_class => kind_class(comparison.verdict.kind),
        style_is_evidence => wording::STYLE_IS_EVIDENCE,
        questions,
    };
    fill_with("report.html", TEMPLATE, &templates, style_sheet() + explain::STYLE, values)
}

fn template_name(section: &dyn Section) -> String {
    format!("section-{}.html", section.id())
}

impl QuestionPart {
    fn new(question: Question, comparison: &Comparison) -> Self {
        let (title, lines) = match question {
            Question::Moved => ("What moved?", Vec::new()),
            Question::Sure => ("How sure is this?", wording::sure_lines(comparison)),
            Question::Else => ("What else could it be?", wording::else_lines(comparison)),
            Question::Text => ("What in the text says so?", wording::text_lines(comparison)),
            Question::Read => {
                ("What was read, and how was it done?", wording::read_lines(comparison))
            }
        };
        Self { id: question.id(), title, lines, sections: Vec::new() }
    }
}

impl SectionPart {
    fn new(section: &dyn Section, comparison: &Comparison, data: Value) -> Result<Self, Error> {
        let figures = section.figures(comparison);
        let figures = figures.iter().filter(|figure| figure.in_page);
        let tables = section.tables(comparison)?.into_iter();
        Ok(Self {
            id: section.id(),
            open: section.is_open(),
            template: template_name(section),
            data,
            figures: figures
                .map(|one| Ok((one.name, one.inline()?)))
                .collect::<Result<_, Error>>()?,
            downloads: tables.map(|table| (table.name(), table)).collect(),
        })
    }
}

fn kind_class(kind: VerdictKind) -> &'static str {
    match kind {
        VerdictKind::Resembles | VerdictKind::Family => "found",
        VerdictKind::Between => "between",
        VerdictKind::None | VerdictKind::Unfamiliar | VerdictKind::TooLittleText => "open",
    }
}
