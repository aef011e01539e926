//! The paired comparison and the drift → what the page's template is filled with.
//!
//! Everything is text by now, as in [`super::page`], which calls this.

use crate::lineage::{Drift, MovedPhrase, Pairing};
use crate::report::escape::{name, sentence};
use crate::report::numbers::{
    count, fixed_interval, p_value, percent, rate, signed, signed_interval, similarity,
};
use crate::report::page::{FloorRow, Piece, pieces, unbroken};
use crate::report::wording;
use serde::Serialize;

/// References in a table.
const SHOWN: usize = 15;
/// Families that explain a part of the shift.
const EXPLAINING: usize = 10;

/// The section on likeness beyond the prompts.
#[derive(Serialize)]
pub(in crate::report) struct PairingSection {
    title: String,
    basis: String,
    /// Which references the figure shows.
    shown: String,
    rows: Vec<SimilarRow>,
    left_out: usize,
    floors: Vec<FloorRow>,
}

#[derive(Serialize)]
struct SimilarRow {
    place: usize,
    reference: String,
    family: String,
    similarity: String,
    interval: String,
    p_value: String,
    data_set: &'static str,
}

impl PairingSection {
    pub fn new(pairing: &Pairing) -> Self {
        let rows: Vec<SimilarRow> = pairing
            .similarities
            .iter()
            .take(SHOWN)
            .enumerate()
            .map(|(place, one)| SimilarRow {
                place: place + 1,
                reference: name(&one.reference),
                family: one.family.as_deref().map_or_else(|| "–".into(), name),
                similarity: similarity(one.similarity),
                interval: fixed_interval(one.low, one.high, 2),
                p_value: p_value(one.corrected_p_value),
                data_set: if one.same_data_set { "the same" } else { "another" },
            })
            .collect();
        Self {
            title: wording::pairing_title(pairing),
            basis: unbroken(vec![wording::pairing_basis(pairing)]).concat(),
            shown: wording::likeness_shown(pairing, pairing.similarities.len().min(SHOWN)),
            left_out: pairing.similarities.len() - rows.len(),
            rows,
            floors: pairing.floors.iter().map(FloorRow::new).collect(),
        }
    }
}

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
        families.push(part("of its own".into(), drift.own_share, drift.own_low, drift.own_high));
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
            phrases: [("What came", &drift.came), ("What went", &drift.went)]
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
