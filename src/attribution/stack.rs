//! Several learners' opinions → probabilities that mean what they say.
//!
//! A conditional logit (McFadden 1974): the logit of a reference is the sum of what each learner gives
//! it, times the learner's weight, and the weights depend on the trace's length, linear in the logarithm
//! of its words between [`KNOTS`], because a short trace is weaker evidence and other learners are then
//! to be believed. The weights are fitted to what the learners said of traces on prompts that they had
//! not seen (stacking; Wolpert 1992), so that they also calibrate: with one learner this is temperature
//! scaling (Guo, Pleiss, Sun & Weinberger 2017). The loss is convex; it is minimized by Newton's method.

use super::{cholesky::Cholesky, lengths::between, logistic::softmax};
use ndarray::{Array1, Array2, ArrayView2};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Words at which each learner has a weight of its own.
pub const KNOTS: [usize; 5] = [50, 100, 200, 400, 800];
/// What a difference of neighbouring weights costs, in nats over all observations, where the opinion
/// that it weighs has a spread of 1 over the references.
const SMOOTHNESS: f64 = 5.0;
/// What a weight costs, in the same unit: few observations do not give certainty.
const RIDGE: f64 = 0.05;
/// The ridge of the binary regression, on the standardized number.
const SHRINK: f64 = 1e-5;
const ITERATIONS: usize = 30;
/// Observations that one task adds up: fixed, so that sums do not depend on the number of threads.
const CHUNK: usize = 256;

/// The weights of several learners by length of trace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stack {
    /// A row per learner, a weight per knot.
    weights: Vec<[f64; KNOTS.len()]>,
}

/// What learners said of traces that they had not seen.
pub struct Observations<'a> {
    /// For each learner a row per observation and a column per reference.
    pub learners: Vec<ArrayView2<'a, f32>>,
    /// The reference that wrote each.
    pub labels: Vec<usize>,
    /// Words of each.
    pub words: Vec<usize>,
    /// How much each counts.
    pub weights: Vec<f64>,
    /// Sets of references; an observation is judged among those of its set. All where there is none.
    pub candidates: &'a [Vec<bool>],
    /// The set of each observation.
    pub candidates_of: &'a [usize],
}

impl Stack {
    /// The logits of a trace of `words` words from the learners' opinions, in their order.
    pub fn logits(&self, learners: &[&[f32]], words: usize) -> Vec<f32> {
        let mut logits = vec![0.0_f32; learners.first().map_or(0, |l| l.len())];
        let [(low, low_share), (high, high_share)] = between::<f64>(&KNOTS, words);
        for (weights, opinion) in self.weights.iter().zip(learners) {
            let weight = (low_share * weights[low] + high_share * weights[high]) as f32;
            logits.iter_mut().zip(*opinion).for_each(|(logit, value)| *logit += weight * value);
        }
        logits
    }

    /// The probabilities of a trace of `words` words.
    pub fn probabilities(&self, learners: &[&[f32]], words: usize) -> Vec<f32> {
        let mut values = self.logits(learners, words);
        softmax(&mut values);
        values
    }

    /// The number of learners.
    pub fn learners(&self) -> usize {
        self.weights.len()
    }

