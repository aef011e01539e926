//! The paired comparison → what the page's template is filled with.

use super::super::floors::FloorRow;
use crate::lineage::Pairing;
use crate::report::escape::name;
use crate::report::numbers::{fixed_interval, p_value, similarity};
use crate::report::page_parts::unbroken;
use crate::report::wording;
use serde::Serialize;

/// References in the table.
const SHOWN: usize = 15;

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
