//! The drift → what the page's template is filled with.

use crate::lineage::{Drift, MovedPhrase};
use crate::report::escape::{name, sentence};
use crate::report::numbers::{count, p_value, percent, rate, signed, signed_interval, similarity};
use crate::report::page_parts::{Piece, pieces, unbroken};
use crate::report::wording;
use serde::Serialize;

/// References in a table.
const SHOWN: usize = 15;
/// Families that explain a part of the shift.
const EXPLAINING: usize = 10;

/// The section on what moved from the baseline.
#[derive(Serialize)]
pub(in crate::report) struct DriftSection {
    title: String,
    sentence: String,
    size: String,
    /// Which references the figure shows.
    shown: String,
    rows: Vec<ChangedRow>,
    left_out: usize,
    families: Vec<ShareRow>,
    channels: Vec<ShareRow>,
    phrases: Vec<PhraseTable>,
}

#[derive(Serialize)]
struct ChangedRow {
    place: usize,
    reference: String,
    before: String,
    after: String,
    change: String,
    interval: String,
    p_value: String,
    share: String,
    clear: bool,
}

#[derive(Serialize)]
struct ShareRow {
    what: String,
    share: String,
    interval: String,
}

#[derive(Serialize)]
struct PhraseTable {
    title: &'static str,
    rows: Vec<PhraseRow>,
}

#[derive(Serialize)]
struct PhraseRow {
    pieces: Vec<Piece>,
    before: String,
    after: String,
    z_score: String,
    prompts: String,
}

impl DriftSection {
    pub fn new(drift: &Drift) -> Self {
        let rows: Vec<ChangedRow> = drift
            .references
            .iter()
            .take(SHOWN)
            .enumerate()
            .map(|(place, one)| ChangedRow {
                place: place + 1,
                reference: name(&one.reference),
                before: similarity(one.before),
                after: similarity(one.after),
                change: signed(one.change),
                interval: signed_interval(one.low, one.high),
                p_value: p_value(one.corrected_p_value),
                share: percent(one.share),
                clear: one.is_clear(),
            })
            .collect();
        let part = |what: String, value: f64, low: f64, high: f64| ShareRow {
            what,
            share: percent(value),
            interval: format!("{} to {}", percent(low), percent(high)),
        };
        let mut families: Vec<ShareRow> = drift
            .families
            .iter()
            .take(EXPLAINING)
            .map(|family| part(name(&family.family), family.share, family.low, family.high))
            .collect();
        families.push(part("no reference".into(), drift.own_share, drift.own_low, drift.own_high));
        let channels = drift.channels.iter().map(|channel| ShareRow {
            what: name(&channel.channel),
            share: percent(channel.share),
            interval: String::new(),
        });
        Self {
            title: wording::drift_title(drift),
            sentence: unbroken(vec![sentence(&drift.sentence())]).concat(),
            shown: format!(
                "{} {}",
                wording::drift_shown(drift, drift.references.len().min(SHOWN)),
                wording::shift_basis(drift)
            ),
            size: unbroken(vec![wording::drift_size(drift)]).concat(),
            left_out: drift.references.len() - rows.len(),
            rows,
            families,
            channels: channels.collect(),
            phrases: [("Phrases that came", &drift.came), ("Phrases that went", &drift.went)]
                .into_iter()
                .filter(|(_, phrases)| !phrases.is_empty())
                .map(|(title, phrases)| PhraseTable {
                    title,
                    rows: phrases.iter().map(row).collect(),
                })
                .collect(),
        }
    }
}

fn row(phrase: &MovedPhrase) -> PhraseRow {
    PhraseRow {
        pieces: pieces(&crate::report::escape::phrase(&phrase.phrase)),
        before: rate(phrase.before_per_thousand_words),
        after: rate(phrase.after_per_thousand_words),
        z_score: rate(phrase.z_score),
        prompts: count(phrase.prompts),
    }
}
