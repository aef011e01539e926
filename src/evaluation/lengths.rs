//! Held-out judgements → how well short and long traces were judged. Called by [`super::evaluate`].

use super::{
    Cases, HeldOut,
    metrics::{Estimate, loss, ratio, top},
    tally::Rows,
};
use crate::{attribution::MINIMUM_WORDS, lineage::bootstrap::percentiles};
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
}

/// The bins that hold any trace, shortest first.
pub(super) fn by_length(
    cases: &Cases<'_>,
    held: &HeldOut,
    resamples: usize,
    seed: u64,
) -> Vec<LengthBin> {
    let mut rows = Rows::new(cases.prompts, 3 * FROM.len());
    for judged in &held.judgements {
        let case = &cases.cases[judged.case];
        let at = 3 * bin_of(case.words);
        let row = rows.of(case.prompt);
        row[at] += 1.0;
        row[at + 1] += f64::from(u8::from(top(&judged.probabilities) == case.model));
        row[at + 2] += loss(judged.probabilities[case.model]);
    }
    let (sums, resamples) = rows.finish(resamples, seed);
    let estimate = |at: usize, column: usize| {
        let drawn = resamples.means.iter().filter(|means| means[at] > 0.0);
        let (low, high) = percentiles(drawn.map(|means| means[column] / means[at]).collect());
        Estimate { value: ratio(sums[column], sums[at]), low, high }
    };
    (0..FROM.len())
        .filter(|bin| sums[3 * bin] > 0.0)
        .map(|bin| LengthBin {
            from: FROM[bin],
            below: FROM.get(bin + 1).copied(),
            traces: sums[3 * bin].round() as usize,
            top1: estimate(3 * bin, 3 * bin + 1),
            log_loss: estimate(3 * bin, 3 * bin + 2),
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
