//! Learns a [`Verification`] from labelled traces.

use super::{
    Verification,
    decision::Decision,
    facts::{ShiftedCorpus, Simulated},
    kin::Kin,
    simulation::Source,
    space::{Members, along, axes, space},
};
use crate::stats::{
    products::add_second_moments,
    random::{shuffle, stream},
};
use ndarray::{Array2, Axis};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Families are left out in this many folds.
const FAMILY_FOLDS: usize = 5;
/// With fewer families nothing can be said of models that the atlas does not know.
pub(crate) const FEWEST_FAMILIES: usize = 6;
/// Rows that are copied together before they are multiplied.
const CHUNK: usize = 2_048;

/// Labelled traces.
pub(crate) struct LabelledTraces<'a> {
    /// The style values of each trace, a row per trace.
    pub values: &'a Array2<f32>,
    /// The reference of each.
    pub labels: &'a [usize],
    /// The data set of each, in `0..data_set_count`.
    pub data_sets: &'a [usize],
    pub data_set_count: usize,
    /// The fold of each trace's prompt, in `0..fold_count`.
    pub folds: &'a [usize],
    pub fold_count: usize,
}

type Sums = BTreeMap<(usize, usize), (Vec<f32>, f64)>;

/// Learns from labelled traces; `kin` has the relatives of each reference. `None` with fewer than
/// [`FEWEST_FAMILIES`] families, or where there is too little to learn from.
pub(crate) fn learn(traces: &LabelledTraces<'_>, kin: &[Kin], seed: u64) -> Option<Verification> {
    let families: BTreeSet<usize> = traces.labels.iter().map(|&label| kin[label].family).collect();
    if families.len() < FEWEST_FAMILIES || traces.values.ncols() == 0 {
        return None;
    }
    let learner = Learner::new(traces, kin, families, seed);
    let all: Vec<usize> = (0..traces.fold_count).collect();
    let (axes, values) = learner.view(&all);
    let decision = Decision::learn(&learner.simulated(), &learner.shifted(&values))?;
    let space = space(values.view(), &learner.members(&all), traces.data_set_count)?;
    let turn = space.turn.mapv(|value| value as f32);
    Some(
        Verification {
            projection: crate::stats::products::product(axes.view(), turn.view()),
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
    /// Of each fold of prompts: `Σ x xᵀ`, and the sums by reference and data set.
    moments: Vec<(Array2<f32>, Sums)>,
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
        let fold_of =
            kin.iter().map(|own| fold_of_family.get(&own.family).copied().unwrap_or(0)).collect();
        let moments = (0..traces.fold_count).map(|fold| moments(traces, fold)).collect();
        Self { traces, kin, fold_of, moments, seed }
    }

    /// The principal directions of the traces in some folds, and all traces along them.
    fn view(&self, folds: &[usize]) -> (Array2<f32>, Array2<f32>) {
        let width = self.traces.values.ncols();
        let mut moments = Array2::<f32>::zeros((width, width));
        let mut sums = Sums::new();
        for &fold in folds {
            let (own, cells) = &self.moments[fold];
            moments += own;
            for (&cell, (values, traces)) in cells {
                let sum = sums.entry(cell).or_insert_with(|| (vec![0.0; width], 0.0));
                sum.0.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
                sum.1 += traces;
            }
        }
        let axes = axes(&moments, &sums, self.traces.data_set_count);
        let values = along(self.traces.values.view(), &axes);
        (axes, values)
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

    /// Corpora on data sets that are left out in turn. `values` are all traces along the principal
    /// directions.
    fn shifted(&self, values: &Array2<f32>) -> Vec<ShiftedCorpus> {
        let all: Vec<usize> = (0..self.traces.fold_count).collect();
        let members = self.members(&all);
        let source = Source {
            values: values.view(),
            held_out: &members,
            kin: self.kin,
            fold_of: &self.fold_of,
            seed: self.seed,
        };
        let drawn: Vec<Vec<ShiftedCorpus>> = (0..=FAMILY_FOLDS)
            .into_par_iter()
            .map(|fold| {
                let mut known = members.clone();
                known.retain(|(label, _), _| self.fold_of[*label] != fold);
                let folds: Vec<usize> =
                    (0..FAMILY_FOLDS).filter(|&own| fold == FAMILY_FOLDS || own == fold).collect();
                let space = space(values.view(), &known, self.traces.data_set_count);
                space.map_or_else(Vec::new, |space| {
                    source.draw_shifted(&space, fold == FAMILY_FOLDS, &folds)
                })
            })
            .collect();
        drawn.into_iter().flatten().collect()
    }

    /// Corpora of every model on prompts that were not learned from: each fold by the others, and each
    /// half by the other half, as halves give larger corpora.
    fn simulated(&self) -> Vec<Simulated> {
        let all: Vec<usize> = (0..self.traces.fold_count).collect();
        let mut tests: Vec<Vec<usize>> = all.iter().map(|&fold| vec![fold]).collect();
        if all.len() > 2 {
            let (first, second) = all.split_at(all.len() / 2);
            tests.extend([first.to_vec(), second.to_vec()]);
        }
        let mut simulated = Vec::new();
        for (part, test) in tests.iter().enumerate() {
            let train: Vec<usize> =
                all.iter().copied().filter(|fold| !test.contains(fold)).collect();
            let (_, values) = self.view(&train);
            let (members, held_out) = (self.members(&train), self.members(test));
            let source = Source {
                values: values.view(),
                held_out: &held_out,
                kin: self.kin,
                fold_of: &self.fold_of,
                seed: self.seed ^ (part as u64 + 1) << 48,
            };
            let count = self.traces.data_set_count;
            // One more: nobody is left out.
            let drawn: Vec<Vec<Simulated>> = (0..=FAMILY_FOLDS)
                .into_par_iter()
                .map(|fold| {
                    let mut members = members.clone();
                    members.retain(|(label, _), _| self.fold_of[*label] != fold);
                    let folds: Vec<usize> = (0..FAMILY_FOLDS)
                        .filter(|&own| fold == FAMILY_FOLDS || own == fold)
                        .collect();
                    let space = space(values.view(), &members, count);
                    space.map_or_else(Vec::new, |space| {
                        source.draw(&space, fold == FAMILY_FOLDS, &folds)
                    })
                })
                .collect();
            simulated.extend(drawn.into_iter().flatten());
        }
        simulated
    }
}

/// `Σ x xᵀ` of the traces of a fold, and their sums by reference and data set.
fn moments(traces: &LabelledTraces<'_>, fold: usize) -> (Array2<f32>, Sums) {
    let width = traces.values.ncols();
    let own: Vec<usize> = (0..traces.labels.len()).filter(|&i| traces.folds[i] == fold).collect();
    let mut moments = Array2::<f32>::zeros((width, width));
    for chunk in own.chunks(CHUNK) {
        let rows = traces.values.select(Axis(0), chunk);
        add_second_moments(&mut moments, rows.view(), 1.0);
    }
    let mut sums = Sums::new();
    for i in own {
        let cell = (traces.labels[i], traces.data_sets[i]);
        let sum = sums.entry(cell).or_insert_with(|| (vec![0.0; width], 0.0));
        sum.0.iter_mut().zip(traces.values.row(i)).for_each(|(sum, value)| *sum += value);
        sum.1 += 1.0;
    }
    (moments, sums)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attribution::verification::{CorpusMean, Judgement, Ratio};

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
                verification.judge(&ratios, corpus, 0.05, |i| i).unwrap();
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
