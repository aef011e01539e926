//! The resamples of prompts, drawn once for all rules that rest on as many of them.
//!
//! Comes in: how many prompts a figure rests on. Goes out: how often each of them is drawn in each
//! resample. The draws depend on nothing else, so that hundreds of rules on one input share them, and a
//! rule costs sums only. Called by [`super::measure`].

use crate::stats::bootstrap::draws;
use rayon::prelude::*;
use std::{cell::RefCell, collections::BTreeMap, sync::Arc};

/// The most bytes of draws that are remembered; others are drawn again for each rule.
const MOST_BYTES: usize = 80_000_000;

/// How often each prompt is drawn: a row of `prompts` bytes for each resample. Nothing is drawn 255 times
/// of as many as there are but by a chance that never comes.
type Times = Arc<Vec<u8>>;

/// The draws of a check, by the number of prompts and of resamples.
#[derive(Debug, Default)]
pub(super) struct SharedDraws {
    known: RefCell<BTreeMap<(usize, usize), Times>>,
}

impl SharedDraws {
    /// The ratio of two sums over prompts, in each resample: `rows` has both parts of each prompt.
    pub fn ratios(&self, rows: &[(f64, f64)], resamples: usize, seed: u64) -> Vec<f64> {
        let times = self.times(rows.len(), resamples, seed);
        times
            .par_chunks_exact(rows.len().max(1))
            .map(|times| {
                let (sum, count) = times.iter().zip(rows).fold((0.0, 0.0), |(a, b), (&n, row)| {
                    let n = f64::from(n);
                    (a + n * row.0, b + n * row.1)
                });
                sum / count
            })
            .collect()
    }

    fn times(&self, prompts: usize, resamples: usize, seed: u64) -> Times {
        let mut known = self.known.borrow_mut();
        if let Some(times) = known.get(&(prompts, resamples)) {
            return times.clone();
        }
        let mut times = vec![0_u8; prompts * resamples];
        times.par_chunks_exact_mut(prompts.max(1)).enumerate().for_each(|(resample, times)| {
            for at in draws(prompts, resample as u64, seed) {
                times[at] = times[at].saturating_add(1);
            }
        });
        let times: Times = times.into();
        let remembered: usize = known.values().map(|times| times.len()).sum();
        if remembered + times.len() <= MOST_BYTES {
            known.insert((prompts, resamples), times.clone());
        }
        times
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shared_is_what_each_rule_would_draw() {
        let rows: Vec<(f64, f64)> = (0..20).map(|i| (f64::from(i), f64::from(1 + i % 3))).collect();
        let shared = SharedDraws::default();
        for _ in 0..2 {
            let found = shared.ratios(&rows, 50, 9);
            assert_eq!(found.len(), 50);
            for (resample, found) in found.iter().enumerate() {
                let (sum, count) = draws(rows.len(), resample as u64, 9)
                    .fold((0.0, 0.0), |(a, b), at| (a + rows[at].0, b + rows[at].1));
                assert!((found - sum / count).abs() < 1e-12);
            }
        }
        assert_eq!(shared.known.borrow().len(), 1);
    }
}
