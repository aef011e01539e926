//! Held-out outcomes of changed texts → what is lost when habits are taken away that are easily
//! changed. Called by [`super::evaluate`].

use super::{
    Cases, HeldOut,
    figures::Rows,
    metrics::{loss, ratio},
    perturbations::View,
};
use crate::stats::{
    Estimate,
    calibration::{BINS, bin_of, error_by_chance, error_of_bins},
};
use serde::{Deserialize, Serialize};

/// Sums before those of the bins.
const FIXED: usize = 5;

/// How well changed texts were judged, next to the same texts unchanged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Robustness {
    /// What was changed.
    pub change: String,
    /// Traces that were judged both ways.
    pub traces: usize,
    /// Traces that had too few words left.
    pub too_short: usize,
    /// Share of them whose own model has the largest probability.
    pub top1: Estimate,
    /// The same less that of the unchanged texts.
    pub difference: Estimate,
    /// Mean logarithmic loss in nats.
    pub log_loss: Estimate,
    /// Mean logarithmic loss of the same texts unchanged.
    pub unchanged_log_loss: f64,
    /// Expected calibration error of the largest probability, over 15 bins; `None` where an older
    /// program measured.
    #[serde(default)]
    pub calibration_error: Option<Estimate>,
    /// What it would be about, by chance alone, if every probability were right
    /// ([`error_by_chance`](crate::stats::calibration::error_by_chance)); `None` where an older
    /// program measured.
    #[serde(default)]
    pub calibration_error_by_chance: Option<f64>,
}

/// Figures for each view that leaves enough of any trace, in their order.
pub(super) fn robustness(
    cases: &Cases<'_>,
    held: &HeldOut,
    views: &[View],
    resamples: usize,
    seed: u64,
) -> Vec<Robustness> {
    let one = |number: usize, view: &View| {
        let mut rows = Rows::new(cases.groups, FIXED + 2 * BINS);
        let mut too_short = 0;
        let mut predictions = Vec::new();
        for judged in &held.outcomes {
            let case = &cases.cases[judged.case];
            let Some(changed) = &judged.views[number] else {
                too_short += 1;
                continue;
            };
            let prediction = case.prediction(changed);
            let one_if = |right: bool| f64::from(u8::from(right));
            let row = rows.of(case.group);
            row[0] += 1.0;
            row[1] += one_if(prediction.right);
            row[2] += one_if(case.prediction(&judged.probabilities).right);
            row[3] += loss(changed[case.model]);
            row[4] += loss(judged.probabilities[case.model]);
            predictions.push(prediction);
            let bin = FIXED + 2 * bin_of(prediction.confidence);
            row[bin] += prediction.confidence;
            row[bin + 1] += one_if(prediction.right);
        }
        let (sums, resamples) = rows.finish(resamples, seed);
        // No trace is long enough for this cut: there is nothing to tell.
        if sums[0] == 0.0 {
            return None;
        }
        let mean =
            |column: usize| resamples.estimate(&sums, move |sums| ratio(sums[column], sums[0]));
        Some(Robustness {
            change: view.change.name().into_owned(),
            traces: sums[0].round() as usize,
            too_short,
            top1: mean(1),
            difference: resamples.estimate(&sums, |sums| ratio(sums[1] - sums[2], sums[0])),
            log_loss: mean(3),
            unchanged_log_loss: ratio(sums[4], sums[0]),
            calibration_error: Some(resamples.estimate(&sums, |sums| {
                let bins = (0..BINS).map(|bin| FIXED + 2 * bin);
                ratio(error_of_bins(bins.map(|at| (sums[at], sums[at + 1]))), sums[0])
            })),
            calibration_error_by_chance: Some(error_by_chance(&predictions)),
        })
    };
    views.iter().enumerate().filter_map(|(number, view)| one(number, view)).collect()
}
