//! From likelihood ratios to a probability that can be held to.

use super::{
    facts::{
        FACTS, MOST_CONTROLS, SHIFTED_FACTS, ShiftedCorpus, Simulated, facts, lead, shifted_facts,
    },
    two_covariance::Ratio,
};
use crate::stats::{
    logistic::binary::{BinaryLogistic, Observation},
    quantile::nearest_rank,
};
use serde::{Deserialize, Serialize};

/// Fewest data sets that are left out in turn to learn what new prompts are like.
const FEWEST_DATA_SETS: usize = 3;
/// Penalty on the intercept and on each slope of a regression, in nats over all simulated corpora.
const RIDGE: [f64; 2] = [0.0, 1e-2];
/// Whatever the atlas's strangers say, a name needs this probability: there are few of them.
const LEAST_PROBABILITY: f64 = 0.85;
/// Sizes of corpora that strangers are kept apart by: powers of two from 1 on.
const OCTAVES: usize = 7;
/// Probabilities of strangers that are kept of each size.
const KEPT: usize = 200;

/// Who would be named, and how surely.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// The number of the reference.
    pub reference: usize,
    /// The probability that its family wrote the corpus, models that the atlas does not know being as
    /// likely beforehand as those that it knows.
    pub probability: f64,
    /// The probability that this reference did.
    pub reference_probability: f64,
    /// The probability that a model of its vendor did.
    pub vendor_probability: f64,
}

/// Who would be named, and whether that is enough.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judgement {
    /// Who would be named.
    pub candidate: Candidate,
    /// The probability that a name needs; above 1 where nobody can be named.
    pub bound: f64,
}

/// How ratios become probabilities, and what they are for models that the atlas does not know.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// The first reference's family wrote it.
    family: BinaryLogistic,
    /// A model of the first reference's vendor wrote it.
    vendor: BinaryLogistic,
    /// The first reference wrote it, if its family did; by the lead over the next of the family.
    reference: BinaryLogistic,
    /// The probabilities of left-out families' corpora, ascending, by size.
    strangers: Vec<Vec<f32>>,
    /// The first reference's family wrote it, on prompts that the atlas does not know.
    shifted: BinaryLogistic,
    /// The probabilities of left-out families' corpora there, ascending, by number of controls.
    shifted_strangers: Vec<Vec<f32>>,
}

/// The size of a corpus.
fn octave(traces: f64) -> usize {
    (traces.max(1.0).log2().round() as usize).min(OCTAVES - 1)
}

impl Decision {
    /// Learns from simulated corpora, and from those on data sets that were left out. `None` where there
    /// are none of either kind of the first; without the second nobody is named on new prompts.
    pub(super) fn learn(simulated: &[Simulated], shifted: &[ShiftedCorpus]) -> Option<Self> {
        let own = |one: &&Simulated| !one.relative;
        let family = regression(simulated.iter().filter(own), |one| one.family_right)?;
        let vendor = regression(simulated.iter(), |one| one.vendor_right)?;
        let siblings = simulated.iter().filter(|one| one.known && one.family_right);
        let reference = BinaryLogistic::learn(
            &siblings
                .filter_map(|one| {
                    Some(Observation {
                        covariates: vec![one.lead?, one.traces.ln()],
                        offset: 0.0,
                        outcome: one.reference_right,
                        weight: one.weight,
                    })
                })
                .collect::<Vec<_>>(),
            RIDGE,
        );
        // What a stranger's corpus looks like is judged by what was learned without its family.
        let mut strangers = vec![Vec::new(); OCTAVES];
        let folds = simulated.iter().map(|one| one.fold).max().unwrap_or(0);
        for fold in 0..=folds {
            let others = simulated.iter().filter(own).filter(|one| one.fold != fold);
            let Some(apart) = regression(others, |one| one.family_right) else { continue };
            let left_out =
                simulated.iter().filter(own).filter(|one| one.fold == fold && !one.known);
            for one in left_out {
                let probability = apart.probability(&one.facts, 0.0) as f32;
                strangers[octave(one.traces)].push(probability);
            }
        }
        strangers.iter_mut().for_each(|own| *own = thinned(std::mem::take(own)));
        let (shifted, shifted_strangers) = learn_shifted(shifted);
        Some(Self { family, vendor, reference, strangers, shifted, shifted_strangers })
    }

