//! The drift: what moved from the baseline to the input.

pub(in crate::report) mod figure;
mod page;
pub(in crate::report) mod terminal;

use super::section::{Question, Section, SectionFigure};
use crate::lineage::{Comparison, MovedPhrase};
use crate::report::Error;
use crate::report::downloads::{Cell, DataTable, Downloads, links_to_rows, table};
use crate::report::escape::{name, phrase, sentence};
use crate::report::markdown::{Markdown, SHOWN, code};
use crate::report::numbers::{count, p_value, rate, signed, signed_interval, similarity};
use crate::report::terminal::{TerminalOptions, TerminalPage};
use crate::report::wording;
use figure::DriftPlot;
use minijinja::Value;
use page::DriftSection;
use std::io;

/// The section.
pub(super) struct Drift;

impl Section for Drift {
    fn id(&self) -> &'static str {
        "drift"
    }

    fn question(&self) -> Question {
        Question::Moved
    }

    fn is_open(&self) -> bool {
        true
    }

    fn template(&self) -> &'static str {
        include_str!("page.html")
    }

    fn figures<'a>(&self, comparison: &'a Comparison) -> Vec<SectionFigure<'a>> {
        let drift = comparison.drift.iter();
        drift.map(|drift| SectionFigure::new("drift", |look| DriftPlot::new(drift, look))).collect()
    }

    fn tables(&self, comparison: &Comparison) -> Result<Vec<Downloads>, Error> {
        let links = comparison.drift.iter().map(|drift| links_to_rows(&data(drift)));
        links.filter_map(Result::transpose).collect()
    }

    fn page(&self, comparison: &Comparison) -> Result<Option<Value>, Error> {
        let drift = comparison.drift.as_ref().map(DriftSection::new);
        Ok(drift.map(Value::from_serialize))
    }

    fn markdown(&self, comparison: &Comparison, out: &mut Markdown) {
        let Some(drift) = &comparison.drift else { return };
        out.heading("From the baseline to the input");
        out.paragraph(&sentence(&drift.sentence()));
        out.image(&wording::drift_title(drift), "drift.png");
        let rows = drift.references.iter().take(SHOWN).map(|one| {
            [
                code(&name(&one.reference)),
                similarity(one.before),
                similarity(one.after),
                signed(one.change),
                signed_interval(one.low, one.high),
                p_value(one.corrected_p_value),
            ]
        });
        out.table(
            ["reference", "before", "after", "change", "95 % interval", "corrected p"],
            1,
            rows,
        );
        out.left_out(drift.references.len());
        for (title, moved) in
            [("Phrases that came", &drift.came), ("Phrases that went", &drift.went)]
        {
            if !moved.is_empty() {
                out.block(&format!("**{title}**"));
                let row = |one: &MovedPhrase| {
                    [
                        code(&phrase(&one.phrase)),
                        rate(one.before_per_thousand_words),
                        rate(one.after_per_thousand_words),
                        count(one.prompts),
                    ]
                };
                let head = ["word or phrase", "before, per 1,000 words", "after", "prompts"];
                out.table(head, 1, moved.iter().take(SHOWN).map(row));
            }
        }
    }

    fn terminal(
        &self,
        comparison: &Comparison,
        _options: TerminalOptions,
        page: &mut TerminalPage<'_>,
    ) -> io::Result<()> {
        comparison.drift.as_ref().map_or(Ok(()), |drift| terminal::drift(page, drift))
    }
}

/// The table for download.
fn data(drift: &crate::lineage::Drift) -> DataTable {
    let rows = drift.references.iter().map(|one| {
        [
            Cell::Text(one.reference.clone()),
            Cell::optional(one.family.as_deref()),
            Cell::Number(one.before),
            Cell::Number(one.after),
            Cell::Number(one.change),
            Cell::Number(one.low),
            Cell::Number(one.high),
            Cell::Number(one.p_value),
            Cell::Number(one.corrected_p_value),
            Cell::Number(one.share),
            Cell::Flag(one.is_clear()),
        ]
    });
    let columns = [
        "reference",
        "family",
        "before",
        "after",
        "change",
        "change_low",
        "change_high",
        "p_value",
        "corrected_p_value",
        "part_of_the_shift",
        "clear",
    ];
    table("drift", columns, rows)
}
