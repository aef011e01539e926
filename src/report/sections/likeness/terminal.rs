//! The paired comparison, as `compare` prints it.

use crate::lineage::{PairedSimilarity, Pairing};
use crate::report::terminal::{Ink, TerminalPage, padded};
use crate::report::{escape, numbers, wording};
use std::io;

/// References in the table.
const SIMILAR: usize = 6;

/// How alike the input and the references are beyond what their prompts do.
pub(in crate::report) fn pairing(page: &mut TerminalPage<'_>, pairing: &Pairing) -> io::Result<()> {
    page.heading(&wording::pairing_title(pairing))?;
    page.paragraph(&wording::pairing_basis(pairing), "  ", Ink::Dim)?;
    let head = format!(
        "    {} {} {:>5}  {:<14} {}",
        padded("reference", 33),
        padded("family", 12),
        "alike",
        "95 %",
        "corr. p"
    );
    let head = page.paint(&head, Ink::Dim);
    page.line(&head)?;
    for (place, one) in pairing.similarities.iter().take(SIMILAR).enumerate() {
        page.line(similar_row(place + 1, one).trim_end())?;
    }
    for floor in &pairing.floors {
        let text = format!(
            "For comparison, {}: {} (middle 90 % of {} pairs: {} to {}).",
            escape::sentence(&floor.what),
            numbers::similarity(floor.median),
            numbers::count(floor.pairs),
            numbers::similarity(floor.low),
            numbers::similarity(floor.high)
        );
        page.paragraph(&text, "  ", Ink::Plain)?;
    }
    Ok(())
}

fn similar_row(place: usize, one: &PairedSimilarity) -> String {
    format!(
        "{place:>3} {} {} {:>5}  {:<14} {}",
        padded(&escape::name(&one.reference), 33),
        padded(&one.family.as_deref().map(escape::name).unwrap_or_default(), 12),
        numbers::similarity(one.similarity),
        numbers::fixed_interval(one.low, one.high, 2),
        numbers::p_value(one.corrected_p_value)
    )
}
