//! The breakdown: where the result holds, by the first reference's share in groups of the traces.

pub(in crate::report) mod figure;
mod page;

use super::section::{Question, Section, SectionFigure};
use crate::lineage::Comparison;
use crate::report::Error;
use crate::report::downloads::{Cell, DataTable, Downloads, table};
use crate::report::escape::{columns, fit_columns};
use crate::report::markdown::{Markdown, SHOWN, code, text};
use crate::report::numbers;
use crate::report::terminal::{Ink, TerminalOptions, TerminalPage, padded};
use crate::report::wording;
use figure::BreakdownPlot;
use minijinja::Value;
use page::{BreakdownSection, rows};
use std::io;

/// Groups that a terminal shows.
const GROUPS: usize = 10;

/// The section.
pub(super) struct Breakdown;

impl Section for Breakdown {
    fn id(&self) -> &'static str {
        "holds"
    }

    fn question(&self) -> Question {
        Question::Sure
    }

    fn template(&self) -> &'static str {
        include_str!("page.html")
    }

    fn figures<'a>(&self, comparison: &'a Comparison) -> Vec<SectionFigure<'a>> {
        let holds = comparison.holds.iter();
        holds.map(|one| SectionFigure::new("holds", |look| BreakdownPlot::new(one, look))).collect()
    }

    fn tables(&self, comparison: &Comparison) -> Result<Vec<Downloads>, Error> {
        comparison.holds.iter().map(|holds| data(holds).downloads()).collect()
    }

    fn page(&self, comparison: &Comparison) -> Result<Option<Value>, Error> {
        let holds = comparison.holds.as_ref().map(BreakdownSection::new);
        Ok(holds.map(Value::from_serialize))
    }

    fn markdown(&self, comparison: &Comparison, out: &mut Markdown) {
        let Some(holds) = &comparison.holds else { return };
        out.heading(&wording::holds_title(holds));
        out.image(&wording::holds_title(holds), "holds.png");
        let rows = rows(holds).into_iter().take(3 * SHOWN).map(|(kind, row)| {
            [
                text(wording::holds_kind(kind)),
                code(&row.what),
                row.share,
                row.interval,
                row.traces,
                text(&row.other),
            ]
        });
        out.table(["", "traces", "share", "95 % interval", "traces", "first, if another"], 2, rows);
    }

    fn terminal(
        &self,
        comparison: &Comparison,
        _options: TerminalOptions,
        page: &mut TerminalPage<'_>,
    ) -> io::Result<()> {
        let groups = match &comparison.holds {
            Some(holds) if holds.groups.len() > 1 => rows(holds),
            _ => return Ok(()),
        };
        page.heading("Subgroups (share of the first reference, 95 % interval, traces)")?;
        for (_, row) in groups.iter().take(GROUPS) {
            let (what, interval) = (padded(&row.what, 27), &row.interval);
            let line = format!("  {what} {:>5}  {interval:<9} {:>6}", row.share, row.traces);
            let other =
                if row.other == "–" { String::new() } else { format!("  first: {}", row.other) };
            // Of a long line only the other reference's name is cut, never a number.
            let other = fit_columns(&other, page.table_width().saturating_sub(columns(&line)));
            page.line(format!("{line}{other}").trim_end())?;
        }
        if groups.len() > GROUPS {
            let more = format!("    … and {} more", numbers::count(groups.len() - GROUPS));
            let more = page.paint(&more, Ink::Dim);
            page.line(&more)?;
        }
        Ok(())
    }
}

/// The table for download.
fn data(holds: &crate::lineage::Breakdown) -> DataTable {
    let rows = holds.groups.iter().map(|one| {
        [
            Cell::Text(wording::holds_kind(one.kind).into()),
            Cell::Text(one.what.clone()),
            Cell::Count(one.traces),
            Cell::Count(one.prompts),
            Cell::Number(one.share),
            Cell::Number(one.low),
            Cell::Number(one.high),
            Cell::Text(one.first.clone()),
            Cell::Number(one.first_share),
        ]
    });
    let columns = [
        "kind",
        "group",
        "traces",
        "prompts",
        "share",
        "low",
        "high",
        "first",
        "share_of_the_first",
    ];
    table("holds", columns, rows)
}
