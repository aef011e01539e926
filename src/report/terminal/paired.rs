//! The paired comparison and the drift, as `compare` prints them.

use super::{Ink, Page, padded};
use crate::lineage::{Drift, DriftReference, MovedPhrase, PairedSimilarity, Pairing};
use crate::report::{escape, numbers, wording};
use std::io;

/// References in the table of similarities.
const SIMILAR: usize = 6;
/// References in the table of changes.
const CHANGED: usize = 8;
/// Families that explain the shift.
const EXPLAINING: usize = 5;
/// Phrases that came, and that went.
const PHRASES: usize = 8;

impl Page<'_> {
    /// How alike the input and the references are beyond what their prompts do.
    pub(super) fn pairing(&mut self, pairing: &Pairing) -> io::Result<()> {
        self.heading(&wording::pairing_title(pairing))?;
        self.paragraph(&wording::pairing_basis(pairing), "  ", Ink::Dim)?;
        let head = format!(
            "    {} {} {:>5}  {:<14} {}",
            padded("reference", 33),
            padded("family", 12),
            "alike",
            "95 %",
            "corr. p"
        );
        let head = self.paint(&head, Ink::Dim);
        self.line(&head)?;
        for (place, one) in pairing.similarities.iter().take(SIMILAR).enumerate() {
            self.line(similar_row(place + 1, one).trim_end())?;
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
            self.paragraph(&text, "  ", Ink::Plain)?;
        }
        Ok(())
    }

    /// What moved from the baseline to the input, and towards whom.
    pub(super) fn drift(&mut self, drift: &Drift) -> io::Result<()> {
        self.heading("From the baseline to the input")?;
        self.paragraph(&escape::sentence(&drift.sentence()), "  ", Ink::Bold)?;
        self.paragraph(&wording::drift_size(drift), "  ", Ink::Plain)?;
        let head = format!(
            "    {} {:>7} {:>6} {:>7}  {:<14} {}",
            padded("reference", 29),
            "before",
            "after",
            "change",
            "95 %",
            "corr. p"
        );
        let head = self.paint(&head, Ink::Dim);
        self.line(&head)?;
        let shown = drift.references.iter().take(CHANGED);
        for (place, one) in shown.enumerate() {
            self.line(changed_row(place + 1, one).trim_end())?;
        }
        self.heading("What explains the shift (steps towards references, weighed together)")?;
        for family in drift.families.iter().take(EXPLAINING) {
            let text = format!(
                "  {} {:>5}  {}",
                padded(&escape::name(&family.family), 33),
                numbers::percent(family.share),
                percents(family.low, family.high)
            );
            self.line(&text)?;
        }
        let own = format!(
            "  {} {:>5}  {}",
            padded("of its own", 33),
            numbers::percent(drift.own_share),
            percents(drift.own_low, drift.own_high)
        );
        self.line(&own)?;
        for (title, phrases) in [("What came", &drift.came), ("What went", &drift.went)] {
            self.moved(title, phrases)?;
        }
        Ok(())
    }

    fn moved(&mut self, title: &str, phrases: &[MovedPhrase]) -> io::Result<()> {
        if phrases.is_empty() {
            return Ok(());
        }
        self.heading(&format!("{title} (per thousand words: before, after; z)"))?;
        for one in phrases.iter().take(PHRASES) {
            let phrase = padded(&escape::phrase(&one.phrase), 36);
            let (before, after) = (
                numbers::rate(one.before_per_thousand_words),
                numbers::rate(one.after_per_thousand_words),
            );
            let prompts = numbers::counted(one.prompts, "prompt", "prompts");
            self.line(&format!(
                "    {phrase} {before:>7} {after:>7} {:>6.1}  {prompts}",
                one.z_score
            ))?;
        }
        Ok(())
    }
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
