//! What was dropped of an input, and notes about its data, as a terminal shows them.

use super::ingest::terminal::{LISTED, input_notes, listed};
use super::terminal::{Ink, TerminalPage};
use super::{escape, numbers};
use crate::lineage::InputSummary;
use std::io;

/// How many records of an input were dropped, and why.
pub(super) fn dropped(page: &mut TerminalPage<'_>, input: &InputSummary) -> io::Result<()> {
    let dropped = &input.dropped;
    let total: usize = dropped.values().sum();
    if total == 0 {
        return Ok(());
    }
    let reasons: Vec<String> = dropped
        .iter()
        .map(|(reason, n)| {
            let reason = escape::sentence(reason.trim_end_matches('.'));
            format!("{} × \"{reason}\"", numbers::count(*n))
        })
        .collect();
    let dropped = numbers::counted(total, "record was dropped", "records were dropped");
    page.paragraph(&format!("{dropped}: {}.", reasons.join(", ")), "", Ink::Plain)
}

/// The mediation of an input and the notes about its data.
pub(super) fn data(page: &mut TerminalPage<'_>, input: &InputSummary) -> io::Result<()> {
    let mut notes = input_notes(input);
    if !input.mediation.is_empty() {
        notes.insert(0, format!("Mediation: {}.", listed(&input.mediation, LISTED)));
    }
    page.bullets("About the data", &notes)
}
