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
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Fewest data sets that are left out in turn to learn what new prompts are like.
const FEWEST_DATA_SETS: usize = 3;
/// Penalty on the intercept and on each slope of a regression, in nats over all simulated corpora.
const RIDGE: [f64; 2] = [0.0, 1e-2];
/// Whatever the atlas's strangers say, a name needs this probability: there are few of them.
const LEAST_PROBABILITY: f64 = 0.9;
/// Numbers of traces that are learned from apart: of one trace the ratio means something else than of
/// many. Larger corpora are judged as the largest of these: a quarter of the prompts gives few of them.
const SIZES: [f64; 4] = [1.0, 2.0, 4.0, 8.0];
/// How fast a simulated corpus of another size counts less: the standard deviation in the logarithm.
const NEARNESS: f64 = 0.5;
/// Quantiles of strangers' probabilities that are kept.
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
    /// By the number of traces, in the order of [`SIZES`].
    sizes: Vec<OfSize>,
    /// Families that were left out in turn.
    families: usize,
    /// The first reference wrote it, if its family did; by the lead over the next of the family.
    reference: BinaryLogistic,
    /// The first reference's family wrote it, on prompts that the atlas does not know.
    shifted: BinaryLogistic,
    /// The probabilities of left-out families' corpora there, ascending, by number of controls.
    shifted_strangers: Vec<Vec<f32>>,
}

/// What was learned from corpora of about one number of traces.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct OfSize {
    /// The first reference's family wrote it.
    family: BinaryLogistic,
    /// A model of the first reference's vendor wrote it.
    vendor: BinaryLogistic,
    /// Quantiles of the probabilities of left-out families' corpora, evenly spaced.
    strangers: Vec<f32>,
}

impl OfSize {
    /// `None` where known models or strangers are missing.
    fn learn(traces: f64, simulated: &[Simulated]) -> Option<Self> {
        // No corpus may be so large: then the largest teach.
        let largest = simulated.iter().map(|one| one.traces).fold(1.0, f64::max);
        let centre = traces.min(largest).ln();
        let weight = |one: &Simulated| {
            one.weight * (-0.5 * ((one.traces.ln() - centre) / NEARNESS).powi(2)).exp()
        };
        let own = |one: &&Simulated| !one.relative;
        let family = regression(simulated.iter().filter(own), weight, |one| one.family_right)?;
        let vendor = regression(simulated.iter(), weight, |one| one.vendor_right)?;
        // What a stranger's corpus looks like is judged by what was learned without its family.
        let mut strangers: Vec<(f32, f64)> = Vec::new();
        let folds = simulated.iter().map(|one| one.fold).max().unwrap_or(0);
        for fold in 0..=folds {
            let others = simulated.iter().filter(own).filter(|one| one.fold != fold);
            let Some(apart) = regression(others, weight, |one| one.family_right) else { continue };
            let left_out = simulated.iter().filter(own).filter(|o| o.fold == fold && !o.known);
            strangers.extend(
                left_out.map(|one| (apart.probability(&one.facts, 0.0) as f32, weight(one))),
            );
        }
        Some(Self { family, vendor, strangers: quantiles(strangers) })
    }

    fn is_sound(&self) -> bool {
        self.family.fits(FACTS) && self.vendor.fits(FACTS) && are_probabilities(&self.strangers)
    }
}

fn are_probabilities(values: &[f32]) -> bool {
    values.iter().all(|p| (0.0..=1.0).contains(p))
}

impl Decision {
    /// Learns from simulated corpora, and from those on data sets that were left out. `None` where there
    /// are none of either kind of the first; without the second nobody is named on new prompts.
    /// `families` is the number of families that were left out in turn.
    pub(super) fn learn(
        simulated: &[Simulated],
        shifted: &[ShiftedCorpus],
        families: usize,
    ) -> Option<Self> {
        let sizes = SIZES
            .into_par_iter()
            .map(|traces| OfSize::learn(traces, simulated))
            .collect::<Option<Vec<_>>>()?;
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
        let (shifted, shifted_strangers) = learn_shifted(shifted);
        Some(Self { sizes, families, reference, shifted, shifted_strangers })
    }

