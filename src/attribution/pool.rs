//! What several traces of one writer say together.
//!
//! The log probabilities of traces add up where traces are independent evidence, and they are not:
//! a writer who is mistaken for another once is mistaken again. So the mean of the log
//! probabilities is multiplied by a sharpness that is smaller than the number of traces: learned
//! for pools of several sizes, drawn from traces whose prompts the learner had not seen, as what
//! makes the pooled probabilities least wrong in logarithmic loss. It is a temperature (Guo et al.
//! 2017) for pools. Called by `fit`, by `lineage` and by `evaluation`.

use crate::stats::{
    random::{below, stream},
    vectors::softmax,
};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Sizes of pools that the sharpness is learned for; in between it follows the logarithm of the
/// size.
const SIZES: [usize; 6] = [2, 3, 5, 10, 20, 40];
/// Pools that are drawn of each size over all references, about.
const POOLS: usize = 2_000;
/// No probability is smaller.
const SMALLEST: f32 = 1e-6;
/// The span in which the sharpness of one trace's share of the evidence is looked for.
const SPAN: (f64, f64) = (0.05, 1.5);

/// How sharply pools of traces are judged.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Pooling {
    /// Sizes of pools, ascending, each with what the mean log probability is multiplied by.
    sharpness: Vec<(usize, f64)>,
}

impl Pooling {
    /// Whether the sizes ascend from 2, and what they are multiplied by is a number that may be.
    pub(crate) fn is_sound(&self) -> bool {
        let sound =
            |&(size, sharpness): &(usize, f64)| size > 1 && sharpness > 0.0 && sharpness <= 1e3;
        self.sharpness.iter().all(sound) && self.sharpness.is_sorted_by(|a, b| a.0 < b.0)
    }

    /// What the mean of the log probabilities of so many traces is multiplied by. Beyond the
    /// largest pool that was learned from it stays as it is there, which is on the side of doubt.
    pub fn sharpness(&self, traces: usize) -> f64 {
        let mut before = (1, 1.0);
        for &(size, sharpness) in &self.sharpness {
            if traces <= size {
                let share = (traces.max(1) as f64 / before.0 as f64).ln()
                    / (size as f64 / before.0 as f64).ln();
                return before.1 + share * (sharpness - before.1);
            }
            before = (size, sharpness);
        }
        before.1
    }

    /// The probabilities of a pool of `traces` traces, given the sum of their log probabilities
    /// ([`log_of`]).
    pub fn probabilities(&self, log_sum: &[f32], traces: usize) -> Vec<f32> {
        let factor = (self.sharpness(traces) / traces.max(1) as f64) as f32;
        let mut probabilities: Vec<f32> = log_sum.iter().map(|log| factor * log).collect();
        softmax(&mut probabilities);
        probabilities
    }

    /// Learns from the probabilities of traces by learners that had not seen their prompts, with
    /// the reference and the prompt of each.
    pub(super) fn learn(
        probabilities: &[Vec<f32>],
        labels: &[usize],
        prompts: &[u32],
        seed: u64,
    ) -> Self {
        let references = probabilities.first().map_or(0, Vec::len);
        // Per reference and prompt its traces.
        let mut traces: Vec<Vec<Vec<usize>>> = vec![Vec::new(); references];
        let mut last = vec![None; references];
        for (i, (&label, &prompt)) in labels.iter().zip(prompts).enumerate() {
            if last[label].replace(prompt) != Some(prompt) {
                traces[label].push(Vec::new());
            }
            if let Some(own) = traces[label].last_mut() {
                own.push(i);
            }
        }
        let sharpness = SIZES
            .into_par_iter()
            .filter_map(|size| {
                let pools = draw(probabilities, &traces, size, seed)?;
                Some((size, least_wrong(&pools, size)))
            })
            .collect();
        Self { sharpness }
    }
}

/// The logarithm of a probability, bounded so that one surprise does not outweigh all else.
pub fn log_of(probability: f32) -> f32 {
    probability.max(SMALLEST).ln()
}

/// A pool: its reference and the sum of its traces' log probabilities.
type Pool = (usize, Vec<f32>);

/// Pools of traces of one reference, all of different prompts. `None` where no reference has
/// enough.
fn draw(
    probabilities: &[Vec<f32>],
    traces: &[Vec<Vec<usize>>],
    size: usize,
    seed: u64,
) -> Option<Vec<Pool>> {
    let able: Vec<usize> = (0..traces.len()).filter(|&r| traces[r].len() >= size).collect();
    if able.len() < 2 {
        return None;
    }
    let mut random = stream(seed ^ (size as u64) << 32, 0);
    let each = POOLS.div_ceil(able.len());
    let mut pools = Vec::with_capacity(each * able.len());
    for reference in able {
        let mut prompts: Vec<usize> = (0..traces[reference].len()).collect();
        for _ in 0..each {
            let mut sum = vec![0.0_f32; traces.len()];
            for i in 0..size {
                let other = i + below(&mut random, prompts.len() - i);
                prompts.swap(i, other);
                let own = &traces[reference][prompts[i]];
                let trace = &probabilities[own[below(&mut random, own.len())]];
                sum.iter_mut().zip(trace).for_each(|(sum, &p)| *sum += log_of(p));
            }
            pools.push((reference, sum));
        }
    }
    Some(pools)
}