    /// The weights with the smallest mean logarithmic loss, and that loss in nats.
    pub fn fit(observations: &Observations<'_>) -> (Self, f64) {
        let learners = observations.learners.len();
        let size = learners * KNOTS.len();
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
        let weights =
            point.chunks(KNOTS.len()).map(|own| std::array::from_fn(|knot| own[knot])).collect();
        (Self { weights }, state.plain_loss)
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
    /// The variance of each learner's opinions over the references that an observation is judged
    /// among, as the mean over observations.
    fn spreads(&self) -> Vec<f64> {
        let count = self.labels.len().max(1) as f64;
        let of = |learner: &ArrayView2<'_, f32>| {
            let variances = learner.outer_iter().enumerate().map(|(i, row)| {
                let set = self.candidates_of.get(i).map(|set| &self.candidates[*set]);
                let own = || {
                    let judged = |j: usize| set.is_none_or(|set| set[j]);
                    row.iter()
                        .enumerate()
                        .filter(move |(j, _)| judged(*j))
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

    fn evaluate(&self, point: &[f64], spreads: &[f64]) -> State {
        let learners = self.learners.len();
        let size = point.len();
        let knots = KNOTS.len();
        let zero = || (0.0_f64, Array1::<f64>::zeros(size), Array2::<f64>::zeros((size, size)));
        let chunks: Vec<(f64, Array1<f64>, Array2<f64>)> = (0..self.labels.len())
            .collect::<Vec<_>>()
            .par_chunks(CHUNK)
            .map(|members| {
                let mut sum = zero();
                let mut probabilities = Vec::new();
                for &i in members {
                    let basis = between::<f64>(&KNOTS, self.words[i]);
                    let weight_of = |learner: usize| -> f64 {
                        basis.iter().map(|&(k, share)| share * point[learner * knots + k]).sum()
                    };
                    let own: Vec<f32> = (0..learners).map(|l| weight_of(l) as f32).collect();
                    probabilities.clear();
                    probabilities.resize(self.learners[0].ncols(), 0.0_f32);
                    for (learner, weight) in self.learners.iter().zip(&own) {
                        for (logit, value) in probabilities.iter_mut().zip(learner.row(i)) {
                            *logit += weight * value;
                        }
                    }
                    if let Some(set) = self.candidates_of.get(i) {
                        for (logit, known) in probabilities.iter_mut().zip(&self.candidates[*set]) {
                            if !known {
                                *logit = f32::NEG_INFINITY;
                            }
                        }
                    }
                    softmax(&mut probabilities);
                    let label = self.labels[i];
                    let weight = self.weights[i];
                    sum.0 -= weight * f64::from(probabilities[label].max(1e-12)).ln();
                    // Moments of the learners' opinions under the probabilities.
                    let mut mean = vec![0.0_f64; learners];
                    let mut second = vec![0.0_f64; learners * learners];
                    for (j, &p) in probabilities.iter().enumerate().filter(|(_, p)| **p > 1e-9) {
                        for a in 0..learners {
                            let x = f64::from(p) * f64::from(self.learners[a][[i, j]]);
                            mean[a] += x;
                            for b in 0..=a {
                                second[a * learners + b] += x * f64::from(self.learners[b][[i, j]]);
                            }
                        }
                    }
                    for a in 0..learners {
                        let slope = mean[a] - f64::from(self.learners[a][[i, label]]);
                        for &(k, share) in &basis {
                            sum.1[a * knots + k] += weight * share * slope;
                        }
                        for b in 0..=a {
                            let spread = second[a * learners + b] - mean[a] * mean[b];
                            for &(k, share) in &basis {
                                for &(m, other) in &basis {
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
        for (learner, spread) in spreads.iter().enumerate() {
            let (ridge, smoothness) = (RIDGE * spread / total, SMOOTHNESS * spread / total);
            for knot in 0..knots {
                let here = learner * knots + knot;
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

/// Intercept and slope of the logarithmic odds of a binary outcome: weighted logistic regression on one
/// number, by Newton's method, with a small ridge. Each item is the number, the outcome and the weight.
pub(super) fn logistic(items: &[(f64, bool, f64)]) -> (f64, f64) {
    let total: f64 = items.iter().map(|item| item.2).sum::<f64>().max(1e-12);
    let mean = items.iter().map(|item| item.0 * item.2).sum::<f64>() / total;
    let square = items.iter().map(|item| (item.0 - mean).powi(2) * item.2).sum::<f64>() / total;
    let deviation = square.sqrt().max(1e-9);
    let (mut intercept, mut slope) = (0.0_f64, 0.0_f64);
    for _ in 0..50 {
        let (mut g0, mut g1, mut h00, mut h01, mut h11) = (0.0, SHRINK * slope, 1e-9, 0.0, SHRINK);
        for &(value, outcome, weight) in items {
            let x = (value - mean) / deviation;
            let p = 1.0 / (1.0 + (-(intercept + slope * x)).exp());
            let (error, spread) = (p - f64::from(u8::from(outcome)), p * (1.0 - p));
            let weight = weight / total;
            g0 += weight * error;
            g1 += weight * error * x;
            h00 += weight * spread;
            h01 += weight * spread * x;
            h11 += weight * spread * x * x;
        }
        let determinant = h00 * h11 - h01 * h01;
        let step = ((h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant);
        // A step of at most 2 keeps Newton's method from leaping where the classes are far apart.
        let shrink = 1.0_f64.min(2.0 / (step.0.abs() + step.1.abs()).max(1e-12));
        intercept -= shrink * step.0;
        slope -= shrink * step.1;
        if step.0.abs() + step.1.abs() < 1e-9 {
            break;
        }
    }
    (intercept - slope * mean / deviation, slope / deviation)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn observations<'a>(
        learners: &[&'a Array2<f32>],
        labels: Vec<usize>,
        words: Vec<usize>,
    ) -> Observations<'a> {
        let weights = vec![1.0; labels.len()];
        let learners = learners.iter().map(|l| l.view()).collect();
        Observations { learners, labels, words, weights, candidates: &[], candidates_of: &[] }
    }

    #[test]
    fn one_overconfident_learner_is_shrunk_to_the_truth() {
        // The learner always says 4 to 0 for the first, which is right in 3 of 4: weight ln 3 / 4.
        let logits = Array2::from_shape_fn((400, 2), |(_, j)| if j == 0 { 4.0 } else { 0.0 });
        let labels: Vec<usize> = (0..400).map(|i| usize::from(i % 4 == 0)).collect();
        let (stack, loss) = Stack::fit(&observations(&[&logits], labels, vec![400; 400]));
        let p = stack.probabilities(&[&[4.0, 0.0]], 400);
        assert!((p[0] - 0.75).abs() < 0.01, "{p:?}");
        // The entropy of 3 to 1.
        assert!((loss - 0.5623).abs() < 1e-3, "{loss}");
    }

    #[test]
    fn each_length_believes_the_learner_that_is_right_there() {
        let first =
            Array2::from_shape_fn((400, 2), |(i, j)| if j == i / 2 % 2 { 1.0 } else { 0.0 });
        let second =
            Array2::from_shape_fn((400, 2), |(i, j)| if j == i / 4 % 2 { 1.0 } else { 0.0 });
        let words: Vec<usize> = (0..400).map(|i| if i % 2 == 0 { 50 } else { 2000 }).collect();
        // Short traces: the first learner is right 9 times in 10; long ones: the second.
        let labels: Vec<usize> = (0..400)
            .map(|i| (if i % 2 == 0 { i / 2 % 2 } else { i / 4 % 2 } + usize::from(i % 20 < 2)) % 2)
            .collect();
        let (stack, _) = Stack::fit(&observations(&[&first, &second], labels, words));
        let opinions: [&[f32]; 2] = [&[1.0, 0.0], &[0.0, 1.0]];
        assert!(stack.probabilities(&opinions, 50)[0] > 0.8);
        assert!(stack.probabilities(&opinions, 2000)[1] > 0.8);
    }

    #[test]
    fn references_outside_the_set_take_no_part() {
        let logits = Array2::from_shape_fn((100, 3), |(i, j)| match j {
            2 => 9.0,
            j if j == i % 2 => 1.0,
            _ => 0.0,
        });
        let labels: Vec<usize> = (0..100).map(|i| (i + usize::from(i % 10 == 0)) % 2).collect();
        let (candidates, of) = ([vec![true, true, false]], vec![0; 100]);
        let mut data = observations(&[&logits], labels, vec![400; 100]);
        (data.candidates, data.candidates_of) = (&candidates, &of);
        let (stack, _) = Stack::fit(&data);
        // Right 9 times in 10 between the two.
        assert!((stack.probabilities(&[&[1.0, 0.0]], 400)[0] - 0.9).abs() < 0.01);
    }

    #[test]
    fn a_logistic_regression_finds_the_odds() {
        // At 0 the outcome is true in 1 of 4, at 1 in 3 of 4: odds 1/3 and 3.
        let items: Vec<(f64, bool, f64)> =
            (0..80).map(|i| (f64::from(i % 2), (i / 2 % 4 == 0) != (i % 2 == 1), 1.0)).collect();
        let (intercept, slope) = logistic(&items);
        assert!((intercept + 3.0_f64.ln()).abs() < 1e-2, "{intercept}");
        assert!((intercept + slope - 3.0_f64.ln()).abs() < 1e-2, "{slope}");
    }
}
