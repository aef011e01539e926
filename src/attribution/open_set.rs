//! `unknown`: is this written by any reference at all?
//!
//! A conformal p-value (Vovk, Gammerman & Shafer 2005): the share of the references' own traces,
//! each scored by a learner that had not seen its prompt, that looked at least as unusual as this
//! one. For traces of a known model on new prompts it is therefore uniform on [0, 1], and at most
//! about 5 % of them fall below 0.05. This holds for any nonconformity score; how well unknown
//! models are detected depends on the score.
//!
//! No such promise can be kept for unknown subject matter. There the traces to compare with are
//! those of other data sets, each scored by a learner that had not seen its data set, and the next
//! data set may be more unusual than all of them. The p-value is then the largest over these data
//! sets, so that a trace counts as an unknown model's only if it would on each (the groups of Dunn,
//! Wasserman & Ramdas 2022, with the worst in place of a random one, as there are few).
//!
//! The score is the log odds of a logistic regression. It tells the references' own traces from the
//! same traces with their reference struck from the list, which is what an unknown model with
//! relatives in the atlas looks like.

use crate::stats::{
    logistic::binary::{BinaryLogistic, Observation},
    vectors::argmax,
};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The most values that are kept of the references' own traces; of each data set where data sets
/// are kept apart.
const KEPT: usize = 2000;
/// A data set with fewer traces does not count.
const FEWEST_OF_DATA_SET: usize = 50;
/// Traces of a reference below which its own place is mixed with the average reference's.
const FEW: f64 = 10.0;
/// With fewer references the share of the first says nothing about unknown models.
const FEWEST_TO_SHARE: usize = 4;
/// Numbers that the score is computed from.
const COVARIATES: usize = 5;
/// Penalty on the intercept and on each slope of the regression, in nats over all traces.
const RIDGE: [f64; 2] = [0.0, 1e-2];

/// What is known of the references' own traces.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct OpenSet {
    /// Per reference: mean and standard deviation of its traces' coordinate in its own direction.
    usual: Vec<(f32, f32)>,
    /// Intercept, then a weight for each covariate.
    weights: Vec<f64>,
    /// Conformity of the references' own traces, ascending; one list for each data set that was
    /// left out.
    #[serde(rename = "own")]
    conformities: Vec<Vec<f32>>,
}

