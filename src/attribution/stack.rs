//! Several learners' opinions → probabilities that mean what they say.
//!
//! A conditional logit (McFadden 1974): the logit of a reference is the sum of what each learner gives
//! it, times the learner's weight, and the weights depend on the trace's length, linear in the logarithm
//! of its words between [`KNOTS`], because a short trace is weaker evidence and other learners are then
//! to be believed. They depend on whether the text breaks off, as the first words of a long trace say less than a short one. And each
//! ground (data set) that was learned from has weights of its own, drawn towards those of all: how far a learner can be
//! believed differs between subject matters, and with it what a probability means. The weights are fitted to what the learners said of traces on prompts that they had
//! not seen (stacking; Wolpert 1992), so that they also calibrate: with one learner this is temperature
//! scaling (Guo, Pleiss, Sun & Weinberger 2017). The loss is convex; it is minimized by Newton's method.

use super::{
    cholesky::Cholesky,
    lengths::{Extent, between},
    logistic::softmax,
    model::top,
    odds::{Item, Odds},
};
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
/// What a departure of a weight from that of all traces costs, in the same unit.
const DEPARTURE: f64 = 5.0;
const ITERATIONS: usize = 30;
/// Observations that one task adds up: fixed, so that sums do not depend on the number of threads.
const CHUNK: usize = 256;

/// Weights of several learners by length of trace: a row per learner, a weight per knot.
type Weights = Vec<[f64; KNOTS.len()]>;

/// The weights of several learners by length of trace, by whether it breaks off, and by ground.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stack {
    /// Of any trace.
    weights: Weights,
    /// What is added to them where a trace breaks off.
    unfinished: Weights,
    /// What is added on each ground for traces that have their end, and for those that break off; empty where they were
    /// learned on one ground, or without regard to it.
    grounds: Vec<[Weights; 2]>,
    /// What is added to the odds of the reference that comes first where a trace breaks off, by [`signs`]: the weights that make
    /// the loss least are somewhat too sure of such traces.
    first: Odds,
}

/// Numbers that the odds of the first reference are mended by.
const SIGNS: usize = 2;
/// What mending costs: the odds that the weights give stand where few observations speak against them.
const MENDING: [f64; 2] = [5.0, 5.0];
/// No probability of the first reference is nearer to 0 or 1 for that.
const EDGE: f64 = 1e-6;

/// What the odds of the first reference are mended by: those odds, and the length of the trace.
fn signs(odds: f64, extent: Extent) -> [f64; SIGNS] {
    let words = extent.words.clamp(KNOTS[0], KNOTS[KNOTS.len() - 1]) as f64;
    [odds, words.ln()]
}

/// The logarithmic odds of the largest probability.
fn odds_of_first(probabilities: &[f32]) -> f64 {
    let first = f64::from(probabilities[top(probabilities)]).clamp(EDGE, 1.0 - EDGE);
    (first / (1.0 - first)).ln()
}

/// What learners said of traces that they had not seen.
pub struct Observations<'a> {
    /// For each learner a row per observation and a column per reference.
    pub learners: Vec<ArrayView2<'a, f32>>,
    /// The reference that wrote each.
    pub labels: Vec<usize>,
    /// How much there is of each.
    pub(super) extents: Vec<Extent>,
    /// How much each counts.
    pub weights: Vec<f64>,
    /// The ground of each. Empty where the weights are to be the same on all.
    pub grounds: Vec<usize>,
    /// Sets of references; an observation is judged among those of its set. All where there is none.
    pub candidates: &'a [Vec<bool>],
    /// The set of each observation.
    pub candidates_of: &'a [usize],
}

impl Stack {
    /// The logits of a trace from the learners' opinions, in their order. A ground of which nothing was learned goes by the
    /// weights of all.
    fn logits(&self, learners: &[&[f32]], extent: Extent, ground: Option<usize>) -> Vec<f32> {
        let mut logits = vec![0.0_f32; learners.first().map_or(0, |l| l.len())];
        let [(low, low_share), (high, high_share)] = between::<f64>(&KNOTS, extent.words);
        let at =
            |weights: &[f64; KNOTS.len()]| low_share * weights[low] + high_share * weights[high];
        let own = ground.and_then(|ground| self.grounds.get(ground));
        let own = own.map(|own| &own[usize::from(extent.unfinished)]);
        for (learner, opinion) in learners.iter().enumerate().take(self.weights.len()) {
            let mut weight = at(&self.weights[learner]);
            weight += if extent.unfinished { at(&self.unfinished[learner]) } else { 0.0 };
            weight += own.map_or(0.0, |own| at(&own[learner]));
            let weight = weight as f32;
            logits.iter_mut().zip(*opinion).for_each(|(logit, value)| *logit += weight * value);
        }
        logits
    }

