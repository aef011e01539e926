//! Verdicts group by group → a line each for a terminal.

use super::escape::{columns, name};
use super::numbers::count;
use super::terminal::{Ink, TerminalOptions, TerminalPage, padded};
use super::wording;
use crate::analysis::GroupVerdict;
use std::io::{self, Write};

/// Columns of a line beside the group and the verdict: traces, probability and what is between.
const FIXED: usize = 22;
/// Columns that a verdict has at least.
const VERDICT: usize = 30;

/// Prints one line for each group: its label, its traces, its verdict and the verdict's probability.
/// Where the atlas was learned from some of the traces, a sentence before them says so.
///
/// # Errors
/// Those of the writer, a closed pipe among them.
pub fn write_groups(
    groups: &[GroupVerdict],
    options: TerminalOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut page = TerminalPage { out, color: options.color, width: options.width };
    let seen = groups.iter().map(|one| one.verdict.basis.seen_before).sum();
    let judged = groups.iter().map(|one| one.verdict.basis.traces).sum();
    if let Some(warning) = wording::known_text(seen, judged) {
        page.paragraph(&warning, "", Ink::Bold)?;
    }
    let room = page.table_width().saturating_sub(FIXED);
    let widest = groups.iter().map(|one| columns(&name(&one.group))).max().unwrap_or(0);
    let label = widest.max("group".len()).min(room.saturating_sub(VERDICT));
    let verdict = room - label;
    let line = |group: &str, traces: &str, found: &str, probability: &str| {
        let text = format!(
            "{} {traces:>7}  {} {probability:>10}",
            padded(group, label),
            padded(found, verdict)
        );
        text.trim_end().to_owned()
    };
    let head = page.paint(&line("group", "traces", "verdict", "probability"), Ink::Dim);
    page.line(&head)?;
    for one in groups {
        let found = wording::verdict_in_short(&one.verdict);
        let probability = wording::verdict_probability(&one.verdict);
        page.line(&line(&name(&one.group), &count(one.traces), &found, &probability))?;
    }
    page.paragraph(wording::STYLE_IS_EVIDENCE, "", Ink::Dim)
}