    /// What was learned from corpora of about so many traces.
    fn of(&self, traces: f64) -> Option<&OfSize> {
        let off = |own: f64| (own.ln() - traces.max(1.0).ln()).abs();
        let near = (0..SIZES.len()).min_by(|&a, &b| off(SIZES[a]).total_cmp(&off(SIZES[b])))?;
        self.sizes.get(near)
    }

    pub(super) fn candidate(
        &self,
        ratios: &[Ratio],
        nearest_other: Option<f64>,
        traces: f64,
        family_of: impl Fn(usize) -> usize,
    ) -> Option<Candidate> {
        let first = ratios.first()?;
        let learned = self.of(traces)?;
        let facts = facts(first, nearest_other);
        let probability = learned.family.probability(&facts, 0.0);
        let alone = lead(ratios, family_of)
            .map_or(1.0, |lead| self.reference.probability(&[lead, traces.ln()], 0.0));
        Some(Candidate {
            reference: first.reference,
            probability,
            reference_probability: probability * alone,
            vendor_probability: learned.vendor.probability(&facts, 0.0).max(probability),
        })
    }

    /// The probability that a name needs for a corpus of so many traces.
    pub(super) fn bound(&self, traces: f64, error_rate: f64) -> f64 {
        let near = self.of(traces).map_or(&[][..], |own| &own.strangers);
        self.quantile(near, error_rate).unwrap_or(1.0).max(LEAST_PROBABILITY)
    }

    /// What the share `error_rate` of strangers reaches, given the probabilities of those that were left
    /// out. The next stranger is one family more: with `F` families the quantile is that of
    /// `(1 − error_rate)(F + 1) / F`, as in conformal prediction (Vovk, Gammerman & Shafer 2005), and with
    /// few families the largest.
    fn quantile(&self, strangers: &[f32], error_rate: f64) -> Option<f64> {
        let strangers: Vec<f64> = strangers.iter().map(|&p| f64::from(p)).collect();
        let one_more = 1.0 + 1.0 / self.families.max(1) as f64;
        nearest_rank(&strangers, ((1.0 - error_rate) * one_more).min(1.0))
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
        let strangers = self.shifted_strangers.get(controls.min(MOST_CONTROLS))?;
        let bound = self.quantile(strangers, error_rate)?;
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
        self.sizes.len() <= SIZES.len()
            && self.sizes.iter().all(OfSize::is_sound)
            && self.reference.fits(2)
            && self.shifted.fits(SHIFTED_FACTS)
            && self.shifted_strangers.len() <= MOST_CONTROLS + 1
            && self.shifted_strangers.iter().all(|own| are_probabilities(own))
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
    let even = |own: Vec<f32>| quantiles(own.into_iter().map(|p| (p, 1.0)).collect());
    (learn(None), strangers.into_iter().map(even).collect())
}

/// The regression of an outcome on the facts, known models and strangers weighing the same. `None`
/// where either are missing.
fn regression<'a>(
    simulated: impl Iterator<Item = &'a Simulated>,
    weight: impl Fn(&Simulated) -> f64,
    outcome: impl Fn(&Simulated) -> bool,
) -> Option<BinaryLogistic> {
    let chosen: Vec<(&Simulated, f64)> = simulated.map(|one| (one, weight(one))).collect();
    let total = |known: bool| -> f64 {
        chosen.iter().filter(|(one, _)| one.known == known).map(|(_, weight)| weight).sum()
    };
    let (known, strangers) = (total(true), total(false));
    if known <= 0.0 || strangers <= 0.0 {
        return None;
    }
    let count = chosen.len() as f64;
    let observations: Vec<Observation> = chosen
        .iter()
        .map(|(one, weight)| Observation {
            covariates: one.facts.to_vec(),
            offset: 0.0,
            outcome: outcome(one),
            weight: weight / if one.known { known } else { strangers } * count / 2.0,
        })
        .collect();
    Some(BinaryLogistic::learn(&observations, RIDGE))
}

