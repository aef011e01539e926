//! Held-out outcomes → how well short and long traces were judged. Called by [`super::evaluate`].

use super::{
    Cases, HeldOut,
    figures::Rows,
    metrics::{loss, ratio},
};
use crate::{
    attribution::MINIMUM_WORDS,
    stats::{
        Estimate, Interval,
        calibration::{BINS, bin_of as calibration_bin, error_by_chance, error_of_bins},
    },
};
use serde::{Deserialize, Serialize};

/// Where the bins begin, in words; the last has no end.
const FROM: [usize; 7] = [MINIMUM_WORDS, 100, 200, 400, 800, 1_600, 3_200];

/// How well traces of about this length were judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LengthBin {
    /// Least number of words.
    pub from: usize,
    /// First number of words that is too large; `None` for the last bin.
    pub below: Option<usize>,
    /// Judged traces.
    pub traces: usize,
    /// Share of them whose own model has the largest probability.
    pub top1: Estimate,
    /// Their mean logarithmic loss in nats.
    pub log_loss: Estimate,
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

/// Sums of one bin of lengths: traces, right ones, losses, then two for each bin of the calibration
/// error.
const WIDTH: usize = 3 + 2 * BINS;

/// The bins that hold any trace, shortest first.
pub(super) fn by_length(
    cases: &Cases<'_>,
    held: &HeldOut,
    resamples: usize,
    seed: u64,
) -> Vec<LengthBin> {
    let mut rows = Rows::new(cases.groups, WIDTH * FROM.len());
    let mut predictions = vec![Vec::new(); FROM.len()];
    for judged in &held.outcomes {
        let case = &cases.cases[judged.case];
        let length = bin_of(case.words);
        let at = WIDTH * length;
        let row = rows.of(case.group);
        row[at] += 1.0;
        let prediction = case.prediction(&judged.probabilities);
        let right = f64::from(u8::from(prediction.right));
        row[at + 1] += right;
        row[at + 2] += loss(judged.probabilities[case.model]);
        predictions[length].push(prediction);
        let bin = at + 3 + 2 * calibration_bin(prediction.confidence);
        row[bin] += prediction.confidence;
        row[bin + 1] += right;
    }
    let (sums, resamples) = rows.finish(resamples, seed);
    let estimate = |at: usize, of: &dyn Fn(&[f64]) -> f64| {
        let drawn = resamples.means.iter().filter(|means| means[at] > 0.0);
        let interval = Interval::percentiles(drawn.map(|means| of(means) / means[at]).collect());
        Estimate::new(ratio(of(&sums), sums[at]), interval)
    };
    let error = |at: usize, sums: &[f64]| {
        let bins = (0..BINS).map(|bin| at + 3 + 2 * bin);
        error_of_bins(bins.map(|bin| (sums[bin], sums[bin + 1])))
    };
    (0..FROM.len())
        .filter(|bin| sums[WIDTH * bin] > 0.0)
        .map(|bin| LengthBin {
            from: FROM[bin],
            below: FROM.get(bin + 1).copied(),
            traces: sums[WIDTH * bin].round() as usize,
            top1: estimate(WIDTH * bin, &|sums| sums[WIDTH * bin + 1]),
            log_loss: estimate(WIDTH * bin, &|sums| sums[WIDTH * bin + 2]),
            calibration_error: Some(estimate(WIDTH * bin, &|sums| error(WIDTH * bin, sums))),
            calibration_error_by_chance: Some(error_by_chance(&predictions[bin])),
        })
        .collect()
}

fn bin_of(words: usize) -> usize {
    FROM.partition_point(|&from| from <= words).saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_falls_into_the_bin_that_begins_at_or_below_it() {
        assert_eq!([30, 99, 100, 399, 400, 1_000_000].map(bin_of), [0, 0, 1, 2, 3, 6]);
    }
}