    /// The probabilities of a trace on a ground.
    pub(super) fn probabilities(
        &self,
        learners: &[&[f32]],
        extent: Extent,
        ground: Option<usize>,
    ) -> Vec<f32> {
        self.probabilities_among(None, learners, extent, ground)
    }

    /// The same among some of the references: 0 for the others.
    pub(super) fn probabilities_among(
        &self,
        candidates: Option<&[bool]>,
        learners: &[&[f32]],
        extent: Extent,
        ground: Option<usize>,
    ) -> Vec<f32> {
        let mut values = self.logits(learners, extent, ground);
        leave(&mut values, candidates);
        softmax(&mut values);
        if extent.unfinished && values.len() > 1 {
            self.mend(&mut values, extent);
        }
        values
    }

    /// Mends the odds of the first reference; the others share the rest as before. It stays the first.
    fn mend(&self, probabilities: &mut [f32], extent: Extent) {
        let best = top(probabilities);
        let odds = odds_of_first(probabilities);
        let first = f64::from(probabilities[best]);
        let rest = (1.0 - first).max(EDGE);
        let others = probabilities.iter().enumerate().filter(|(i, _)| *i != best);
        let second = f64::from(others.fold(0.0_f32, |most, (_, &p)| most.max(p)));
        let mended =
            self.first.probability(&signs(odds, extent), odds).max(second / (second + rest));
        let factor = ((1.0 - mended) / rest) as f32;
        probabilities.iter_mut().for_each(|p| *p *= factor);
        probabilities[best] = mended as f32;
        let sum: f32 = probabilities.iter().sum();
        probabilities.iter_mut().for_each(|p| *p /= sum);
    }

    /// Whether this weighs so many learners, and each of them everywhere.
    pub fn weighs(&self, learners: usize) -> bool {
        self.first.fits(SIGNS)
            && [&self.weights, &self.unfinished]
                .into_iter()
                .chain(self.grounds.iter().flatten())
                .all(|own| own.len() == learners)
    }

