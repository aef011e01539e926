//! A comparison → `report.html`. The page of a check is the same page with its rules on top
//! ([`crate::report::gate`]).

use crate::lineage::{Comparison, VerdictKind};
use crate::report::downloads::Downloads;
use crate::report::numbers::count;
use crate::report::page_parts::{Fact, fact, unbroken};
use crate::report::sections::SECTIONS;
use crate::report::sections::section::{InlineFigure, Section};
use crate::report::template::{fill_with, style_sheet};
use crate::report::{Error, explain, wording};
use minijinja::{Value, context};
use serde::Serialize;
use std::collections::BTreeMap;

const TEMPLATE: &str = include_str!("../../../assets/report.html");

/// A section as the template sees it.
#[derive(Serialize)]
struct SectionPart {
    id: &'static str,
    label: &'static str,
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
    let mut sections = Vec::new();
    for section in SECTIONS {
        if let Some(data) = section.page(comparison)? {
            sections.push(SectionPart::new(section, comparison, data)?);
        }
    }
    let templates = SECTIONS.map(|section| (template_name(section), section.template()));
    let values = context! {
        check,
        verdict => wording::verdict(comparison),
        kind => wording::kind(comparison.verdict.kind),
        kind_class => kind_class(comparison.verdict.kind),
        how_sure => unbroken(wording::how_sure(comparison)),
        style_is_evidence => wording::STYLE_IS_EVIDENCE,
        facts => facts(comparison),
        sections,
    };
    fill_with("report.html", TEMPLATE, &templates, style_sheet() + explain::STYLE, values)
}

fn template_name(section: &dyn Section) -> String {
    format!("section-{}.html", section.id())
}

impl SectionPart {
    fn new(section: &dyn Section, comparison: &Comparison, data: Value) -> Result<Self, Error> {
        let figures = section.figures(comparison);
        let figures = figures.iter().filter(|figure| figure.in_page);
        let tables = section.tables(comparison)?.into_iter();
        Ok(Self {
            id: section.id(),
            label: section.label(),
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

/// What the verdict rests on, in figures.
fn facts(comparison: &Comparison) -> Vec<Fact> {
    let mut facts = vec![
        fact("traces", count(comparison.traces)),
        fact("prompts", count(comparison.prompts)),
        fact("words", count(comparison.words)),
    ];
    if !comparison.ranking.is_empty() {
        facts.push(fact("references compared", count(comparison.ranking.len())));
    }
    facts
}
