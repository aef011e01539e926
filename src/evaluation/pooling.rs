//! Held-out outcomes → how well several traces of one model are judged together.
//!
//! A pool is a number of traces of one model, all from different prompts, drawn by lot; its
//! probabilities are those of the mean of the traces' log probabilities, times the sharpness that
//! the judge learned for this many ([`crate::attribution::pool`]), averaged over the parts. Every
//! model counts alike. Called by [`super::evaluate`].

use super::{
    Cases, HeldOut,
    metrics::{SMALLEST, loss},
};
use crate::{
    attribution::pool::Pooling,
    stats::{
        Estimate, Interval,
        bootstrap::draws,
        calibration::{Prediction, error_by_chance, expected_calibration_error},
        random::{below, stream},
        vectors::argmax,
    },
};
use rand_pcg::Pcg64Mcg;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Traces in a pool.
const SIZES: [usize; 5] = [1, 2, 5, 10, 20];
/// Pools that are drawn for the figures, and for each resample, over all models.
const POOLS: (usize, usize) = (4_000, 2_000);
/// Resamples of prompts, at most: each draws its own pools.
const RESAMPLES: usize = 200;

/// How well pools of this size were judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pooled {
    /// Traces in a pool.
    pub traces: usize,
    /// Models with traces of this many prompts.
    pub models: usize,
    /// Share of pools whose own model has the largest probability; each model counts alike.
    pub top1: Estimate,
    /// Their mean logarithmic loss in nats.
    pub log_loss: Estimate,
    /// Expected calibration error of the largest probability, over 15 bins.
    pub calibration_error: Estimate,
    /// What it would be about, by chance alone, if every probability were right
    /// ([`error_by_chance`]; the pools of one model share its traces and are taken for one group);
    /// `None` where an older program measured.
    #[serde(default)]
    pub calibration_error_by_chance: Option<f64>,
}

/// The figures for each size that any model has enough prompts for.
pub(super) fn pooled(
    cases: &Cases<'_>,
    held: &HeldOut,
    resamples: usize,
    seed: u64,
) -> Vec<Pooled> {
    let pools = Pools::new(cases, held);
    let all: Vec<usize> = (0..cases.prompts).collect();
    // Prompts that ask nearly the same are resampled together.
    let mut of_group = vec![BTreeSet::new(); cases.groups];
    for case in &cases.cases {
        of_group[case.group].insert(case.prompt);
    }
    SIZES
        .iter()
        .enumerate()
        .filter_map(|(number, &size)| {
            // A stream for each size and resample; the first is for the figures themselves.
            let place = (number as u64 + 1) << 32;
            let (found, predictions) = pools.draw(&all, size, POOLS.0, &mut stream(seed, place))?;
            let drawn: Vec<Drawn> = (0..resamples.min(RESAMPLES) as u64)
                .into_par_iter()
                .filter_map(|resample| {
                    let groups = draws(cases.groups, resample, seed);
                    let prompts: Vec<usize> =
                        groups.flat_map(|group| of_group[group].iter().copied()).collect();
                    let mut random = stream(seed, place + 1 + resample);
                    pools.draw(&prompts, size, POOLS.1, &mut random).map(|(drawn, _)| drawn)
                })
                .collect();
            let estimate = |of: fn(&Drawn) -> f64| {
                Estimate::new(of(&found), Interval::percentiles(drawn.iter().map(of).collect()))
            };
            Some(Pooled {
                traces: size,
                models: found.models,
                top1: estimate(|drawn| drawn.top1),
                log_loss: estimate(|drawn| drawn.log_loss),
                calibration_error: estimate(|drawn| drawn.calibration_error),
                calibration_error_by_chance: Some(error_by_chance(&predictions)),
            })
        })
        .collect()
}

/// What pools can be drawn from.
struct Pools {
    /// Per model and prompt, the log probabilities of its judged traces.
    logs: Vec<Vec<Vec<Vec<f32>>>>,
    poolings: Vec<Pooling>,
}

struct Drawn {
    models: usize,
    top1: f64,
    log_loss: f64,
    calibration_error: f64,
}

impl Pools {
    fn new(cases: &Cases<'_>, held: &HeldOut) -> Self {
        let mut logs = vec![vec![Vec::new(); cases.prompts]; cases.models.len()];
        for judged in &held.outcomes {
            let case = &cases.cases[judged.case];
            let own = judged.probabilities.iter().map(|p| p.max(SMALLEST as f32).ln()).collect();
            logs[case.model][case.prompt].push(own);
        }
        Self { logs, poolings: held.poolings.clone() }
    }

