//! Held-out outcomes → how many traces it takes to tell two models apart.
//!
//! For a pair of models, every held-out trace of either gives a log-likelihood ratio: the logarithm
//! of the odds between the two, less that of their shares among the training traces. Ratios of
//! traces of different prompts are added up; the sum has the right sign or not. How often it has is
//! found by drawing prompts with replacement. Called by [`super::evaluate`].

use super::{Cases, Error, HeldOut, metrics::SMALLEST};
use crate::stats::{
    Interval,
    random::{below, stream},
};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Share of sums that must have the right sign, in per cent.
const RIGHT: usize = 95;
/// Most traces that are tried.
pub const MOST: usize = 1_000;
/// Sums that are simulated for the answer, and for each resample of it.
const SUMS: (usize, usize) = (2_000, 400);
/// Resamples of prompts, at most: each simulates sums of its own.
const RESAMPLES: usize = 100;
/// Pairs that are planned for where none was named.
const PAIRS: usize = 10;

/// How many traces it takes to tell two models apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PairPlan {
    /// Both models, with what their traces say.
    pub sides: [Side; 2],
    /// The mean probability that traces of one are given to be of the other, averaged over both.
    pub confusion: f64,
    /// Traces that tell them apart 95 times in 100, whichever of them wrote the traces; `None`:
    /// more than [`MOST`].
    pub needed: Option<usize>,
    /// Lower end of its 95 % interval over prompts; `None`: more than [`MOST`].
    pub low: Option<usize>,
    /// Upper end of the interval; `None`: more than [`MOST`].
    pub high: Option<usize>,
    /// The median length of these traces, in words.
    pub words: usize,
}

/// What the traces of one model of a pair say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Side {
    /// The model.
    pub model: String,
    /// Its held-out traces.
    pub traces: usize,
    /// Their prompts, those that ask nearly the same counted once.
    pub prompts: usize,
    /// The mean log-likelihood ratio for this model against the other, each prompt counting alike,
    /// in nats.
    pub mean: f64,
    /// Its standard deviation between traces, each prompt counting alike.
    pub deviation: f64,
    /// Traces that suffice where this model wrote them; `None`: more than [`MOST`].
    pub needed: Option<usize>,
}

/// Plans for the pairs that were named, or for those that are confused most.
///
/// # Errors
/// [`Error::UnknownModel`] where a named model is not among the models.
pub(super) fn plan(
    cases: &Cases<'_>,
    held: &HeldOut,
    named: &[(String, String)],
    resamples: usize,
    seed: u64,
) -> Result<Vec<PairPlan>, Error> {
    let confusions = Confusions::new(cases, held);
    let pairs = match named {
        [] => confusions.most_confused(),
        named => check_pairs(&cases.models, named)?,
    };
    let plans = pairs.iter().enumerate().filter_map(|(number, &(a, b))| {
        let ratios = [ratios(cases, held, a, b), ratios(cases, held, b, a)];
        if ratios.iter().any(Vec::is_empty) {
            return None;
        }
        let lots = (number as u64 + 1) << 32;
        let needed = [0, 1].map(|side| needed(&ratios[side], SUMS.0, seed, lots + side as u64));
        let drawn: Vec<f64> = (0..resamples.min(RESAMPLES) as u64)
            .into_par_iter()
            .map(|resample| {
                let own = [0, 1].map(|side| {
                    let place = lots + 2 * (resample + 1) + side as u64;
                    let mut random = stream(seed, place);
                    let own = &ratios[side];
                    let prompts: Vec<Vec<f64>> =
                        own.iter().map(|_| own[below(&mut random, own.len())].clone()).collect();
                    self::needed(&prompts, SUMS.1, seed ^ 1, place)
                });
                both(own).map_or(f64::INFINITY, |n| n as f64)
            })
            .collect();
        let Interval { low, high } = Interval::percentiles(drawn);
        let count = |value: f64| value.is_finite().then_some(value as usize);
        let side = |side: usize, model: usize| {
            let (mean, deviation) = moments(&ratios[side]);
            Side {
                model: cases.models[model].clone(),
                traces: ratios[side].iter().map(Vec::len).sum(),
                prompts: ratios[side].len(),
                mean,
                deviation,
                needed: needed[side],
            }
        };
        Some(PairPlan {
            sides: [side(0, a), side(1, b)],
            confusion: confusions.between(a, b),
            needed: both(needed),
            low: count(low),
            high: count(high),
            words: median_words(cases, held, a, b),
        })
    });
    Ok(plans.collect())
}

/// Finds the models of named pairs.
///
/// # Errors
/// [`Error::UnknownModel`] where one is not among the models, [`Error::SameModel`] where a pair names
/// one twice.
pub(super) fn check_pairs(
    models: &[String],
    named: &[(String, String)],
) -> Result<Vec<(usize, usize)>, Error> {
    let find = |name: &String| {
        models
            .binary_search(name)
            .map_err(|_| Error::UnknownModel { name: name.clone(), models: models.to_vec() })
    };
    let pair = |(a, b): &(String, String)| {
        if a == b {
            return Err(Error::SameModel { name: a.clone() });
        }
        Ok((find(a)?, find(b)?))
    };
    named.iter().map(pair).collect()
}

/// The mean probability that each model's traces are given to be of each other.
struct Confusions(Vec<Vec<f64>>);

