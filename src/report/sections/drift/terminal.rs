//! The drift, as `compare` prints it.

use crate::lineage::{Drift, DriftReference, MovedPhrase};
use crate::report::terminal::{Ink, TerminalPage, padded};
use crate::report::{escape, numbers, wording};
use std::io;

/// References in the table of changes.
const CHANGED: usize = 8;
/// Families that explain the shift.
const EXPLAINING: usize = 5;
/// Phrases that came, and that went.
const PHRASES: usize = 8;

/// What moved from the baseline to the input, and towards which references.
pub(in crate::report) fn drift(page: &mut TerminalPage<'_>, drift: &Drift) -> io::Result<()> {
    page.heading("From the baseline to the input")?;
    page.paragraph(&escape::sentence(&drift.sentence()), "  ", Ink::Bold)?;
    page.paragraph(&wording::drift_size(drift), "  ", Ink::Plain)?;
    let head = format!(
        "    {} {:>7} {:>6} {:>7}  {:<14} {}",
        padded("reference", 29),
        "before",
        "after",
        "change",
        "95 %",
        "corr. p"
    );
    let head = page.paint(&head, Ink::Dim);
    page.line(&head)?;
    let shown = drift.references.iter().take(CHANGED);
    for (place, one) in shown.enumerate() {
        page.line(changed_row(place + 1, one).trim_end())?;
    }
    page.heading("What explains the shift (steps towards references)")?;
    for family in drift.families.iter().take(EXPLAINING) {
        let text = format!(
            "  {} {:>5}  {}",
            padded(&escape::name(&family.family), 33),
            numbers::percent(family.share),
            percents(family.low, family.high)
        );
        page.line(&text)?;
    }
    let own = format!(
        "  {} {:>5}  {}",
        padded("no reference", 33),
        numbers::percent(drift.own_share),
        percents(drift.own_low, drift.own_high)
    );
    page.line(&own)?;
    for (title, phrases) in [("Phrases that came", &drift.came), ("Phrases that went", &drift.went)]
    {
        moved(page, title, phrases)?;
    }
    Ok(())
}

fn moved(page: &mut TerminalPage<'_>, title: &str, phrases: &[MovedPhrase]) -> io::Result<()> {
    if phrases.is_empty() {
        return Ok(());
    }
    page.heading(&format!("{title} (per thousand words: before, after; z)"))?;
    for one in phrases.iter().take(PHRASES) {
        let phrase = padded(&escape::phrase(&one.phrase), 36);
        let (before, after) = (
            numbers::rate(one.before_per_thousand_words),
            numbers::rate(one.after_per_thousand_words),
        );
        let prompts = numbers::counted(one.prompts, "prompt", "prompts");
        page.line(&format!("    {phrase} {before:>7} {after:>7} {:>6.1}  {prompts}", one.z_score))?;
    }
    Ok(())
}

fn changed_row(place: usize, one: &DriftReference) -> String {
    format!(
        "{place:>3} {} {:>7} {:>6} {:>7}  {:<14} {}",
        padded(&escape::name(&one.reference), 29),
        numbers::similarity(one.before),
        numbers::similarity(one.after),
        numbers::signed(one.change),
        numbers::signed_interval(one.low, one.high),
        numbers::p_value(one.corrected_p_value)
    )
}

/// The two ends of an interval of shares, in per cent.
fn percents(low: f64, high: f64) -> String {
    format!("{} to {}", numbers::percent(low), numbers::percent(high))
}
