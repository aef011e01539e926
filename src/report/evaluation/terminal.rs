//! An evaluation → what `evaluate` prints for a person: at most 80 columns, no text unescaped.

use super::tables::{self, Table};
use crate::evaluation::Evaluation;
use crate::report::TerminalOptions;
use crate::report::escape::columns;
use crate::report::numbers::counted;
use crate::report::terminal::{Ink, TerminalPage, padded};
use crate::wording::evaluation as words;
use std::io::{self, Write};

/// Room between columns.
const GAP: usize = 2;
/// The first column is at most so wide.
const FIRST: usize = 40;

/// Prints the evaluation.
///
/// # Errors
/// Those of the writer, a closed pipe among them.
pub fn write_evaluation(
    evaluation: &Evaluation,
    options: TerminalOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut page = TerminalPage { out, color: options.color, width: options.width };
    page.paragraph(&words::headline(evaluation), "", Ink::Bold)?;
    for sentence in words::reading(evaluation) {
        page.paragraph(&sentence, "", Ink::Plain)?;
    }
    let design = &evaluation.design;
    let based_on = format!(
        "Based on {} of {} on {}.",
        counted(design.traces, "trace", "traces"),
        counted(design.models, "model", "models"),
        counted(design.prompts, "prompt", "prompts")
    );
    page.paragraph(&based_on, "", Ink::Dim)?;
    let all = usize::MAX;
    table(&mut page, &tables::figures(evaluation), all)?;
    table(&mut page, &tables::methods(evaluation), all)?;
    table(&mut page, &tables::models(evaluation), options.rows)?;
    table(&mut page, &tables::lengths(evaluation), all)?;
    table(&mut page, &tables::pooled(evaluation), all)?;
    table(&mut page, &tables::robustness(evaluation), all)?;
    table(&mut page, &tables::verification(evaluation), all)?;
    if let Some(verification) = words::verification_of(evaluation) {
        page.paragraph(&words::naming(verification), "", Ink::Plain)?;
    }
    table(&mut page, &tables::verdicts(evaluation), all)?;
    table(&mut page, &tables::rounds(evaluation), all)?;
    let plans: Vec<String> = evaluation.planner.iter().map(words::plan).collect();
    page.bullets("How many traces it takes", &plans)?;
    if evaluation.design.group != crate::evaluation::Group::Prompt {
        table(&mut page, &tables::parts(evaluation), all)?;
    }
    table(&mut page, &tables::unjudged(evaluation), all)?;
    page.bullets("What this cannot say", &evaluation.limits)
}

/// Prints a table with its title, where it has rows.
fn table(page: &mut TerminalPage<'_>, table: &Table, most: usize) -> io::Result<()> {
    if table.rows.is_empty() {
        return Ok(());
    }
    let shown: Vec<usize> =
        (0..table.columns.len()).filter(|&i| !table.columns[i].page_only).collect();
    let heads: Vec<String> = table.columns.iter().map(|column| column.name.to_owned()).collect();
    let rows = &table.rows[..table.rows.len().min(most)];
    let mut widths: Vec<usize> = shown
        .iter()
        .map(|&i| rows.iter().chain([&heads]).map(|row| columns(&row[i])).max().unwrap_or(0))
        .collect();
    let others: usize = widths.iter().skip(1).map(|width| width + GAP).sum();
    if let Some(first) = widths.first_mut() {
        let room = page.table_width().saturating_sub(others);
        *first = (*first).min(FIRST.max(room)).min(room);
    }
    let laid_out = |row: &[String]| {
        let mut line = String::new();
        for (place, (&i, &width)) in shown.iter().zip(&widths).enumerate() {
            if place > 0 {
                line.push_str(&" ".repeat(GAP));
            }
            if place == 0 || table.columns[i].text {
                line.push_str(&padded(&row[i], width));
            } else {
                line.push_str(&" ".repeat(width.saturating_sub(columns(&row[i]))));
                line.push_str(&row[i]);
            }
        }
        line.trim_end().to_owned()
    };
    page.heading(&table.title)?;
    let head = page.paint(&laid_out(&heads), Ink::Dim);
    page.line(&head)?;
    for row in rows {
        page.line(&laid_out(row))?;
    }
    if table.rows.len() > rows.len() {
        let more = counted(table.rows.len() - rows.len(), "more is", "more are");
        let more = page.paint(&format!("… {more} in the report and in the JSON"), Ink::Dim);
        page.line(&more)?;
    }
    Ok(())
}