impl Confusions {
    fn new(cases: &Cases<'_>, held: &HeldOut) -> Self {
        let models = cases.models.len();
        let mut sums = vec![vec![0.0; models]; models];
        let mut counts = vec![0.0; models];
        for judged in &held.outcomes {
            let own = cases.cases[judged.case].model;
            counts[own] += 1.0;
            sums[own]
                .iter_mut()
                .zip(&judged.probabilities)
                .for_each(|(sum, &p)| *sum += f64::from(p));
        }
        for (row, count) in sums.iter_mut().zip(&counts) {
            row.iter_mut().for_each(|sum| *sum /= f64::max(*count, 1.0));
        }
        Self(sums)
    }

    fn between(&self, a: usize, b: usize) -> f64 {
        f64::midpoint(self.0[a][b], self.0[b][a])
    }

    fn most_confused(&self) -> Vec<(usize, usize)> {
        let models = self.0.len();
        let mut pairs: Vec<(usize, usize)> =
            (0..models).flat_map(|a| (a + 1..models).map(move |b| (a, b))).collect();
        pairs.sort_by(|x, y| {
            self.between(y.0, y.1).total_cmp(&self.between(x.0, x.1)).then(x.cmp(y))
        });
        pairs.truncate(PAIRS);
        pairs
    }
}

/// The log-likelihood ratios for `own` against `other` of the traces of `own`, by prompt; those
/// that ask nearly the same are one.
fn ratios(cases: &Cases<'_>, held: &HeldOut, own: usize, other: usize) -> Vec<Vec<f64>> {
    let mut by_prompt: Vec<Vec<f64>> = vec![Vec::new(); cases.groups];
    for judged in &held.outcomes {
        let case = &cases.cases[judged.case];
        let shares = &held.parts[judged.part].shares;
        // A judge that does not know both cannot choose between them.
        if case.model == own && shares[own] > 0.0 && shares[other] > 0.0 {
            let log = |model: usize| {
                f64::from(judged.probabilities[model]).max(SMALLEST).ln() - shares[model].ln()
            };
            by_prompt[case.group].push(log(own) - log(other));
        }
    }
    by_prompt.retain(|own| !own.is_empty());
    by_prompt
}

/// Mean and standard deviation of a trace's ratio, where every prompt is drawn as often.
fn moments(ratios: &[Vec<f64>]) -> (f64, f64) {
    let over = |of: &dyn Fn(f64) -> f64| {
        let means =
            ratios.iter().map(|own| own.iter().map(|&r| of(r)).sum::<f64>() / own.len() as f64);
        means.sum::<f64>() / ratios.len() as f64
    };
    let mean = over(&|ratio| ratio);
    (mean, over(&|ratio| (ratio - mean).powi(2)).sqrt())
}

/// The smallest number of traces whose ratios add up to more than 0 often enough, over `sums`
/// simulated sums, each of which draws prompts with replacement and a trace of each.
fn needed(ratios: &[Vec<f64>], sums: usize, seed: u64, place: u64) -> Option<usize> {
    let mut random = stream(seed, place);
    let mut running = vec![0.0; sums];
    (1..=MOST).find(|_| {
        let mut right = 0;
        for sum in &mut running {
            let own = &ratios[below(&mut random, ratios.len())];
            *sum += own[below(&mut random, own.len())];
            right += usize::from(*sum > 0.0);
        }
        100 * right >= RIGHT * sums
    })
}

/// What suffices whichever model it is.
fn both(needed: [Option<usize>; 2]) -> Option<usize> {
    Some(needed[0]?.max(needed[1]?))
}

fn median_words(cases: &Cases<'_>, held: &HeldOut, a: usize, b: usize) -> usize {
    let mut words: Vec<usize> = held
        .outcomes
        .iter()
        .map(|judged| &cases.cases[judged.case])
        .filter(|case| case.model == a || case.model == b)
        .map(|case| case.words)
        .collect();
    words.sort_unstable();
    words.get(words.len() / 2).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traces_that_all_say_the_right_thing_need_no_company() {
        assert_eq!(needed(&[vec![0.1], vec![2.0]], 500, 1, 1), Some(1));
        assert_eq!(needed(&[vec![-0.1], vec![-2.0]], 100, 1, 1), None);
    }

    #[test]
    fn a_coin_that_shows_the_right_side_seven_times_in_ten() {
        // The sum of N draws of ±1 is positive with probability P(Bin(N, 0.7) > N / 2): 0.93762 at
        // N = 13, 0.94999 at 15, 0.95972 at 17, and less than 0.95 at every even N below.
        let ratios: Vec<Vec<f64>> = (0..10).map(|i| vec![if i < 7 { 1.0 } else { -1.0 }]).collect();
        let found = needed(&ratios, 20_000, 5, 2).unwrap();
        assert!(found == 15 || found == 17, "{found}");
        let (mean, deviation) = moments(&ratios);
        assert!((mean - 0.4).abs() < 1e-12 && (deviation - 0.84_f64.sqrt()).abs() < 1e-12);
    }

    #[test]
    fn a_prompt_with_many_traces_counts_once() {
        let (mean, deviation) = moments(&[vec![1.0, 1.0, 1.0, 1.0], vec![-1.0]]);
        assert!(mean.abs() < 1e-12 && (deviation - 1.0).abs() < 1e-12);
    }

    #[test]
    fn pairs_are_found_or_refused() {
        let models = ["a".to_owned(), "b".to_owned()];
        let pair = |a: &str, b: &str| check_pairs(&models, &[(a.to_owned(), b.to_owned())]);
        assert_eq!(pair("b", "a").unwrap(), [(1, 0)]);
        assert!(pair("a", "c").unwrap_err().to_string().contains("the models are a, b"));
        assert!(pair("a", "a").is_err());
    }

    #[test]
    fn the_worse_side_decides() {
        assert_eq!(both([Some(2), Some(7)]), Some(7));
        assert_eq!(both([Some(2), None]), None);
    }
}