/// What the open set reads of one trace.
#[derive(Debug, Clone, Copy)]
pub struct OpenSetInput<'a> {
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
    /// Learns from out-of-fold traces, with the reference that wrote each. `data_sets` has the data
    /// set of each where whole data sets were left out, and is empty where prompts were.
    pub fn fit(inputs: &[OpenSetInput<'_>], labels: &[usize], data_sets: &[usize]) -> Self {
        let references = inputs.first().map_or(0, |j| j.probabilities.len());
        let mut open_set = Self {
            usual: usual(inputs, labels, references),
            weights: Vec::new(),
            conformities: Vec::new(),
        };
        let covariates: Vec<[[f64; COVARIATES]; 2]> = inputs
            .par_iter()
            .zip(labels)
            .map(|(input, &label)| {
                [open_set.covariates(*input, None), open_set.covariates(*input, Some(label))]
            })
            .collect();
        open_set.weights = weights(&covariates);
        let own: Vec<f32> = covariates.iter().map(|s| open_set.conformity(&s[0])).collect();
        let mut apart: BTreeMap<usize, Vec<f32>> = BTreeMap::new();
        for (&data_set, &conformity) in data_sets.iter().zip(&own) {
            apart.entry(data_set).or_default().push(conformity);
        }
        apart.retain(|_, own| own.len() >= FEWEST_OF_DATA_SET);
        let groups = if apart.is_empty() { vec![own] } else { apart.into_values().collect() };
        open_set.conformities = groups.into_iter().map(kept).collect();
        open_set
    }

    /// Whether this was learned for this many references, and its numbers are finite.
    pub(crate) fn fits(&self, references: usize) -> bool {
        let ascending =
            |own: &Vec<f32>| own.iter().all(|value| value.is_finite()) && own.is_sorted();
        self.usual.len() == references
            && self.weights.len() == COVARIATES + 1
            && self.weights.iter().all(|weight| weight.is_finite())
            && self.usual.iter().all(|(mean, spread)| mean.is_finite() && spread.is_finite())
            && self.conformities.iter().all(ascending)
    }

    /// The p-value of a trace; small means that no reference writes like this.
    pub fn unknown(&self, input: OpenSetInput<'_>) -> f64 {
        let conformity = self.conformity(&self.covariates(input, None));
        let p_value = |own: &Vec<f32>| {
            let less_alike = own.partition_point(|&own| own <= conformity);
            (1 + less_alike) as f64 / (1 + own.len()) as f64
        };
        // Where nothing was learned, nothing is unusual.
        self.conformities.iter().map(p_value).reduce(f64::max).unwrap_or(1.0)
    }

    /// The numbers that the score is computed from, as if the reference `struck` were not in the
    /// list.
    fn covariates(&self, input: OpenSetInput<'_>, struck: Option<usize>) -> [f64; COVARIATES] {
        let mut probabilities = input.probabilities.to_vec();
        let mut rest = 1.0_f64;
        if let Some(struck) = struck {
            rest = (1.0 - f64::from(probabilities[struck])).max(1e-9);
            probabilities[struck] = -1.0;
        }
        let best = argmax(&probabilities);
        // With one of very few references struck, hardly any is left to share the rest with. The
        // next one would have all of it, which would then look like an unknown model.
        let share = if probabilities.len() < FEWEST_TO_SHARE {
            0.5
        } else {
            (f64::from(probabilities[best]) / rest).clamp(1e-6, 1.0)
        };
        let style = input.style.get(best).copied().unwrap_or(0.0);
        let (mean, deviation) = self.usual[best];
        [
            share.ln(),
            (1.0 - share).max(1e-6).ln(),
            f64::from(input.regression[best]),
            f64::from((style - mean) / deviation),
            (input.words.clamp(30, 5000) as f64).ln(),
        ]
    }

    /// How much a trace is like the references' own traces: larger is more alike.
    fn conformity(&self, covariates: &[f64; COVARIATES]) -> f32 {
        let Some((intercept, weights)) = self.weights.split_first() else { return 0.0 };
        (intercept + weights.iter().zip(covariates).map(|(w, s)| w * s).sum::<f64>()) as f32
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
fn usual(inputs: &[OpenSetInput<'_>], labels: &[usize], references: usize) -> Vec<(f32, f32)> {
    let own = |of: Option<usize>| -> Vec<f32> {
        let members =
            inputs.iter().zip(labels).filter(|(_, label)| of.is_none_or(|o| **label == o));
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

/// The regression that tells own traces from those whose reference is struck: intercept, weights.
/// The logarithm of the largest probability alone where it cannot be learned.
fn weights(covariates: &[[[f64; COVARIATES]; 2]]) -> Vec<f64> {
    let observations: Vec<Observation> = covariates
        .iter()
        .flat_map(|[listed, struck]| [(listed, true), (struck, false)])
        .map(|(own, outcome)| Observation {
            covariates: own.to_vec(),
            offset: 0.0,
            outcome,
            weight: 1.0,
        })
        .collect();
    let learned = BinaryLogistic::learn(&observations, RIDGE).coefficients();
    if observations.is_empty() || learned.iter().any(|weight| !weight.is_finite()) {
        let mut weights = vec![0.0; COVARIATES + 1];
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

    fn input(row: &[Vec<f32>; 3]) -> OpenSetInput<'_> {
        OpenSetInput { probabilities: &row[0], regression: &row[1], style: &row[2], words: 400 }
    }

    #[test]
    fn known_traces_get_uniform_p_values_and_unknown_models_small_ones() {
        let (rows, labels) = rows();
        let all: Vec<OpenSetInput<'_>> = rows.iter().map(input).collect();
        let open_set = OpenSet::fit(&all, &labels, &[]);
        assert!(open_set.fits(3));
        let values: Vec<f64> = all.iter().map(|j| open_set.unknown(*j)).collect();
        let below = |level: f64| values.iter().filter(|&&v| v <= level).count() as f64 / 3000.0;
        assert!((below(0.05) - 0.05).abs() < 0.02, "{}", below(0.05));
        assert!((below(0.5) - 0.5).abs() < 0.03, "{}", below(0.5));
        let strange = [vec![0.34, 0.33, 0.33], vec![0.1, 0.0, 0.0], vec![-1.0, -1.0, -1.0]];
        assert!(open_set.unknown(input(&strange)) < 0.01);
        let clear = [vec![0.999, 0.0, 0.0], vec![4.0, 0.0, 0.0], vec![3.0, -1.0, -1.0]];
        assert!(open_set.unknown(input(&clear)) > 0.98);
    }

    #[test]
    fn on_an_unseen_data_set_an_unknown_model_is_one_on_each_data_set() {
        let (rows, labels) = rows();
        let all: Vec<OpenSetInput<'_>> = rows.iter().map(input).collect();
        // The less clear half of the traces is of the second data set.
        let data_sets: Vec<usize> =
            (0..rows.len()).map(|i| usize::from(i * 37 % 101 < 50)).collect();
        let apart = OpenSet::fit(&all, &labels, &data_sets);
        let together = OpenSet::fit(&all, &labels, &[]);
        assert_eq!((apart.conformities.len(), together.conformities.len()), (2, 1));
        assert!(apart.conformities.iter().all(|own| own.is_sorted() && own.len() > 1400));
        let called = |open_set: &OpenSet, data_set: usize| {
            let of_data_set = all.iter().zip(&data_sets).filter(|(_, own)| **own == data_set);
            let values: Vec<f64> = of_data_set.map(|(j, _)| open_set.unknown(*j)).collect();
            values.iter().filter(|&&p| p <= 0.05).count() as f64 / values.len() as f64
        };
        // Together a tenth of the second data set would be unknown models', and none of the first.
        assert!((called(&together, 1) - 0.1).abs() < 0.03, "{}", called(&together, 1));
        assert!((called(&apart, 1) - 0.05).abs() < 0.02, "{}", called(&apart, 1));
        assert_eq!((called(&together, 0), called(&apart, 0)), (0.0, 0.0));
        // Ten traces of a data set are too few to be a measure.
        let few: Vec<usize> = (0..rows.len()).map(|i| usize::from(i < 10)).collect();
        assert_eq!(OpenSet::fit(&all, &labels, &few).conformities.len(), 1);
    }

    #[test]
    fn a_reference_with_few_traces_borrows_from_the_others() {
        let (mut rows, mut labels) = rows();
        rows.iter_mut().for_each(|row| row.iter_mut().for_each(|values| values.push(0.0)));
        rows.push([vec![0.1, 0.1, 0.1, 0.7], vec![0.0; 4], vec![0.0, 0.0, 0.0, -50.0]]);
        labels.push(3);
        let all: Vec<OpenSetInput<'_>> = rows.iter().map(input).collect();
        assert!(usual(&all, &labels, 4)[3].0 > -10.0);
    }
}
