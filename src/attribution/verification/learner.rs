//! Learns a [`Verification`] from labelled traces.

use super::{
    Verification,
    decision::Decision,
    facts::{ShiftedCorpus, Simulated},
    kin::Kin,
    simulation::{Source, means_of},
    space::{Members, Space, space},
    totals::{LabelledTraces, Totals},
};
use crate::stats::{
    products::product,
    random::{shuffle, stream},
};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Families are left out in this many folds.
const FAMILY_FOLDS: usize = 5;
/// With fewer families nothing can be said of models that the atlas does not know.
pub(crate) const FEWEST_FAMILIES: usize = 6;
/// Fewer traces give no mean that could be compared.
const FEWEST_OF_MEAN: usize = 3;

/// Learns from labelled traces; `kin` has the relatives of each reference. `None` with fewer than
/// [`FEWEST_FAMILIES`] families, or where there is too little to learn from.
pub(crate) fn learn(traces: &LabelledTraces<'_>, kin: &[Kin], seed: u64) -> Option<Verification> {
    let families: BTreeSet<usize> = traces.labels.iter().map(|&label| kin[label].family).collect();
    if families.len() < FEWEST_FAMILIES || traces.values.ncols() == 0 {
        return None;
    }
    let family_count = families.len();
    let learner = Learner::new(traces, kin, families, seed);
    let all: Vec<usize> = (0..traces.fold_count).collect();
    let mut space = space(&learner.totals(&all, None), traces.data_set_count)?;
    let parts = learner.parts();
    space.comparison.prompts = learner.variance_of_prompts(&parts);
    let simulated = learner.simulated(parts, &space.comparison.prompts);
    let decision = Decision::learn(&simulated, &learner.shifted(), family_count)?;
    let turn = space.turn.mapv(|value| value as f32);
    Some(
        Verification {
            projection: product(space.axes.view(), turn.view()),
            centres: space
                .centres
                .iter()
                .map(|centre| {
                    let centre = ndarray::aview1(centre.as_ref()?).dot(&space.turn);
                    Some(centre.iter().map(|&value| value as f32).collect())
                })
                .collect(),
            comparison: space.comparison,
            decision,
        }
        .rounded(),
    )
}

struct Learner<'a> {
    traces: &'a LabelledTraces<'a>,
    kin: &'a [Kin],
    /// The fold of each reference's family.
    fold_of: Vec<usize>,
    /// By fold of prompts and fold of families.
    totals: Vec<Vec<Totals>>,
    seed: u64,
}

impl<'a> Learner<'a> {
    fn new(
        traces: &'a LabelledTraces<'a>,
        kin: &'a [Kin],
        families: BTreeSet<usize>,
        seed: u64,
    ) -> Self {
        let mut order: Vec<usize> = families.into_iter().collect();
        shuffle(&mut order, &mut stream(seed, 0xFA));
        let fold_of_family: BTreeMap<usize, usize> =
            order.into_iter().enumerate().map(|(i, family)| (family, i % FAMILY_FOLDS)).collect();
        let fold_of: Vec<usize> =
            kin.iter().map(|own| fold_of_family.get(&own.family).copied().unwrap_or(0)).collect();
        let place = |i: usize| (traces.folds[i], fold_of[traces.labels[i]]);
        let totals = |prompts, family| {
            let own: Vec<usize> =
                (0..traces.labels.len()).filter(|&i| place(i) == (prompts, family)).collect();
            Totals::of(traces, &own)
        };
        let totals = (0..traces.fold_count)
            .map(|prompts| (0..FAMILY_FOLDS).map(|family| totals(prompts, family)).collect())
            .collect();
        Self { traces, kin, fold_of, totals, seed }
    }

    /// The sums over the traces in some folds of prompts, without the families of a fold.
    fn totals(&self, prompts: &[usize], without: Option<usize>) -> Totals {
        let mut totals = Totals::none(self.traces.values.ncols());
        for &fold in prompts {
            let families = self.totals[fold].iter().enumerate();
            families.filter(|(own, _)| Some(*own) != without).for_each(|(_, own)| totals.add(own));
        }
        totals
    }

    /// A space learned from some folds of prompts without the families of each fold in turn, and one
    /// with all families. What is left out leaves no trace in it, as a model that the atlas does not
    /// know.
    fn spaces(&self, prompts: &[usize]) -> Vec<Option<Space>> {
        (0..=FAMILY_FOLDS)
            .map(|fold| {
                let without = (fold < FAMILY_FOLDS).then_some(fold);
                space(&self.totals(prompts, without), self.traces.data_set_count)
            })
            .collect()
    }

