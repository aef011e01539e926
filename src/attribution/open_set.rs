//! `unknown`: is this written by any reference at all?
//!
//! A conformal p-value (Vovk, Gammerman & Shafer 2005): the share of the references' own traces,
//! each judged by a learner that had not seen its prompt, that looked at least as strange as this
//! one. For traces of a known model on new prompts it is therefore spread evenly over [0, 1], and
//! at most about 5 % of them fall below 0.05. That holds whatever strangeness is; how well strangers are
//! told apart depends on it. For subject matter that is not known no such promise can be kept: the traces to compare with are those of other data sets,
//! each judged by a learner that had not seen it, and the next data set may be stranger than all of them. The p-value there is
//! the largest over these data sets, so that a trace is a stranger only if it would be one on each (the groups of Dunn, Wasserman & Ramdas 2022, with
//! the worst in place of a random one, as there are few). Strangeness is the logarithmic odds of a logistic regression that tells the
//! references' own traces from the same traces when their reference is struck from the list, which is
//! what a stranger with relatives in the atlas looks like.

use crate::stats::{
    logistic::binary::{BinaryLogistic, Observation},
    vectors::argmax,
};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Most values that are kept of the references' own traces, of each data set where they are kept apart.
const KEPT: usize = 2000;
/// A data set with fewer traces is no measure of its own.
const FEWEST_OF_GROUND: usize = 50;
/// Traces of a reference below which its own place is mixed with the average reference's.
const FEW: f64 = 10.0;
/// With fewer references the share of the first says nothing of strangers.
const FEWEST_TO_SHARE: usize = 4;
/// Numbers that strangeness is judged by.
const SIGNS: usize = 5;
/// Penalty on the intercept and on each slope of the regression, in nats over all traces.
const RIDGE: [f64; 2] = [0.0, 1e-2];

/// What is known of the references' own traces.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct OpenSet {
    /// Per reference: mean and standard deviation of its traces' coordinate in its own direction.
    usual: Vec<(f32, f32)>,
    /// Intercept, then a weight for each sign.
    weights: Vec<f64>,
    /// Conformity of the references' own traces, ascending; of each data set that was left out apart.
    own: Vec<Vec<f32>>,
}

/// What is judged of one trace.
#[derive(Debug, Clone, Copy)]
pub struct Judged<'a> {
    /// Calibrated probability per reference.
    pub probabilities: &'a [f32],
    /// The regression's logit per reference.
    pub regression: &'a [f32],
    /// The style embedding's coordinate per reference; empty where there is none.
    pub style: &'a [f32],
    /// Words in the trace.
    pub words: usize,
}

