//! A comparison → what `compare` prints for a person: no text unescaped, no line wider than asked.
//!
//! Called by `cli`, which decides where it goes and whether that place shows colour.

use super::terminal_table::leading_rows;
use crate::lineage::Comparison;
use crate::report::sections::SECTIONS;
use crate::report::terminal::{Ink, READABLE, TerminalOptions, TerminalPage, wrap};
use crate::report::wording::{self, Brief};
use std::io::{self, Write};

/// Lines that are printed at most; `cli` adds one that says how to see more.
const LINES: usize = 23;
/// References that are shown at least, where there are any.
const LEAST_ROWS: usize = 2;

/// Prints the comparison: the answer with its reasons in at most 23 lines (in 80 columns and more), or
/// all that is known.
///
/// # Errors
/// Those of the writer, a closed pipe among them.
pub fn write_terminal(
    comparison: &Comparison,
    options: TerminalOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut page = TerminalPage { out, color: options.color, width: options.width };
    if options.verbose {
        return write_all(comparison, options, &mut page);
    }
    let brief = wording::brief(comparison);
    head(&brief, &mut page)?;
    page.paragraph(&format!("{}.", brief.compared), "", Ink::Dim)?;
    page.line("")?;
    for reason in &brief.reasons {
        page.paragraph(reason, "  - ", Ink::Plain)?;
    }
    let used = lines_of(&brief, options.width);
    let room = LINES.saturating_sub(used).max(LEAST_ROWS + 3);
    for (line, ink) in leading_rows(comparison, &page, room) {
        let line = page.paint(&line, ink);
        page.line(&line)?;
    }
    page.line("")?;
    page.paragraph(wording::STYLE_IS_EVIDENCE, "", Ink::Dim)
}

/// The answer, and how sure it is.
fn head(brief: &Brief, page: &mut TerminalPage<'_>) -> io::Result<()> {
    if let Some(warning) = &brief.warning {
        page.paragraph(warning, "", Ink::Bold)?;
    }
    page.paragraph(&brief.answer, "", Ink::Bold)?;
    page.paragraph(&brief.sure, "", Ink::Plain)
}

/// The lines that a summary takes without the table.
fn lines_of(brief: &Brief, width: usize) -> usize {
    let width = width.min(READABLE);
    let lines = |text: &str, indent: usize| wrap(text, width.saturating_sub(indent).max(20)).len();
    let head = [&brief.answer, &brief.sure, &format!("{}.", brief.compared)];
    let head: usize = head.iter().map(|text| lines(text, 0)).sum();
    let warning = brief.warning.as_ref().map_or(0, |text| lines(text, 0));
    let reasons: usize = brief.reasons.iter().map(|text| lines(text, 4)).sum();
    // Two empty lines, and what style cannot say.
    head + warning + reasons + 2 + lines(wording::STYLE_IS_EVIDENCE, 0)
}

/// Prints all that is known.
fn write_all(
    comparison: &Comparison,
    options: TerminalOptions,
    page: &mut TerminalPage<'_>,
) -> io::Result<()> {
    head(&wording::brief(comparison), page)?;
    page.line("")?;
    page.paragraph(&wording::verdict(comparison), "", Ink::Plain)?;
    for line in wording::how_sure(comparison) {
        page.paragraph(&line, "", Ink::Plain)?;
    }
    page.paragraph(wording::STYLE_IS_EVIDENCE, "", Ink::Dim)?;
    for first in [true, false] {
        for section in SECTIONS.iter().filter(|one| one.is_first_in_terminal() == first) {
            section.terminal(comparison, options, page)?;
        }
    }
    Ok(())
}
