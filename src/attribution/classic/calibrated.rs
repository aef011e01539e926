//! Distances → probabilities.
//!
//! A softmax over negative distances with one temperature (Guo, Pleiss, Sun & Weinberger 2017): the
//! one that makes the references of traces whose prompts were held out most probable. Comes in:
//! distances and, to fit, labels. Goes out: probabilities that can stand beside the default
//! model's. Called by `learn` and by every [`super::ClassicModel`].

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Steps of the golden section: each shrinks the range by 0.618, which leaves a millionth of it.
const STEPS: usize = 30;
/// The golden ratio's inverse.
const GOLDEN: f64 = 0.618_033_988_749_894_8;
/// How far from the spread of the distances the temperature is looked for: e to this power.
const RANGE: f64 = 8.0;

/// The distances of a held-out trace to the references, and which of them wrote it. That one's is
/// finite.
#[derive(Debug, Clone)]
pub(super) struct Observation {
    pub distances: Vec<f64>,
    pub label: usize,
}

/// A distance that matters: finite, above zero, in the unit of the distances.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Temperature(f64);

impl Temperature {
    /// The temperature with the smallest logarithmic loss over observations, and over one more that
    /// any reference may have written, so that distances which never err do not give certainty (the
    /// smoothing of Platt 1999). 1 where there is nothing to fit it to.
    pub fn fit(observations: &[Observation]) -> Self {
        let spread = spread(observations);
        if !(spread.is_finite() && spread > 0.0) {
            return Self(1.0);
        }
        // The loss is convex in the inverse temperature, so that it has one minimum in its
        // logarithm.
        let loss = |log: f64| total_loss(observations, (-log).exp());
        let (mut low, mut high) = (spread.ln() - RANGE, spread.ln() + RANGE);
        let mut inner = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)];
        let mut losses = inner.map(loss);
        for _ in 0..STEPS {
            if losses[0] <= losses[1] {
                high = inner[1];
                inner = [high - GOLDEN * (high - low), inner[0]];
                losses = [loss(inner[0]), losses[0]];
            } else {
                low = inner[0];
                inner = [inner[1], low + GOLDEN * (high - low)];
                losses = [losses[1], loss(inner[1])];
            }
        }
        Self((0.5 * (low + high)).exp())
    }

    /// The probability of each reference; those at an infinite distance have none. Where all are
    /// infinitely far, all are as probable.
    pub fn probabilities(self, distances: &[f64]) -> Vec<f32> {
        let nearest = distances.iter().copied().fold(f64::INFINITY, f64::min);
        if nearest.is_infinite() {
            return vec![1.0 / distances.len().max(1) as f32; distances.len()];
        }
        let weights: Vec<f64> =
            distances.iter().map(|distance| ((nearest - distance) / self.0).exp()).collect();
        let sum: f64 = weights.iter().sum();
        weights.into_iter().map(|weight| (weight / sum) as f32).collect()
    }

    /// Whether it is a number that [`Temperature::fit`] can give.
    pub fn is_sound(self) -> bool {
        self.0.is_finite() && self.0 > 0.0
    }
}

/// The mean over observations of the standard deviation of the finite distances.
fn spread(observations: &[Observation]) -> f64 {
    let of = |observation: &Observation| {
        let finite = || observation.distances.iter().filter(|distance| distance.is_finite());
        let count = finite().count().max(1) as f64;
        let mean = finite().sum::<f64>() / count;
        (finite().map(|distance| (distance - mean).powi(2)).sum::<f64>() / count).sqrt()
    };
    observations.iter().map(of).sum::<f64>() / observations.len().max(1) as f64
}

/// The logarithmic loss of all observations at an inverse temperature, and of the one more.
fn total_loss(observations: &[Observation], inverse: f64) -> f64 {
    let losses: Vec<f64> = observations
        .par_iter()
        .map(|Observation { distances, label }| {
            let nearest = distances.iter().copied().fold(f64::INFINITY, f64::min);
            let (mut sum, mut total, mut count) = (0.0, 0.0, 0.0);
            for distance in distances.iter().filter(|distance| distance.is_finite()) {
                let further = inverse * (distance - nearest);
                sum += (-further).exp();
                total += further;
                count += 1.0;
            }
            let own = inverse * (distances[*label] - nearest) + sum.ln();
            let any = total / count + sum.ln();
            own + any / observations.len() as f64
        })
        .collect();
    // In their order, whatever thread they come from.
    losses.iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn observed(distances: &[f64], label: usize) -> Observation {
        Observation { distances: distances.to_vec(), label }
    }

    #[test]
    fn probabilities_are_a_softmax_and_the_unknown_has_none() {
        // Weights 1, e⁻¹, 0.
        let of = Temperature(2.0).probabilities(&[3.0, 5.0, f64::INFINITY]);
        let expected = 1.0 / (1.0 + (-1.0_f32).exp());
        assert!((of[0] - expected).abs() < 1e-6 && (of[0] + of[1] - 1.0).abs() < 1e-6);
        assert_eq!(of[2], 0.0);
        assert_eq!(Temperature(1.0).probabilities(&[f64::INFINITY; 2]), [0.5; 2]);
        // Far beyond what an exponential can hold.
        assert_eq!(Temperature(1e-3).probabilities(&[1e6, 2e6]), [1.0, 0.0]);
    }

    #[test]
    fn the_temperature_is_that_of_the_share_of_right_answers() {
        // The nearer of two, by 1, is right for 3,000 of 4,000: p = 3/4, so that 1/T = ln 3.
        let mut observations = vec![observed(&[0.0, 1.0], 0); 3000];
        observations.extend(vec![observed(&[0.0, 1.0], 1); 1000]);
        let Temperature(fitted) = Temperature::fit(&observations);
        assert!((fitted - 1.0 / 3.0_f64.ln()).abs() < 1e-3, "{fitted}");
    }

    #[test]
    fn distances_that_never_err_do_not_give_certainty() {
        // Ten of the first, and one more that is half of each: p = 10.5 / 11.
        let observations = vec![observed(&[0.2, 0.5], 0); 10];
        let of = Temperature::fit(&observations).probabilities(&[0.2, 0.5]);
        assert!((f64::from(of[0]) - 10.5 / 11.0).abs() < 1e-4, "{of:?}");
        assert_eq!(Temperature::fit(&[]), Temperature(1.0));
        assert_eq!(Temperature::fit(&[observed(&[0.3, 0.3], 0)]), Temperature(1.0));
    }
}
