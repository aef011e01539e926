//! From likelihood ratios to a probability that can be held to.

use super::{
    facts::{
        Drawn, FACTS, MOST_CONTROLS, SHIFTED_FACTS, ShiftedCorpus, Simulated, facts, lead,
        shifted_facts,
    },
    two_covariance::Ratio,
};
use crate::stats::{
    logistic::binary::{BinaryLogistic, Observation},
    quantile::nearest_rank,
};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Fewest data sets that are left out in turn to learn what new prompts are like.
const FEWEST_DATA_SETS: usize = 3;
/// Penalty on the intercept and on each slope of a regression, in nats over all simulated corpora.
const RIDGE: [f64; 2] = [0.0, 1e-2];
/// Whatever the atlas's strangers say, a name needs this probability: there are few of them.
const LEAST_PROBABILITY: f64 = 0.85;
/// Numbers of traces that are learned from apart: of one trace the ratio means something else than of
/// many.
const SIZES: [f64; 5] = [1.0, 2.0, 4.0, 8.0, 16.0];
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
    fn learn(traces: f64, drawn: &Drawn) -> Option<Self> {
        let own = |all: &[Simulated]| -> Vec<Simulated> {
            all.iter().filter(|one| !one.relative).cloned().collect()
        };
        let without_relatives = Drawn {
            halves: own(&drawn.halves),
            carried: own(&drawn.carried),
            quarters: own(&drawn.quarters),
        };
        let (family, strangers) = calibrated(&without_relatives, traces, |one| one.family_right)?;
        let (vendor, _) = calibrated(drawn, traces, |one| one.vendor_right)?;
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
    /// Learns from corpora on prompts that were held out, and from those on data sets that were left out.
    /// `None` where the first have no known models or no strangers; without the second nobody is named on
    /// new prompts.
    pub(super) fn learn(drawn: &Drawn, shifted: &[ShiftedCorpus]) -> Option<Self> {
        let sizes = SIZES
            .into_par_iter()
            .map(|traces| OfSize::learn(traces, drawn))
            .collect::<Option<Vec<_>>>()?;
        let siblings = drawn.halves.iter().filter(|one| one.known && one.family_right);
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
        Some(Self { sizes, reference, shifted, shifted_strangers })
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
        traces: f64,
        family_of: impl Fn(usize) -> usize,
    ) -> Option<Candidate> {
        let first = ratios.first()?;
        let learned = self.of(traces)?;
        let facts = facts(first);
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
        let near: Vec<f64> = near.iter().map(|&p| f64::from(p)).collect();
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
    let data_sets: BTreeSet<usize> = drawn.iter().map(|one| one.data_set).collect();
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

/// The regression of an outcome on the facts of corpora of about so many traces, and the probability with
/// the weight of each of the strangers' corpora, by what was learned without its family. `None` where
/// known models or strangers are missing.
///
/// Halves of the prompts teach the regression, and it judges corpora by the whole atlas: by twice as many
/// traces, which leave less to chance, so that a stranger looks more like its neighbour than it did. What
/// such a step changes is measured one step below: what quarters teach judges what is compared with
/// halves. The log odds are calibrated a second time by that, and the strangers' probabilities are those.
fn calibrated(
    drawn: &Drawn,
    traces: f64,
    outcome: impl Fn(&Simulated) -> bool,
) -> Option<(BinaryLogistic, Vec<(f32, f64)>)> {
    let of_facts = |chosen: &mut dyn Iterator<Item = &Simulated>| {
        // No corpus may be so large: then the largest teach.
        let chosen: Vec<&Simulated> = chosen.collect();
        let weight = nearness(&chosen, traces);
        let rows = chosen.into_iter().map(|one| (one, one.facts.to_vec(), weight(one))).collect();
        regression(rows, &outcome)
    };
    // Few prompts have no quarters.
    let (teachers, judged) = match of_facts(&mut drawn.quarters.iter()) {
        Some(_) => (&drawn.quarters, &drawn.carried),
        None => (&drawn.halves, &drawn.halves),
    };
    let weight = nearness(&judged.iter().collect::<Vec<_>>(), traces);
    let mut apart: Vec<(&Simulated, Vec<f64>, f64)> = Vec::new();
    let folds: BTreeSet<usize> = judged.iter().map(|one| one.fold).collect();
    for fold in folds {
        let others = of_facts(&mut teachers.iter().filter(|one| one.fold != fold));
        let Some(others) = others else { continue };
        let own = judged.iter().filter(|one| one.fold == fold);
        apart.extend(own.map(|one| (one, vec![others.log_odds(&one.facts)], weight(one))));
    }
    let again = regression(apart.clone(), &outcome)?;
    let left_out = apart.iter().filter(|(one, ..)| !one.known);
    let left_out =
        left_out.map(|(_, odds, weight)| (again.probability(odds, 0.0) as f32, *weight)).collect();
    Some((of_facts(&mut drawn.halves.iter())?.then(&again), left_out))
}

/// How much each corpus counts among those of about so many traces.
fn nearness(among: &[&Simulated], traces: f64) -> impl Fn(&Simulated) -> f64 + use<> {
    let largest = among.iter().map(|one| one.traces).fold(1.0, f64::max);
    let centre = traces.min(largest).ln();
    move |one| one.weight * (-0.5 * ((one.traces.ln() - centre) / NEARNESS).powi(2)).exp()
}

/// The regression of an outcome on covariates, known models and strangers weighing the same. `None` where
/// either are missing.
fn regression(
    chosen: Vec<(&Simulated, Vec<f64>, f64)>,
    outcome: &impl Fn(&Simulated) -> bool,
) -> Option<BinaryLogistic> {
    let total = |known: bool| -> f64 {
        let own = chosen.iter().filter(|(one, ..)| one.known == known);
        own.map(|(_, _, weight)| weight).sum()
    };
    let (known, strangers) = (total(true), total(false));
    if known <= 0.0 || strangers <= 0.0 {
        return None;
    }
    let count = chosen.len() as f64;
    let observations: Vec<Observation> = chosen
        .into_iter()
        .map(|(one, covariates, weight)| Observation {
            covariates,
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
                    facts: [log_ratio, 0.0, 16.0_f64.ln()],
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

    fn drawn() -> Drawn {
        Drawn { halves: simulated(), carried: simulated(), quarters: simulated() }
    }

    fn ratio(reference: usize, log_ratio: f64) -> Ratio {
        Ratio { reference, log_ratio, misfit: 0.0, size: 16.0 }
    }

    #[test]
    fn a_large_ratio_is_a_name_and_a_small_one_is_none() {
        let decision = Decision::learn(&drawn(), &[]).unwrap();
        assert!(decision.is_sound());
        let of = |log_ratio| {
            decision.candidate(&[ratio(3, log_ratio), ratio(4, -9.0)], 16.0, |i| i).unwrap()
        };
        let (sure, unsure) = (of(14.0), of(-4.0));
        assert_eq!(sure.reference, 3);
        assert!(sure.probability > 0.9 && unsure.probability < 0.1, "{sure:?} {unsure:?}");
        // Without relatives the family is the reference.
        assert_eq!(sure.probability, sure.reference_probability);
        assert!(decision.candidate(&[], 16.0, |i| i).is_none());
    }

    #[test]
    fn a_relative_that_is_as_near_leaves_the_reference_open() {
        let decision = Decision::learn(&drawn(), &[]).unwrap();
        let both = [ratio(3, 14.0), ratio(4, 13.9)];
        let candidate = decision.candidate(&both, 16.0, |_| 0).unwrap();
        assert!(candidate.reference_probability < candidate.probability, "{candidate:?}");
        assert_eq!(lead(&both, |_| 0).map(|lead| (lead * 10.0).round()), Some(1.0));
        assert_eq!(lead(&both, |i| i), None);
    }

    #[test]
    fn the_bound_lets_as_many_strangers_through_as_asked() {
        let mut decision = Decision::default();
        assert_eq!(decision.bound(16.0, 0.05), 1.0);
        decision.sizes = vec![OfSize::default(); SIZES.len()];
        decision.sizes[4].strangers = (0..100).map(|i| i as f32 / 100.0).collect();
        assert!((decision.bound(16.0, 0.05) - 0.94).abs() < 0.011);
        // Never below the least probability, and only by corpora of about this size.
        assert_eq!(decision.bound(16.0, 0.5), LEAST_PROBABILITY);
        assert_eq!(decision.bound(1.0, 0.05), 1.0);
    }

    #[test]
    fn what_quarters_teach_of_halves_lowers_the_probabilities_of_the_whole() {
        let decision = Decision::learn(&drawn(), &[]).unwrap();
        let mut nearer = drawn();
        let strangers = nearer.carried.iter_mut().filter(|one| !one.known);
        strangers.for_each(|one| one.facts[0] += 8.0);
        let wary = Decision::learn(&nearer, &[]).unwrap();
        let of = |decision: &Decision, log_ratio| {
            decision.candidate(&[ratio(3, log_ratio)], 16.0, |i| i).unwrap().probability
        };
        assert!(of(&wary, 2.0) < of(&decision, 2.0) - 0.05);
        // Without quarters the halves are all that there is.
        nearer.quarters.clear();
        let alone = Decision::learn(&nearer, &[]).unwrap();
        assert!((of(&alone, 2.0) - of(&decision, 2.0)).abs() < 0.05);
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
        let halves = simulated().into_iter().filter(|one| one.known).collect();
        assert!(Decision::learn(&Drawn { halves, ..Drawn::default() }, &[]).is_none());
    }
}