impl OpenSet {
    /// Learns from out-of-fold traces, with the reference that wrote each. `data_sets` has the data set of each where whole data sets
    /// were left out, and is empty where prompts were.
    pub fn fit(judged: &[Judged<'_>], labels: &[usize], data_sets: &[usize]) -> Self {
        let references = judged.first().map_or(0, |j| j.probabilities.len());
        let mut open_set =
            Self { usual: usual(judged, labels, references), weights: Vec::new(), own: Vec::new() };
        let signs: Vec<[[f64; SIGNS]; 2]> = judged
            .par_iter()
            .zip(labels)
            .map(|(judged, &label)| {
                [open_set.signs(*judged, None), open_set.signs(*judged, Some(label))]
            })
            .collect();
        open_set.weights = weights(&signs);
        let own: Vec<f32> = signs.iter().map(|s| open_set.conformity(&s[0])).collect();
        let mut apart: BTreeMap<usize, Vec<f32>> = BTreeMap::new();
        for (&data_set, &conformity) in data_sets.iter().zip(&own) {
            apart.entry(data_set).or_default().push(conformity);
        }
        apart.retain(|_, own| own.len() >= FEWEST_OF_GROUND);
        let groups = if apart.is_empty() { vec![own] } else { apart.into_values().collect() };
        open_set.own = groups.into_iter().map(kept).collect();
        open_set
    }

    /// Whether this was learned for so many references.
    pub(crate) fn fits(&self, references: usize) -> bool {
        self.usual.len() == references && self.weights.len() == SIGNS + 1
    }

    /// The p-value of a trace; small means that no reference writes like this.
    pub fn unknown(&self, judged: Judged<'_>) -> f64 {
        let conformity = self.conformity(&self.signs(judged, None));
        let p_value = |own: &Vec<f32>| {
            let stranger = own.partition_point(|&own| own <= conformity);
            (1 + stranger) as f64 / (1 + own.len()) as f64
        };
        // Where nothing was learned, nothing is strange.
        self.own.iter().map(p_value).reduce(f64::max).unwrap_or(1.0)
    }

    /// What strangeness is judged by, as if the reference `struck` were not in the list.
    fn signs(&self, judged: Judged<'_>, struck: Option<usize>) -> [f64; SIGNS] {
        let mut probabilities = judged.probabilities.to_vec();
        let mut rest = 1.0_f64;
        if let Some(struck) = struck {
            rest = (1.0 - f64::from(probabilities[struck])).max(1e-9);
            probabilities[struck] = -1.0;
        }
        let best = argmax(&probabilities);
        // With one of very few references struck, hardly any is left to share the rest with: that the next
        // has all of it would then be the sign of a stranger.
        let share = if probabilities.len() < FEWEST_TO_SHARE {
            0.5
        } else {
            (f64::from(probabilities[best]) / rest).clamp(1e-6, 1.0)
        };
        let style = judged.style.get(best).copied().unwrap_or(0.0);
        let (mean, deviation) = self.usual[best];
        [
            share.ln(),
            (1.0 - share).max(1e-6).ln(),
            f64::from(judged.regression[best]),
            f64::from((style - mean) / deviation),
            (judged.words.clamp(30, 5000) as f64).ln(),
        ]
    }

    /// How much a trace is like the references' own traces: larger is more alike.
    fn conformity(&self, signs: &[f64; SIGNS]) -> f32 {
        let Some((intercept, weights)) = self.weights.split_first() else { return 0.0 };
        (intercept + weights.iter().zip(signs).map(|(w, s)| w * s).sum::<f64>()) as f32
    }
}

/// The values in ascending order; of many, as many as are kept, evenly spaced.
fn kept(mut own: Vec<f32>) -> Vec<f32> {
    own.sort_by(f32::total_cmp);
    if own.len() > KEPT {
        own = (0..KEPT).map(|i| own[(i * (own.len() - 1)) / (KEPT - 1)]).collect();
    }
    own
}

/// Mean and deviation of the coordinate that each reference's traces have in its own direction.
fn usual(judged: &[Judged<'_>], labels: &[usize], references: usize) -> Vec<(f32, f32)> {
    let own = |of: Option<usize>| -> Vec<f32> {
        let members =
            judged.iter().zip(labels).filter(|(_, label)| of.is_none_or(|o| **label == o));
        members.filter_map(|(j, &label)| j.style.get(label).copied()).collect()
    };
    let (mean, deviation) = mean_and_deviation(&own(None));
    (0..references)
        .map(|reference| {
            let own = own(Some(reference));
            let (own_mean, own_deviation) = mean_and_deviation(&own);
            let trust = (own.len() as f64 / (own.len() as f64 + FEW)) as f32;
            (
                trust * own_mean + (1.0 - trust) * mean,
                (trust * own_deviation + (1.0 - trust) * deviation).max(1e-3),
            )
        })
        .collect()
}

/// The regression that tells own traces from those whose reference is struck: intercept, weights. The
/// logarithm of the largest probability alone where it cannot be learned.
fn weights(signs: &[[[f64; SIGNS]; 2]]) -> Vec<f64> {
    let observations: Vec<Observation> = signs
        .iter()
        .flat_map(|[own, struck]| [(own, true), (struck, false)])
        .map(|(signs, outcome)| Observation {
            covariates: signs.to_vec(),
            offset: 0.0,
            outcome,
            weight: 1.0,
        })
        .collect();
    let learned = BinaryLogistic::learn(&observations, RIDGE).coefficients();
    if observations.is_empty() || learned.iter().any(|weight| !weight.is_finite()) {
        let mut weights = vec![0.0; SIGNS + 1];
        weights[1] = 1.0;
        return weights;
    }
    learned
}

fn mean_and_deviation(values: &[f32]) -> (f32, f32) {
    let count = values.len().max(1) as f64;
    let mean = values.iter().map(|&v| f64::from(v)).sum::<f64>() / count;
    let square = values.iter().map(|&v| (f64::from(v) - mean).powi(2)).sum::<f64>() / count;
    (mean as f32, square.sqrt() as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Traces of three references that are usually recognized, more or less clearly.
    fn rows() -> (Vec<[Vec<f32>; 3]>, Vec<usize>) {
        let labels: Vec<usize> = (0..3000).map(|i| i % 3).collect();
        let rows = labels.iter().enumerate().map(|(i, &label)| {
            let clear = 0.4 + 0.59 * (i * 37 % 101) as f32 / 101.0;
            let of = |own: f32, other: f32| {
                (0..3).map(|j| if j == label { own } else { other }).collect()
            };
            [of(clear, (1.0 - clear) / 2.0), of(3.0 * clear, 0.0), of(2.0 * clear, -1.0)]
        });
        (rows.collect(), labels)
    }

    fn judged(row: &[Vec<f32>; 3]) -> Judged<'_> {
        Judged { probabilities: &row[0], regression: &row[1], style: &row[2], words: 400 }
    }

    #[test]
    fn known_traces_get_even_p_values_and_strangers_small_ones() {
        let (rows, labels) = rows();
        let all: Vec<Judged<'_>> = rows.iter().map(judged).collect();
        let open_set = OpenSet::fit(&all, &labels, &[]);
        assert!(open_set.fits(3));
        let values: Vec<f64> = all.iter().map(|j| open_set.unknown(*j)).collect();
        let below = |level: f64| values.iter().filter(|&&v| v <= level).count() as f64 / 3000.0;
        assert!((below(0.05) - 0.05).abs() < 0.02, "{}", below(0.05));
        assert!((below(0.5) - 0.5).abs() < 0.03, "{}", below(0.5));
        let strange = [vec![0.34, 0.33, 0.33], vec![0.1, 0.0, 0.0], vec![-1.0, -1.0, -1.0]];
        assert!(open_set.unknown(judged(&strange)) < 0.01);
        let clear = [vec![0.999, 0.0, 0.0], vec![4.0, 0.0, 0.0], vec![3.0, -1.0, -1.0]];
        assert!(open_set.unknown(judged(&clear)) > 0.98);
    }

    #[test]
    fn on_new_data_set_a_stranger_is_one_on_each_data_set() {
        let (rows, labels) = rows();
        let all: Vec<Judged<'_>> = rows.iter().map(judged).collect();
        // The less clear half of the traces is of the second data set.
        let data_sets: Vec<usize> =
            (0..rows.len()).map(|i| usize::from(i * 37 % 101 < 50)).collect();
        let apart = OpenSet::fit(&all, &labels, &data_sets);
        let together = OpenSet::fit(&all, &labels, &[]);
        assert_eq!((apart.own.len(), together.own.len()), (2, 1));
        assert!(apart.own.iter().all(|own| own.is_sorted() && own.len() > 1400));
        let called = |open_set: &OpenSet, data_set: usize| {
            let of_data_set = all.iter().zip(&data_sets).filter(|(_, own)| **own == data_set);
            let values: Vec<f64> = of_data_set.map(|(j, _)| open_set.unknown(*j)).collect();
            values.iter().filter(|&&p| p <= 0.05).count() as f64 / values.len() as f64
        };
        // Together a tenth of the second data set would be strangers, and none of the first.
        assert!((called(&together, 1) - 0.1).abs() < 0.03, "{}", called(&together, 1));
        assert!((called(&apart, 1) - 0.05).abs() < 0.02, "{}", called(&apart, 1));
        assert_eq!((called(&together, 0), called(&apart, 0)), (0.0, 0.0));
        // Ten traces of a data set are too few to be a measure.
        let few: Vec<usize> = (0..rows.len()).map(|i| usize::from(i < 10)).collect();
        assert_eq!(OpenSet::fit(&all, &labels, &few).own.len(), 1);
    }

    #[test]
    fn a_reference_with_few_traces_borrows_from_the_others() {
        let (mut rows, mut labels) = rows();
        rows.iter_mut().for_each(|row| row.iter_mut().for_each(|values| values.push(0.0)));
        rows.push([vec![0.1, 0.1, 0.1, 0.7], vec![0.0; 4], vec![0.0, 0.0, 0.0, -50.0]]);
        labels.push(3);
        let all: Vec<Judged<'_>> = rows.iter().map(judged).collect();
        assert!(usual(&all, &labels, 4)[3].0 > -10.0);
    }
}