    pub(super) fn candidate(
        &self,
        ratios: &[Ratio],
        traces: f64,
        family_of: impl Fn(usize) -> usize,
    ) -> Option<Candidate> {
        let first = ratios.first()?;
        let facts = facts(first, traces);
        let probability = self.family.probability(&facts, 0.0);
        let alone = lead(ratios, family_of)
            .map_or(1.0, |lead| self.reference.probability(&[lead, traces.ln()], 0.0));
        Some(Candidate {
            reference: first.reference,
            probability,
            reference_probability: probability * alone,
            vendor_probability: self.vendor.probability(&facts, 0.0).max(probability),
        })
    }

    pub(super) fn bound(&self, traces: f64, error_rate: f64) -> f64 {
        let size = octave(traces);
        let mut near: Vec<f64> = (size.saturating_sub(1)..=size + 1)
            .filter_map(|size| self.strangers.get(size))
            .flatten()
            .map(|&p| f64::from(p))
            .collect();
        near.sort_by(f64::total_cmp);
        nearest_rank(&near, 1.0 - error_rate).unwrap_or(1.0).max(LEAST_PROBABILITY)
    }

    /// The judgement on new prompts; `None` where it was not learned. Without controls nobody can be
    /// named.
    pub(super) fn shifted(
        &self,
        ratios: &[Ratio],
        controls: usize,
        error_rate: f64,
        family_of: impl Fn(usize) -> usize,
    ) -> Option<Judgement> {
        let facts = shifted_facts(ratios, controls, &family_of)?;
        let known = self.shifted_strangers.get(controls.min(MOST_CONTROLS))?;
        let known: Vec<f64> = known.iter().map(|&p| f64::from(p)).collect();
        let bound = nearest_rank(&known, 1.0 - error_rate)?;
        let probability = self.shifted.probability(&facts, 0.0);
        // The members of a family are not told apart on new prompts.
        let has_relatives = lead(ratios, &family_of).is_some();
        let reference_probability = if has_relatives { probability / 2.0 } else { probability };
        let reference = ratios.first()?.reference;
        let vendor_probability = probability;
        let candidate =
            Candidate { reference, probability, reference_probability, vendor_probability };
        let bound = if controls == 0 { f64::INFINITY } else { bound.max(LEAST_PROBABILITY) };
        Some(Judgement { candidate, bound })
    }

    /// Whether all numbers are usable.
    pub(super) fn is_sound(&self) -> bool {
        self.family.fits(FACTS)
            && self.vendor.fits(FACTS)
            && self.reference.fits(2)
            && self.strangers.len() <= OCTAVES
            && self.shifted.fits(SHIFTED_FACTS)
            && self.shifted_strangers.len() <= MOST_CONTROLS + 1
            && (self.strangers.iter().chain(&self.shifted_strangers).flatten())
                .all(|p| (0.0..=1.0).contains(p))
    }
}

/// The regression on new prompts, and what it says of left-out families by number of controls.
fn learn_shifted(drawn: &[ShiftedCorpus]) -> (BinaryLogistic, Vec<Vec<f32>>) {
    let learn = |without: Option<usize>| {
        let chosen = drawn.iter().filter(|one| Some(one.data_set) != without);
        let total = |known: bool| -> f64 {
            drawn.iter().filter(|one| one.known == known).map(|one| one.weight).sum()
        };
        let totals = [total(false).max(1e-9), total(true).max(1e-9)];
        let observations: Vec<Observation> = chosen
            .map(|one| Observation {
                covariates: one.facts.to_vec(),
                offset: 0.0,
                outcome: one.right,
                weight: one.weight / totals[usize::from(one.known)] * drawn.len() as f64 / 2.0,
            })
            .collect();
        BinaryLogistic::learn(&observations, RIDGE)
    };
    let mut strangers = vec![Vec::new(); MOST_CONTROLS + 1];
    // A data set's strangers are judged by what the other data sets taught.
    let data_sets: std::collections::BTreeSet<usize> =
        drawn.iter().map(|one| one.data_set).collect();
    if data_sets.len() < FEWEST_DATA_SETS {
        return (BinaryLogistic::default(), strangers);
    }
    for data_set in data_sets {
        let apart = learn(Some(data_set));
        for one in drawn.iter().filter(|one| one.data_set == data_set && !one.known) {
            let probability = apart.probability(&one.facts, 0.0) as f32;
            if let Some(own) = strangers.get_mut(one.controls) {
                own.push(probability);
            }
        }
    }
    // Between the numbers of controls that were drawn the next lower one decides.
    for controls in 1..=MOST_CONTROLS {
        if strangers[controls].is_empty() {
            strangers[controls] = strangers[controls - 1].clone();
        }
    }
    (learn(None), strangers.into_iter().map(thinned).collect())
}

