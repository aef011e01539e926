//! Learners' predictions for traces that they had not seen → a [`Stack`]. The loss is convex; it is
//! minimized by Newton's method. Called by `fit`.

use super::weighing::{KNOTS, LearnerWeights, Stack, leave, odds_of_top};
use crate::attribution::lengths::{TextLength, between};
use crate::stats::{
    cholesky::Cholesky,
    logistic::binary::{BinaryLogistic, Observation},
    vectors::{argmax, softmax},
};
use ndarray::{Array1, Array2, ArrayView2};
use rayon::prelude::*;

/// What a difference of neighbouring weights costs, in nats over all observations, where the
/// prediction that it weighs has a spread of 1 over the references.
const SMOOTHNESS: f64 = 5.0;
/// What a weight costs, in the same unit: few observations do not give certainty.
const RIDGE: f64 = 0.05;
/// What the difference of a data set's weight from that of all traces costs, in the same unit.
const DEPARTURE: f64 = 5.0;
const ITERATIONS: usize = 30;
/// Observations that one task adds up: fixed, so that sums do not depend on the number of threads.
const CHUNK: usize = 256;

/// The ridge of recalibration: the odds that the weights give are kept where few observations speak
/// against them.
const TOP_RIDGE: [f64; 2] = [5.0, 5.0];

/// Learners' predictions for traces that they had not seen.
pub(in crate::attribution) struct Observations<'a> {
    /// For each learner a row per observation and a column per reference.
    pub learners: Vec<ArrayView2<'a, f32>>,
    /// The reference that wrote each.
    pub labels: Vec<usize>,
    /// How much text each is.
    pub lengths: Vec<TextLength>,
    /// How much each counts.
    pub weights: Vec<f64>,
    /// The data set of each. Empty where the weights are to be the same on all.
    pub data_sets: Vec<usize>,
    /// Sets of references; each observation is compared with those of its set. All where there is
    /// none.
    pub candidates: &'a [Vec<bool>],
    /// The set of each observation.
    pub candidates_of: &'a [usize],
}

impl Stack {
    /// The weights with the smallest mean logarithmic loss, and that loss in nats.
    pub(in crate::attribution) fn fit(observations: &Observations<'_>) -> (Self, f64) {
        let learners = observations.learners.len();
        let size = observations.blocks() * learners * KNOTS.len();
        let mut point = vec![0.0_f64; size];
        let spreads = observations.spreads();
        let mut state = observations.evaluate(&point, &spreads);
        for _ in 0..ITERATIONS {
            let mut hessian = state.hessian.clone();
            hessian.diag_mut().mapv_inplace(|value| value + 1e-9);
            let Some(cholesky) = Cholesky::new(hessian) else { break };
            let gradient = Array2::from_shape_fn((size, 1), |(i, _)| state.gradient[i]);
            let direction = cholesky.solve(gradient.view());
            let decrement: f64 = direction.iter().zip(&state.gradient).map(|(d, g)| d * g).sum();
            if decrement.is_nan() || decrement < 1e-9 {
                break;
            }
            // Halve the step until the loss falls.
            let mut step = 1.0;
            let next = loop {
                let trial: Vec<f64> =
                    point.iter().zip(&direction).map(|(p, d)| p - step * d).collect();
                let next = observations.evaluate(&trial, &spreads);
                if next.loss <= state.loss - 1e-4 * step * decrement {
                    break Some((trial, next));
                }
                step /= 2.0;
                if step < 1e-4 {
                    break None;
                }
            };
            let Some((trial, next)) = next else { break };
            (point, state) = (trial, next);
        }
        let mut blocks = point.chunks(learners * KNOTS.len()).map(|own| -> LearnerWeights {
            own.chunks(KNOTS.len()).map(|own| std::array::from_fn(|knot| own[knot])).collect()
        });
        let weights = blocks.next().unwrap_or_default();
        let unfinished = blocks.next().unwrap_or_default();
        let mut data_sets = Vec::new();
        while let (Some(finished), Some(unfinished)) = (blocks.next(), blocks.next()) {
            data_sets.push([finished, unfinished]);
        }
        let mut stack = Self { weights, unfinished, data_sets, top: BinaryLogistic::default() };
        stack.top = BinaryLogistic::learn(&observations.of_top(&stack), TOP_RIDGE);
        (stack, state.plain_loss)
    }
}