    /// Draws about `pools` pools of `size` traces from these prompts; one that is there twice
    /// counts as two, as the bootstrap has it. Gives the figures, and what was predicted. `None`
    /// where no model has traces of this many prompts.
    fn draw(
        &self,
        prompts: &[usize],
        size: usize,
        pools: usize,
        random: &mut Pcg64Mcg,
    ) -> Option<(Drawn, Vec<Prediction>)> {
        let able: Vec<(usize, Vec<usize>)> = self
            .logs
            .iter()
            .enumerate()
            .map(|(model, own)| {
                (model, prompts.iter().copied().filter(|&prompt| !own[prompt].is_empty()).collect())
            })
            .filter(|(_, own): &(usize, Vec<usize>)| own.len() >= size)
            .collect();
        if able.is_empty() {
            return None;
        }
        let sharpness = match self.poolings.len() {
            0 => 1.0,
            parts => self.poolings.iter().map(|p| p.sharpness(size)).sum::<f64>() / parts as f64,
        };
        let each = pools.div_ceil(able.len());
        let mut predictions = Vec::new();
        let mut losses = 0.0;
        for (model, mut own) in able.iter().cloned() {
            for _ in 0..each {
                let mut sum = vec![0.0_f32; self.logs.len()];
                for i in 0..size {
                    // A partial shuffle: the first `size` prompts are a sample without repetition.
                    let other = i + below(random, own.len() - i);
                    own.swap(i, other);
                    let traces = &self.logs[model][own[i]];
                    let trace = &traces[below(random, traces.len())];
                    sum.iter_mut().zip(trace).for_each(|(sum, log)| *sum += log);
                }
                let probabilities = pool(&sum, size, sharpness as f32);
                let best = argmax(&probabilities);
                let confidence = f64::from(probabilities[best]);
                predictions.push(Prediction { confidence, right: best == model, group: model });
                losses += loss(probabilities[model]);
            }
        }
        let count = predictions.len() as f64;
        let judged = predictions.iter().map(|p| (p.confidence, p.right));
        let drawn = Drawn {
            models: able.len(),
            top1: predictions.iter().filter(|p| p.right).count() as f64 / count,
            log_loss: losses / count,
            calibration_error: expected_calibration_error(judged),
        };
        Some((drawn, predictions))
    }
}

/// Probabilities from sums of log probabilities of this many traces: the geometric mean to the
/// power of the sharpness, scaled to sum to one.
fn pool(sums: &[f32], traces: usize, sharpness: f32) -> Vec<f32> {
    let most = sums.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let own: Vec<f32> =
        sums.iter().map(|sum| (sharpness * (sum - most) / traces as f32).exp()).collect();
    let total: f32 = own.iter().sum();
    own.iter().map(|p| p / total).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pool_is_the_geometric_mean() {
        let logs = [0.9_f32.ln() + 0.4_f32.ln(), 0.1_f32.ln() + 0.6_f32.ln()];
        // √0.36 = 0.6, √0.06 = 0.2449
        let pooled = pool(&logs, 2, 1.0);
        assert!((pooled[0] - 0.6 / 0.84495).abs() < 1e-4, "{pooled:?}");
        assert!((pooled[0] + pooled[1] - 1.0).abs() < 1e-6);
    }

    #[test]
    fn pools_come_from_different_prompts_and_models_with_enough_of_them() {
        // Model 0 has three prompts, all right; model 1 one, wrong.
        let trace = |p: [f32; 2]| p.map(f32::ln).to_vec();
        let right = || vec![trace([0.8, 0.2])];
        let pools = Pools {
            logs: vec![
                vec![right(), right(), right()],
                vec![vec![trace([0.6, 0.4])], Vec::new(), Vec::new()],
            ],
            poolings: Vec::new(),
        };
        let mut random = stream(1, 1);
        let (one, _) = pools.draw(&[0, 1, 2], 1, 100, &mut random).unwrap();
        assert_eq!((one.models, one.top1), (2, 0.5));
        let (three, _) = pools.draw(&[0, 1, 2], 3, 100, &mut random).unwrap();
        assert_eq!((three.models, three.top1), (1, 1.0));
        assert!((three.log_loss - -(0.8_f64.ln())).abs() < 1e-5);
        assert!((three.calibration_error - 0.2).abs() < 1e-5);
        assert!(pools.draw(&[0, 1, 2], 4, 100, &mut random).is_none());
        assert!(pools.draw(&[0, 0, 0, 0], 4, 100, &mut random).is_some());
    }
}