/// The regression of an outcome on the facts, known models and strangers weighing the same. `None`
/// where either are missing.
fn regression<'a>(
    simulated: impl Iterator<Item = &'a Simulated>,
    outcome: impl Fn(&Simulated) -> bool,
) -> Option<BinaryLogistic> {
    let chosen: Vec<&Simulated> = simulated.collect();
    let weight = |known: bool| -> f64 {
        chosen.iter().filter(|one| one.known == known).map(|one| one.weight).sum()
    };
    let (known, strangers) = (weight(true), weight(false));
    if known <= 0.0 || strangers <= 0.0 {
        return None;
    }
    let count = chosen.len() as f64;
    let observations: Vec<Observation> = chosen
        .iter()
        .map(|one| Observation {
            covariates: one.facts.to_vec(),
            offset: 0.0,
            outcome: outcome(one),
            weight: one.weight / if one.known { known } else { strangers } * count / 2.0,
        })
        .collect();
    Some(BinaryLogistic::learn(&observations, RIDGE))
}

/// The values in ascending order; of many, as many as are kept, evenly spaced.
fn thinned(mut own: Vec<f32>) -> Vec<f32> {
    own.sort_by(f32::total_cmp);
    if own.len() > KEPT {
        own = (0..KEPT).map(|i| own[(i * (own.len() - 1)) / (KEPT - 1)]).collect();
    }
    own
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Known corpora with large ratios, strangers with small ones, a few of each in between.
    fn simulated() -> Vec<Simulated> {
        (0..400)
            .map(|i| {
                let known = i % 2 == 0;
                let log_ratio = (i * 37 % 101) as f64 / 10.0 + if known { 6.0 } else { -6.0 };
                Simulated {
                    facts: [log_ratio, 0.0, 20.0_f64.ln()],
                    lead: Some(log_ratio),
                    traces: 20.0,
                    known,
                    family_right: known,
                    vendor_right: known,
                    reference_right: known && i % 3 > 0,
                    relative: false,
                    fold: i % 5,
                    weight: 1.0,
                }
            })
            .collect()
    }

    fn ratio(reference: usize, log_ratio: f64) -> Ratio {
        Ratio { reference, log_ratio, misfit: 0.0 }
    }

    #[test]
    fn a_large_ratio_is_a_name_and_a_small_one_is_none() {
        let decision = Decision::learn(&simulated(), &[]).unwrap();
        assert!(decision.is_sound());
        let of = |log_ratio| {
            decision.candidate(&[ratio(3, log_ratio), ratio(4, -9.0)], 20.0, |i| i).unwrap()
        };
        let (sure, unsure) = (of(14.0), of(-4.0));
        assert_eq!(sure.reference, 3);
        assert!(sure.probability > 0.9 && unsure.probability < 0.1, "{sure:?} {unsure:?}");
        // Without relatives the family is the reference.
        assert_eq!(sure.probability, sure.reference_probability);
        assert!(decision.candidate(&[], 20.0, |i| i).is_none());
    }

    #[test]
    fn a_relative_that_is_as_near_leaves_the_reference_open() {
        let decision = Decision::learn(&simulated(), &[]).unwrap();
        let both = [ratio(3, 14.0), ratio(4, 13.9)];
        let candidate = decision.candidate(&both, 20.0, |_| 0).unwrap();
        assert!(candidate.reference_probability < candidate.probability, "{candidate:?}");
        assert_eq!(lead(&both, |_| 0).map(|lead| (lead * 10.0).round()), Some(1.0));
        assert_eq!(lead(&both, |i| i), None);
    }

    #[test]
    fn the_bound_lets_as_many_strangers_through_as_asked() {
        let decision = Decision { strangers: vec![Vec::new(); OCTAVES], ..Decision::default() };
        assert_eq!(decision.bound(20.0, 0.05), 1.0);
        let mut decision = decision;
        decision.strangers[4] = (0..100).map(|i| i as f32 / 100.0).collect();
        assert!((decision.bound(20.0, 0.05) - 0.94).abs() < 0.011);
        // Never below the least probability, and only by corpora of about this size.
        assert_eq!(decision.bound(20.0, 0.5), LEAST_PROBABILITY);
        assert_eq!(decision.bound(1.0, 0.05), 1.0);
    }

    #[test]
    fn nothing_is_learned_from_one_kind() {
        let known: Vec<Simulated> = simulated().into_iter().filter(|one| one.known).collect();
        assert!(Decision::learn(&known, &[]).is_none());
    }
}