/// The sharpness with the smallest loss, by golden-section search: the loss is convex in it.
fn least_wrong(pools: &[Pool], size: usize) -> f64 {
    let loss = |of_one: f64| -> f64 {
        let factor = of_one as f32;
        pools
            .iter()
            .map(|(reference, sum)| {
                let largest = sum.iter().fold(f32::NEG_INFINITY, |a, &b| a.max(b));
                let all: f32 = sum.iter().map(|log| (factor * (log - largest)).exp()).sum();
                f64::from(all.ln() - factor * (sum[*reference] - largest))
            })
            .sum()
    };
    let ratio = (5.0_f64.sqrt() - 1.0) / 2.0;
    let (mut low, mut high) = SPAN;
    for _ in 0..30 {
        let (left, right) = (high - ratio * (high - low), low + ratio * (high - low));
        if loss(left) < loss(right) { high = right } else { low = left }
    }
    size as f64 * (low + high) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::{calibration::expected_calibration_error, vectors::argmax};
    use rand_pcg::rand_core::RngCore;

    /// Traces of 60 references, each mistaken for its partner only. The log-odds of one trace are
    /// normal with mean ½ and variance 1, so that single probabilities are calibrated; the noise is
    /// drawn for each trace, or once for each reference, whose traces then say nothing new.
    fn traces(independent: bool) -> (Vec<Vec<f32>>, Vec<usize>, Vec<u32>) {
        let mut random = stream(5, 0);
        let mut normal = || {
            (0..12).map(|_| (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64).sum::<f64>()
                - 6.0
        };
        let (mut rows, mut labels, mut prompts) = (Vec::new(), Vec::new(), Vec::new());
        for label in 0..60 {
            let mood = normal();
            for prompt in 0..80 {
                let odds = 0.5 + if independent { normal() } else { mood };
                let p = 1.0 / (1.0 + (-odds).exp());
                let mut row = vec![0.0; 60];
                row[label] = p as f32;
                row[label ^ 1] = 1.0 - p as f32;
                rows.push(row);
                labels.push(label);
                prompts.push(prompt);
            }
        }
        (rows, labels, prompts)
    }

    #[test]
    fn the_less_traces_say_anew_the_less_sharply_pools_are_judged() {
        let learn = |independent| {
            let (rows, labels, prompts) = traces(independent);
            Pooling::learn(&rows, &labels, &prompts, 1)
        };
        let (free, bound) = (learn(true), learn(false));
        for size in SIZES {
            let (free, bound) = (free.sharpness(size), bound.sharpness(size));
            assert!(
                free > 0.7 * size as f64 && bound < 0.3 * size as f64 + 1.0,
                "{size}: {free} {bound}"
            );
        }
    }

    #[test]
    fn pooled_probabilities_mean_what_they_say() {
        let (rows, labels, prompts) = traces(true);
        let pooling = Pooling::learn(&rows, &labels, &prompts, 1);
        let mut by_reference: Vec<Vec<Vec<usize>>> = vec![Vec::new(); 60];
        labels.iter().enumerate().for_each(|(i, &label)| by_reference[label].push(vec![i]));
        // Other pools than those that it was learned from.
        let pools = draw(&rows, &by_reference, 5, 99).unwrap();
        let judged: Vec<(f64, bool)> = pools
            .iter()
            .map(|(reference, sum)| {
                let probabilities = pooling.probabilities(sum, 5);
                let best = argmax(&probabilities);
                (f64::from(probabilities[best]), best == *reference)
            })
            .collect();
        assert!(expected_calibration_error(judged) < 0.05);
    }

    #[test]
    fn the_sharpness_follows_the_logarithm_of_the_size() {
        let pooling = Pooling { sharpness: vec![(4, 3.0), (16, 5.0)] };
        assert_eq!([1, 4, 16, 99].map(|n| pooling.sharpness(n)), [1.0, 3.0, 5.0, 5.0]);
        assert!(
            (pooling.sharpness(2) - 2.0).abs() < 1e-12
                && (pooling.sharpness(8) - 4.0).abs() < 1e-12
        );
        assert_eq!(Pooling::default().sharpness(7), 1.0);
        let probabilities = pooling.probabilities(&[4.0 * 0.8_f32.ln(), 4.0 * 0.2_f32.ln()], 4);
        // 0.8³ beside 0.2³.
        assert!((probabilities[0] - 0.512 / 0.52).abs() < 1e-5);
    }
}