/// Evenly spaced quantiles of weighted values, at most [`KEPT`] of them.
fn quantiles(mut values: Vec<(f32, f64)>) -> Vec<f32> {
    values.sort_by(|a, b| a.0.total_cmp(&b.0));
    let total: f64 = values.iter().map(|(_, weight)| weight).sum();
    let kept = KEPT.min(values.len());
    let (mut at, mut below) = (0, 0.0);
    (0..kept)
        .map(|i| {
            let share = (i as f64 + 0.5) / kept as f64 * total;
            while at + 1 < values.len() && below + values[at].1 < share {
                below += values[at].1;
                at += 1;
            }
            values[at].0
        })
        .collect()
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
                    facts: [log_ratio, log_ratio],
                    lead: Some(log_ratio),
                    traces: 16.0,
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
        let decision = Decision::learn(&simulated(), &[], 200).unwrap();
        assert!(decision.is_sound());
        let of = |log_ratio| {
            decision
                .candidate(&[ratio(3, log_ratio), ratio(4, -9.0)], Some(0.0), 16.0, |i| i)
                .unwrap()
        };
        let (sure, unsure) = (of(14.0), of(-4.0));
        assert_eq!(sure.reference, 3);
        assert!(sure.probability > 0.9 && unsure.probability < 0.1, "{sure:?} {unsure:?}");
        // Without relatives the family is the reference.
        assert_eq!(sure.probability, sure.reference_probability);
        assert!(decision.candidate(&[], None, 16.0, |i| i).is_none());
    }

    #[test]
    fn a_relative_that_is_as_near_leaves_the_reference_open() {
        let decision = Decision::learn(&simulated(), &[], 200).unwrap();
        let both = [ratio(3, 14.0), ratio(4, 13.9)];
        let candidate = decision.candidate(&both, Some(0.0), 16.0, |_| 0).unwrap();
        assert!(candidate.reference_probability < candidate.probability, "{candidate:?}");
        assert_eq!(lead(&both, |_| 0).map(|lead| (lead * 10.0).round()), Some(1.0));
        assert_eq!(lead(&both, |i| i), None);
    }

    #[test]
    fn the_bound_lets_as_many_strangers_through_as_asked() {
        let mut decision = Decision::default();
        assert_eq!(decision.bound(16.0, 0.05), 1.0);
        decision.sizes = vec![OfSize::default(); SIZES.len()];
        decision.sizes[3].strangers = (0..100).map(|i| i as f32 / 100.0).collect();
        decision.families = 100;
        // 0.95 · 101 / 100 = 0.9595: the 96th of 100.
        assert!((decision.bound(16.0, 0.05) - 0.95).abs() < 1e-6);
        // Of 19 families one more may be above all.
        decision.families = 19;
        assert!((decision.bound(16.0, 0.05) - 0.99).abs() < 1e-6);
        // Never below the least probability, and only by corpora of about this size.
        assert_eq!(decision.bound(16.0, 0.5), LEAST_PROBABILITY);
        assert_eq!(decision.bound(1.0, 0.05), 1.0);
    }

    #[test]
    fn quantiles_follow_the_weights() {
        assert_eq!(quantiles(vec![(0.5, 1.0), (0.25, 3.0)]), [0.25, 0.25]);
        assert_eq!(quantiles(vec![(0.1, 1.0), (0.9, 0.0), (0.2, 1.0)]), [0.1, 0.1, 0.2]);
        assert!(quantiles(Vec::new()).is_empty());
        assert_eq!(quantiles((0..1000).map(|i| (i as f32, 1.0)).collect()).len(), KEPT);
    }

    #[test]
    fn nothing_is_learned_from_one_kind() {
        let known: Vec<Simulated> = simulated().into_iter().filter(|one| one.known).collect();
        assert!(Decision::learn(&known, &[], 200).is_none());
    }
}