    /// The folds of families whose corpora are compared in the space with this number.
    fn asked(fold: usize) -> Vec<usize> {
        (0..FAMILY_FOLDS).filter(|&own| fold == FAMILY_FOLDS || own == fold).collect()
    }

    /// The traces in some folds, by reference and data set.
    fn members(&self, folds: &[usize]) -> Members {
        let mut members = Members::new();
        for i in (0..self.traces.labels.len()).filter(|&i| folds.contains(&self.traces.folds[i])) {
            let cell = (self.traces.labels[i], self.traces.data_sets[i]);
            members.entry(cell).or_default().push(i);
        }
        members
    }

    /// Where corpora of some traces are drawn from.
    fn source<'b>(&'b self, held_out: &'b Members, seed: u64) -> Source<'b> {
        Source {
            values: self.traces.values.view(),
            held_out,
            kin: self.kin,
            fold_of: &self.fold_of,
            seed,
        }
    }

    /// Corpora on data sets that are left out in turn.
    fn shifted(&self) -> Vec<ShiftedCorpus> {
        let all: Vec<usize> = (0..self.traces.fold_count).collect();
        let members = self.members(&all);
        let source = self.source(&members, self.seed);
        let drawn: Vec<Vec<ShiftedCorpus>> = self
            .spaces(&all)
            .into_par_iter()
            .enumerate()
            .map(|(fold, space)| {
                space.map_or_else(Vec::new, |space| {
                    source.draw_shifted(&space, fold == FAMILY_FOLDS, &Self::asked(fold))
                })
            })
            .collect();
        drawn.into_iter().flatten().collect()
    }

    /// Each fold of prompts, held out of all others.
    fn parts(&self) -> Vec<Part> {
        let all: Vec<usize> = (0..self.traces.fold_count).collect();
        let part = |&held_out: &usize| {
            let others: Vec<usize> = all.iter().copied().filter(|&own| own != held_out).collect();
            Part { held_out: self.members(&[held_out]), spaces: self.spaces(&others) }
        };
        all.iter().map(part).collect()
    }

    /// Corpora of every model on prompts that were not learned from, where means move from some prompts
    /// to others by `prompts`.
    fn simulated(&self, parts: Vec<Part>, prompts: &[f64]) -> Vec<Simulated> {
        let mut simulated = Vec::new();
        for (number, part) in parts.into_iter().enumerate() {
            let source = self.source(&part.held_out, self.seed ^ (number as u64 + 1) << 48);
            let drawn: Vec<Vec<Simulated>> = part
                .spaces
                .into_par_iter()
                .enumerate()
                .map(|(fold, space)| {
                    let Some(mut space) = space else { return Vec::new() };
                    space.comparison.prompts = prompts.to_vec();
                    source.draw(&space, fold == FAMILY_FOLDS, &Self::asked(fold))
                })
                .collect();
            simulated.extend(drawn.into_iter().flatten());
        }
        simulated
    }

    /// How far the means of models move from some prompts of each data set to others, beyond the choice
    /// of traces: the mean of `(q − r)² − 1/n − 1/m` over the coordinates and the models, of which both
    /// means have half.
    fn variance_of_prompts(&self, parts: &[Part]) -> Vec<f64> {
        let mut sums = vec![(0.0_f64, 0.0_f64); self.traces.data_set_count];
        for part in parts {
            let Some(space) = part.spaces.last().and_then(Option::as_ref) else { continue };
            for cell in space.comparison.cells() {
                let own = part.held_out.get(&(cell.reference, cell.data_set));
                let Some(own) = own.filter(|own| own.len() >= FEWEST_OF_MEAN) else { continue };
                let mean = means_of(self.traces.values.view(), std::slice::from_ref(own));
                let Some(point) = space.coordinates(mean.view(), cell.data_set) else { continue };
                let off: f64 =
                    point.iter().zip(&cell.mean).map(|(q, r)| (q - f64::from(*r)).powi(2)).sum();
                let choice = 1.0 / own.len() as f64 + 1.0 / cell.traces as f64;
                let (sum, count) = &mut sums[cell.data_set];
                *sum += off / point.len().max(1) as f64 - choice;
                *count += 1.0;
            }
        }
        sums.into_iter().map(|(sum, count)| (sum / count.max(1.0) / 2.0).max(0.0)).collect()
    }
}

/// Prompts that were held out, and what was learned from the others.
struct Part {
    /// The traces of the prompts.
    held_out: Members,
    /// Without each fold of families, and with all of them.
    spaces: Vec<Option<Space>>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attribution::verification::{CorpusMean, Judgement, Ratio};
    use ndarray::Array2;