    /// The weights with the smallest mean logarithmic loss, and that loss in nats.
    pub fn fit(observations: &Observations<'_>) -> (Self, f64) {
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
        let mut blocks = point.chunks(learners * KNOTS.len()).map(|own| -> Weights {
            own.chunks(KNOTS.len()).map(|own| std::array::from_fn(|knot| own[knot])).collect()
        });
        let weights = blocks.next().unwrap_or_default();
        let unfinished = blocks.next().unwrap_or_default();
        let mut grounds = Vec::new();
        while let (Some(finished), Some(unfinished)) = (blocks.next(), blocks.next()) {
            grounds.push([finished, unfinished]);
        }
        let mut stack = Self { weights, unfinished, grounds, first: Odds::default() };
        stack.first = Odds::learn(&observations.firsts(&stack), MENDING);
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

/// Leaves the logits of some references only.
fn leave(logits: &mut [f32], candidates: Option<&[bool]>) {
    for (logit, known) in logits.iter_mut().zip(candidates.unwrap_or_default()) {
        if !known {
            *logit = f32::NEG_INFINITY;
        }
    }
}

impl Observations<'_> {
    /// The references that an observation is judged among.
    fn among(&self, i: usize) -> Option<&[bool]> {
        self.candidates_of.get(i).map(|set| self.candidates[*set].as_slice())
    }

    /// For each observation that breaks off whether the reference that comes first by the weights is the right one.
    fn firsts(&self, stack: &Stack) -> Vec<Item> {
        (0..self.labels.len())
            .into_par_iter()
            .filter(|&i| self.extents[i].unfinished)
            .map(|i| {
                let opinions: Vec<Vec<f32>> =
                    self.learners.iter().map(|learner| learner.row(i).to_vec()).collect();
                let opinions: Vec<&[f32]> = opinions.iter().map(Vec::as_slice).collect();
                let extent = self.extents[i];
                let mut said = stack.logits(&opinions, extent, self.grounds.get(i).copied());
                leave(&mut said, self.among(i));
                softmax(&mut said);
                let odds = odds_of_first(&said);
                Item {
                    numbers: signs(odds, extent).to_vec(),
                    before: odds,
                    outcome: top(&said) == self.labels[i],
                    weight: self.weights[i],
                }
            })
            .collect()
    }

    /// The variance of each learner's opinions over the references that an observation is judged
    /// among, as the mean over observations.
    fn spreads(&self) -> Vec<f64> {
        let count = self.labels.len().max(1) as f64;
        let of = |learner: &ArrayView2<'_, f32>| {
            let variances = learner.outer_iter().enumerate().map(|(i, row)| {
                let set = self.among(i);
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

    /// How many sets of weights there are: one for all, what is added to it where traces break off, and what is added on each
    /// ground for either kind.
    fn blocks(&self) -> usize {
        // With one ground there is nothing that it could depart from.
        let grounds = self.grounds.iter().max().map_or(0, |most| most + 1);
        2 + if grounds > 1 { 2 * grounds } else { 0 }
    }

    /// Where the weights of the first learner that an observation is judged by stand in a point, and the share of each.
    fn places(&self, i: usize, blocks: usize) -> Vec<(usize, f64)> {
        let Extent { words, unfinished } = self.extents[i];
        let own = self.grounds.get(i).filter(|_| blocks > 2);
        let own = own.map(|ground| 2 + 2 * ground + usize::from(unfinished));
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
                    // Moments of the learners' opinions under the probabilities.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(words: usize) -> Extent {
        Extent { words, unfinished: false }
    }

    fn observations<'a>(
        learners: &[&'a Array2<f32>],
        labels: Vec<usize>,
        words: Vec<usize>,
    ) -> Observations<'a> {
        Observations {
            learners: learners.iter().map(|l| l.view()).collect(),
            weights: vec![1.0; labels.len()],
            labels,
            extents: words.into_iter().map(whole).collect(),
            grounds: Vec::new(),
            candidates: &[],
            candidates_of: &[],
        }
    }

    #[test]
    fn one_overconfident_learner_is_shrunk_to_the_truth() {
        // The learner always says 4 to 0 for the first, which is right in 3 of 4: weight ln 3 / 4.
        let logits = Array2::from_shape_fn((400, 2), |(_, j)| if j == 0 { 4.0 } else { 0.0 });
        let labels: Vec<usize> = (0..400).map(|i| usize::from(i % 4 == 0)).collect();
        let (stack, loss) = Stack::fit(&observations(&[&logits], labels, vec![400; 400]));
        let p = stack.probabilities(&[&[4.0, 0.0]], whole(400), None);
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
        assert!(stack.probabilities(&opinions, whole(50), None)[0] > 0.8);
        assert!(stack.probabilities(&opinions, whole(2000), None)[1] > 0.8);
    }

    #[test]
    fn each_ground_has_the_weight_that_it_bears_out() {
        // The learner says 2 to 0; that is right in 9 of 10 on the first ground and in 6 of 10 on the second.
        let logits = Array2::from_shape_fn((400, 2), |(_, j)| if j == 0 { 2.0 } else { 0.0 });
        let right = |i: usize| i / 2 % 10 < if i.is_multiple_of(2) { 9 } else { 6 };
        let labels: Vec<usize> = (0..400).map(|i| usize::from(!right(i))).collect();
        let mut data = observations(&[&logits], labels, vec![400; 400]);
        let together = Stack::fit(&data).1;
        data.grounds = (0..400).map(|i| i % 2).collect();
        let (stack, loss) = Stack::fit(&data);
        let said = |ground| f64::from(stack.probabilities(&[&[2.0, 0.0]], whole(400), ground)[0]);
        assert!((said(Some(0)) - 0.9).abs() < 0.03, "{}", said(Some(0)));
        assert!((said(Some(1)) - 0.6).abs() < 0.03, "{}", said(Some(1)));
        assert!(loss < together - 0.02, "{loss} {together}");
        // A ground that nothing was learned of lies between them.
        assert!(
            said(Some(7)) == said(None) && said(None) > said(Some(1)) && said(None) < said(Some(0))
        );
        assert!(stack.weighs(1) && !stack.weighs(2));
    }

    #[test]
    fn what_breaks_off_is_weighed_apart() {
        // The learner says 2 to 0; that is right in 9 of 10 short traces, and in 6 of 10 of those that break off.
        let logits = Array2::from_shape_fn((400, 2), |(_, j)| if j == 0 { 2.0 } else { 0.0 });
        let right = |i: usize| i / 2 % 10 < if i.is_multiple_of(2) { 9 } else { 6 };
        let labels: Vec<usize> = (0..400).map(|i| usize::from(!right(i))).collect();
        let mut data = observations(&[&logits], labels, vec![100; 400]);
        data.extents.iter_mut().enumerate().for_each(|(i, extent)| extent.unfinished = i % 2 == 1);
        let (stack, _) = Stack::fit(&data);
        let said = |unfinished| {
            stack.probabilities(&[&[2.0, 0.0]], Extent { words: 100, unfinished }, None)[0]
        };
        assert!((said(false) - 0.9).abs() < 0.03 && (said(true) - 0.6).abs() < 0.03);
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
        assert!((stack.probabilities(&[&[1.0, 0.0]], whole(400), None)[0] - 0.9).abs() < 0.01);
    }
}
