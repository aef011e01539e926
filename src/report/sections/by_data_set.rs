//! The verdict on each part of the corpus that is like one data set of the atlas.

use super::section::{Question, Section};
use crate::lineage::{Comparison, DataSetVerdict, VerdictKind};
use crate::report::Error;
use crate::report::escape::{columns, fit_columns, name};
use crate::report::markdown::{Markdown, code, text};
use crate::report::numbers::count;
use crate::report::terminal::{TerminalOptions, TerminalPage, padded};
use crate::report::wording;
use minijinja::{Value, context};
use serde::Serialize;
use std::io;

/// Its heading.
const TITLE: &str = "The verdict by subject matter";

/// The section.
pub(super) struct ByDataSet;

#[derive(Serialize)]
struct Row {
    data_set: String,
    traces: String,
    verdict: String,
    probability: String,
    needed: String,
}

/// One row for each part; none where the corpus has one part only, or the atlas can judge none of them.
fn rows(comparison: &Comparison) -> Vec<Row> {
    let parts = &comparison.verdict_by_data_set;
    let judged = |part: &DataSetVerdict| part.verdict.kind != VerdictKind::Unfamiliar;
    if parts.len() < 2 || !parts.iter().any(judged) {
        return Vec::new();
    }
    let row = |part: &DataSetVerdict| Row {
        data_set: name(&part.data_set),
        traces: count(part.traces),
        verdict: wording::verdict_in_short(&part.verdict),
        probability: wording::verdict_probability(&part.verdict),
        needed: wording::needed(part.bound),
    };
    parts.iter().map(row).collect()
}

impl Section for ByDataSet {
    fn id(&self) -> &'static str {
        "data-sets"
    }

    fn question(&self) -> Question {
        Question::Sure
    }

    fn template(&self) -> &'static str {
        include_str!("by_data_set.html")
    }

    fn page(&self, comparison: &Comparison) -> Result<Option<Value>, Error> {
        let rows = rows(comparison);
        Ok((!rows.is_empty()).then(|| context! { rows, note => wording::BY_DATA_SET }))
    }

    fn markdown(&self, comparison: &Comparison, out: &mut Markdown) {
        let rows = rows(comparison);
        if rows.is_empty() {
            return;
        }
        out.heading(TITLE);
        out.paragraph(wording::BY_DATA_SET);
        let rows = rows.into_iter().map(|row| {
            let Row { data_set, traces, verdict, probability, needed } = row;
            [code(&data_set), text(&verdict), traces, probability, needed]
        });
        out.table(["most like", "verdict", "traces", "probability", "needed"], 2, rows);
    }

    fn terminal(
        &self,
        comparison: &Comparison,
        _options: TerminalOptions,
        page: &mut TerminalPage<'_>,
    ) -> io::Result<()> {
        let rows = rows(comparison);
        if rows.is_empty() {
            return Ok(());
        }
        page.heading(&format!("{TITLE} (most like, traces, probability, verdict)"))?;
        for row in rows {
            let data_set = padded(&row.data_set, 27);
            let line = format!("  {data_set} {:>6}  {:<10}  ", row.traces, row.probability);
            let room = page.table_width().saturating_sub(columns(&line));
            page.line(format!("{line}{}", fit_columns(&row.verdict, room)).trim_end())?;
        }
        Ok(())
    }
}