/// The loss and its derivatives at a point.
struct State {
    /// Mean loss with the penalties.
    loss: f64,
    /// Mean loss without them.
    plain_loss: f64,
    gradient: Array1<f64>,
    hessian: Array2<f64>,
}

impl Observations<'_> {
    /// The references that an observation is compared with.
    fn among(&self, i: usize) -> Option<&[bool]> {
        self.candidates_of.get(i).map(|set| self.candidates[*set].as_slice())
    }

    /// For each observation that breaks off, whether the largest probability by the weights is the
    /// right one.
    fn of_top(&self, stack: &Stack) -> Vec<Observation> {
        (0..self.labels.len())
            .into_par_iter()
            .filter(|&i| self.lengths[i].unfinished)
            .map(|i| {
                let predictions: Vec<Vec<f32>> =
                    self.learners.iter().map(|learner| learner.row(i).to_vec()).collect();
                let predictions: Vec<&[f32]> = predictions.iter().map(Vec::as_slice).collect();
                let length = self.lengths[i];
                let data_set = self.data_sets.get(i).copied();
                let mut logits = stack.logits(&predictions, length, data_set);
                leave(&mut logits, self.among(i));
                softmax(&mut logits);
                let odds = odds_of_top(&logits);
                Observation {
                    covariates: stack.covariates(odds, length, data_set),
                    offset: odds,
                    outcome: argmax(&logits) == self.labels[i],
                    weight: self.weights[i],
                }
            })
            .collect()
    }

    /// The variance of each learner's predictions over the references that an observation is judged
    /// among, as the mean over observations.
    fn spreads(&self) -> Vec<f64> {
        let count = self.labels.len().max(1) as f64;
        let of = |learner: &ArrayView2<'_, f32>| {
            let variances = learner.outer_iter().enumerate().map(|(i, row)| {
                let set = self.among(i);
                let own = || {
                    let compared = |j: usize| set.is_none_or(|set| set[j]);
                    row.iter()
                        .enumerate()
                        .filter(move |(j, _)| compared(*j))
                        .map(|(_, &v)| f64::from(v))
                };
                let count = own().count().max(1) as f64;
                let mean = own().sum::<f64>() / count;
                own().map(|v| (v - mean).powi(2)).sum::<f64>() / count
            });
            (variances.sum::<f64>() / count).max(1e-9)
        };
        self.learners.iter().map(of).collect()
    }

    /// How many sets of weights there are: one for all, what is added to it where traces break off,
    /// and what is added on each data set for either kind.
    fn blocks(&self) -> usize {
        // With one data set there is nothing that it could depart from.
        let data_sets = self.data_sets.iter().max().map_or(0, |most| most + 1);
        2 + if data_sets > 1 { 2 * data_sets } else { 0 }
    }

    /// Where the weights of the first learner that an observation is judged by stand in a point,
    /// and the share of each.
    fn places(&self, i: usize, blocks: usize) -> Vec<(usize, f64)> {
        let TextLength { words, unfinished } = self.lengths[i];
        let own = self.data_sets.get(i).filter(|_| blocks > 2);
        let own = own.map(|data_set| 2 + 2 * data_set + usize::from(unfinished));
        let basis = between::<f64>(&KNOTS, words);
        std::iter::once(0)
            .chain(unfinished.then_some(1))
            .chain(own)
            .flat_map(|block| {
                let first = block * self.learners.len() * KNOTS.len();
                basis.iter().map(move |&(knot, share)| (first + knot, share))
            })
            .filter(|(_, share)| *share > 0.0)
            .collect()
    }

    fn evaluate(&self, point: &[f64], spreads: &[f64]) -> State {
        let learners = self.learners.len();
        let size = point.len();
        let knots = KNOTS.len();
        let blocks = self.blocks();
        let zero = || (0.0_f64, Array1::<f64>::zeros(size), Array2::<f64>::zeros((size, size)));
        let chunks: Vec<(f64, Array1<f64>, Array2<f64>)> = (0..self.labels.len())
            .collect::<Vec<_>>()
            .par_chunks(CHUNK)
            .map(|members| {
                let mut sum = zero();
                let mut probabilities = Vec::new();
                for &i in members {
                    let places = self.places(i, blocks);
                    let weight_of = |learner: usize| -> f64 {
                        places.iter().map(|&(k, share)| share * point[learner * knots + k]).sum()
                    };
                    let own: Vec<f32> = (0..learners).map(|l| weight_of(l) as f32).collect();
                    probabilities.clear();
                    probabilities.resize(self.learners[0].ncols(), 0.0_f32);
                    for (learner, weight) in self.learners.iter().zip(&own) {
                        for (logit, value) in probabilities.iter_mut().zip(learner.row(i)) {
                            *logit += weight * value;
                        }
                    }
                    leave(&mut probabilities, self.among(i));
                    softmax(&mut probabilities);
                    let label = self.labels[i];
                    let weight = self.weights[i];
                    sum.0 -= weight * f64::from(probabilities[label].max(1e-12)).ln();
                    // Moments of the learners' predictions under the probabilities.
                    let mut mean = vec![0.0_f64; learners];
                    let mut second = vec![0.0_f64; learners * learners];
                    for (j, &p) in probabilities.iter().enumerate().filter(|(_, p)| **p > 1e-9) {
                        for a in 0..learners {
                            let x = f64::from(p) * f64::from(self.learners[a][[i, j]]);
                            mean[a] += x;
                            for b in 0..learners {
                                second[a * learners + b] += x * f64::from(self.learners[b][[i, j]]);
                            }
                        }
                    }
                    for a in 0..learners {
                        let slope = mean[a] - f64::from(self.learners[a][[i, label]]);
                        for &(k, share) in &places {
                            sum.1[a * knots + k] += weight * share * slope;
                        }
                        for b in 0..learners {
                            let spread = second[a * learners + b] - mean[a] * mean[b];
                            for &(k, share) in &places {
                                for &(m, other) in &places {
                                    sum.2[[a * knots + k, b * knots + m]] +=
                                        weight * share * other * spread;
                                }
                            }
                        }
                    }
                }
                sum
            })
            .collect();
        let (mut loss, mut gradient, mut hessian) = zero();
        for chunk in chunks {
            loss += chunk.0;
            gradient += &chunk.1;
            hessian += &chunk.2;
        }
        let total: f64 = self.weights.iter().sum::<f64>().max(1e-12);
        loss /= total;
        gradient /= total;
        hessian /= total;
        let plain_loss = loss;
        for row in 0..blocks * learners {
            let spread = spreads[row % learners] / total;
            let ridge = spread * if row < learners { RIDGE } else { DEPARTURE };
            let smoothness = spread * SMOOTHNESS;
            for knot in 0..knots {
                let here = row * knots + knot;
                loss += ridge / 2.0 * point[here].powi(2);
                gradient[here] += ridge * point[here];
                hessian[[here, here]] += ridge;
                if knot + 1 < knots {
                    let step = point[here + 1] - point[here];
                    loss += smoothness / 2.0 * step * step;
                    gradient[here + 1] += smoothness * step;
                    gradient[here] -= smoothness * step;
                    hessian[[here, here]] += smoothness;
                    hessian[[here + 1, here + 1]] += smoothness;
                    hessian[[here + 1, here]] -= smoothness;
                }
            }
        }
        State { loss, plain_loss, gradient, hessian }
    }
}