    /// Twelve models on two data sets: each has a mean of its own, its traces a spread about it.
    struct Made {
        values: Array2<f32>,
        labels: Vec<usize>,
        data_sets: Vec<usize>,
        folds: Vec<usize>,
    }

    fn noise(number: usize) -> f32 {
        let bits = xxhash_rust::xxh3::xxh3_64(&(number as u64).to_le_bytes());
        (bits >> 40) as f32 / (1_u64 << 24) as f32 - 0.5
    }

    fn value(label: usize, data_set: usize, trace: usize, place: usize) -> f32 {
        4.0 * noise(label * 100 + place)
            + 2.0 * noise(10_000_000 + data_set * 100 + place)
            + 3.0 * noise(20_000_000 + ((label * 2 + data_set) * 1_000 + trace) * 100 + place)
    }

    fn made(models: usize) -> Made {
        let rows: Vec<(usize, usize, usize)> = (0..models)
            .flat_map(|label| (0..2).flat_map(move |set| (0..24).map(move |i| (label, set, i))))
            .collect();
        Made {
            values: Array2::from_shape_fn((rows.len(), 12), |(i, place)| {
                let (label, data_set, trace) = rows[i];
                value(label, data_set, trace, place)
            }),
            labels: rows.iter().map(|row| row.0).collect(),
            data_sets: rows.iter().map(|row| row.1).collect(),
            folds: rows.iter().map(|row| row.2 % 4).collect(),
        }
    }

    fn learned(made: &Made, models: usize) -> Option<Verification> {
        let kin: Vec<Kin> = (0..models).map(|i| Kin { family: i, vendor: i }).collect();
        let traces = LabelledTraces {
            values: &made.values,
            labels: &made.labels,
            data_sets: &made.data_sets,
            data_set_count: 2,
            folds: &made.folds,
            fold_count: 4,
        };
        learn(&traces, &kin, 7)
    }

    /// The mean of traces of a model.
    fn mean(label: usize, data_set: usize, traces: std::ops::Range<usize>) -> Vec<f32> {
        let count = traces.len() as f32;
        let sum = |place: usize| -> f32 {
            traces.clone().map(|trace| value(label, data_set, trace, place)).sum()
        };
        (0..12).map(|place| sum(place) / count).collect()
    }

    /// The ratios of twenty new traces of a model.
    fn ratios(verification: &Verification, label: usize, data_set: usize) -> Vec<Ratio> {
        let mean = mean(label, data_set, 100..120);
        verification.ratios(CorpusMean { mean: &mean, traces: 20 }, data_set)
    }

    #[test]
    fn a_known_model_is_named_and_an_unknown_one_is_not() {
        let verification = learned(&made(12), 12).unwrap();
        assert_eq!((verification.width(), verification.cells().len()), (12, 24));
        let named = |label: usize, data_set: usize| {
            let ratios = ratios(&verification, label, data_set);
            let corpus = CorpusMean { mean: &[], traces: 20 };
            let Judgement { candidate, bound } =
                verification.judge(&ratios, corpus, data_set, 0.05, |i| i).unwrap();
            (candidate.reference, candidate.probability >= bound)
        };
        for data_set in 0..2 {
            let right = (0..12).filter(|&label| named(label, data_set) == (label, true)).count();
            assert!(right >= 10, "{right}");
            // Models with means that were never seen.
            let wrong = (20..60).filter(|&label| named(label, data_set).1).count();
            assert!(wrong <= 6, "{wrong}");
        }
        let of = |mean| CorpusMean { mean, traces: 5 };
        assert!(verification.ratios(of(&[0.0; 12]), 2).is_empty());
        assert!(verification.ratios(of(&[0.0; 3]), 0).is_empty());
    }

    #[test]
    fn without_controls_nobody_is_named_on_new_prompts() {
        let verification = learned(&made(12), 12).unwrap();
        let own = mean(3, 1, 100..120);
        let corpus = CorpusMean { mean: &own, traces: 20 };
        let judged = verification.on_new_prompts(corpus, 0, &[], 0.05, |i| i);
        // Two data sets teach nothing of a third; if they did, no probability would be enough.
        assert!(judged.is_none_or(|(_, judgement)| judgement.bound > 1.0));
    }

    #[test]
    fn few_families_teach_nothing_of_strangers() {
        assert!(learned(&made(5), 5).is_none());
    }

    #[test]
    fn a_reference_is_added_where_its_data_set_is_known() {
        let mut verification = learned(&made(12), 12).unwrap();
        let own = mean(50, 1, 0..24);
        verification.add(12, 1, &own, 24);
        verification.add(12, 9, &own, 24);
        assert_eq!(verification.cells().len(), 25);
        assert_eq!(ratios(&verification, 50, 1)[0].reference, 12);
    }
}
