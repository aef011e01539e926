//! Data sets: which data set a trace belongs to, and whether a new trace is on known data set at all.
//!
//! References are compared within a data set, and calibrated apart on known and on new data set. A new
//! trace says nothing of its data set, but its content words do: the nearest of the data sets' mean rows,
//! after the mean over all data sets is subtracted, is its data set. How likely it is on known data set at all is a
//! logistic regression on how near that is, beside how near the data set's own traces of that length are: a short one is never
//! as near, and the questions of one data set are more alike than those of another. It is learned from traces and
//! pieces on new prompts against the same when their own data set is left out, both weighing the same.

use crate::attribution::weights::Weights;
use crate::features::Row;
use crate::stats::{
    logistic::binary::{BinaryLogistic, Observation},
    vectors::argmax,
};
use ndarray::Array2;

/// A data set needs so many references: the centre of fewer would be their own style.
pub const MINIMUM_REFERENCES: usize = 3;

/// The known data sets.
#[derive(Debug, Clone, PartialEq)]
pub struct DataSets {
    /// Feature → number per data set; the cosine of a row with each data set's mean.
    pub weights: Weights,
    /// What the weights give for the mean over all data sets.
    pub offsets: Vec<f32>,
    /// How near each data set's own traces usually are, on prompts that were not learned from: the height at 0 and the slope of a line
    /// over the logarithm of the words. Empty with fewer than two data sets.
    pub usual: Vec<[f64; 2]>,
    /// The odds that a trace is on known data set, by its signs.
    pub in_domain_probability: BinaryLogistic,
}

/// The logarithm of the words of a trace, as far as they count.
fn length_of(row: &Row) -> f64 {
    (row.words.clamp(30, 5_000) as f64).ln()
}

/// The least that a data set's usual nearness is taken to be, as it is divided by.
const LEAST_USUAL: f64 = 0.01;

/// What the odds of known data set cost, where cells of one data set in one fold weigh 1.
const RIDGE: [f64; 2] = [0.0, 1e-3];

/// Numbers that a trace's data set is judged by.
pub const SIGNS: usize = 2;

/// The nearest data set of a row.
#[derive(Debug, Clone, Copy)]
struct Nearest {
    data_set: usize,
    /// How near it is: the cosine with its mean, less that of the mean over all data sets.
    near: f64,
    /// The logarithm of the row's words.
    length: f64,
}

/// Where a trace or piece stands that was held out by its prompt.
#[derive(Debug, Clone, Copy)]
pub(in crate::attribution) struct HeldOut {
    /// The nearest of all data sets.
    known: Nearest,
    /// The nearest of the others, by means that had not seen its own.
    away: Nearest,
    /// How near its own is.
    near_own: f64,
}

/// The data sets, and those without a part of the traces.
pub(in crate::attribution) struct DataSetFolds<'a> {
    whole: DataSets,
    /// Without the traces of a fold.
    by_fold: Vec<DataSets>,
    /// Without a data set.
    left_out: Vec<DataSets>,
    of: &'a [usize],
    folds: &'a [usize],
}

impl DataSets {
    /// The data set of a row and the probability that it is known data set. With fewer than two data sets
    /// nothing can be told: the first, and 1.
    pub fn find(&self, row: &Row) -> (usize, f64) {
        if self.offsets.len() < 2 {
            return (0, 1.0);
        }
        let nearest = nearest(&self.near(row), row);
        (nearest.data_set, self.in_domain(nearest))
    }

    /// The probability that the nearest data set is the trace's own.
    fn in_domain(&self, nearest: Nearest) -> f64 {
        self.in_domain_probability.probability(&self.signs(nearest), 0.0)
    }

    /// What the odds of known data set depend on: how near the nearest data set is, over the root of how near its own traces of that length
    /// are, and the length. (Of nearness alone, the ratio, its logarithm and deviations in standard deviations this had the smallest loss, or nearly, on the
    /// traces that are learned from. How much nearer it is than the next was no better on known data set, and worse on new.)
    fn signs(&self, Nearest { data_set, near, length }: Nearest) -> [f64; SIGNS] {
        let usual = self.usual.get(data_set).map_or(LEAST_USUAL, |[one, rise]| one + rise * length);
        [near / usual.max(LEAST_USUAL).sqrt(), length]
    }

    /// How near each data set is.
    fn near(&self, row: &Row) -> Vec<f32> {
        let length = row.values.iter().map(|v| v * v).sum::<f32>().sqrt().max(1e-9);
        let values = self.weights.sparse_logits(row);
        values.iter().zip(&self.offsets).map(|(value, offset)| value / length - offset).collect()
    }

    /// The data sets' means over the rows that `keep` names. A data set `without` gets no weight and can
    /// never be the nearest.
    fn from_means(
        rows: &[Row],
        features: usize,
        of: &[usize],
        count: usize,
        keep: &dyn Fn(usize) -> bool,
        without: Option<usize>,
    ) -> Self {
        let kept: Vec<usize> = (0..rows.len()).filter(|&i| keep(i)).collect();
        let mut sizes = vec![0.0_f32; count];
        for &i in &kept {
            sizes[of[i]] += 1.0;
        }
        let mut coefficients = Array2::<f32>::zeros((rows.len(), count));
        for &i in &kept {
            coefficients[[i, of[i]]] = 1.0 / sizes[of[i]].max(1.0);
        }
        let mut means = sparse_product(rows, features, &coefficients);
        let present: Vec<usize> =
            (0..count).filter(|&data_set| Some(data_set) != without).collect();
        let mut middle = vec![0.0_f32; features];
        for &data_set in &present {
            for (sum, value) in middle.iter_mut().zip(means.column(data_set)) {
                *sum += value / present.len().max(1) as f32;
            }
        }
        let mut offsets = vec![f32::INFINITY; count];
        for (data_set, offset) in offsets.iter_mut().enumerate() {
            let mut column = means.column_mut(data_set);
            if Some(data_set) == without {
                column.fill(0.0);
                continue;
            }
            column.iter_mut().zip(&middle).for_each(|(value, middle)| *value -= middle);
            let length = column.iter().map(|v| v * v).sum::<f32>().sqrt().max(1e-9);
            column.mapv_inplace(|value| value / length);
            *offset = column.iter().zip(&middle).map(|(a, b)| a * b).sum();
        }
        let weights = Weights::sparse(&means);
        Self {
            weights,
            offsets,
            usual: Vec::new(),
            in_domain_probability: BinaryLogistic::default(),
        }
    }
}

impl<'a> DataSetFolds<'a> {
    /// Learns from rows with the data set of each, in `0..count`, and the fold of each.
    pub fn new(
        rows: &[Row],
        features: usize,
        of: &'a [usize],
        count: usize,
        folds: &'a [usize],
    ) -> Self {
        let means = |keep: &dyn Fn(usize) -> bool, without: Option<usize>| {
            DataSets::from_means(rows, features, of, count, keep, without)
        };
        let parts = if count < 2 { 0 } else { folds.iter().max().map_or(1, |most| most + 1) };
        let data_sets = if count < 2 { 0 } else { count };
        Self {
            whole: means(&|_| true, None),
            by_fold: (0..parts).map(|fold| means(&|i| folds[i] != fold, None)).collect(),
            left_out: (0..data_sets)
                .map(|data_set| means(&|i| of[i] != data_set, Some(data_set)))
                .collect(),
            of,
            folds,
        }
    }

    /// The nearest data set of a row of a trace, or of a piece of it; `None` with fewer than two data sets.
    pub fn nearest(&self, trace: usize, row: &Row) -> Option<HeldOut> {
        let near = self.by_fold.get(self.folds[trace])?.near(row);
        let of = self.of[trace];
        let away = nearest(&self.left_out.get(of)?.near(row), row);
        Some(HeldOut { known: nearest(&near, row), away, near_own: f64::from(near[of]) })
    }

    /// The data sets with the odds that traces are on them, and for each trace its data set and how likely it is known, judged
    /// without its prompt. `held_out` has the traces, and behind them pieces with the number of their trace.
    pub fn finish(
        mut self,
        held_out: &[(usize, Option<HeldOut>)],
        traces: usize,
    ) -> (DataSets, Vec<(usize, f64)>) {
        let cell = |trace: usize, piece: bool| {
            let parts = self.by_fold.len();
            (self.of[trace] * parts + self.folds[trace]) * 2 + usize::from(piece)
        };
        let known = || {
            held_out
                .iter()
                .enumerate()
                .filter_map(|(at, &(trace, nearest))| Some((cell(trace, at >= traces), nearest?)))
        };
        let mut sizes = vec![0.0_f64; self.left_out.len() * self.by_fold.len() * 2];
        known().for_each(|(cell, _)| sizes[cell] += 1.0);
        // Every data set weighs the same in every fold.
        let mut own = vec![Vec::new(); self.left_out.len()];
        for (cell, held_out) in known() {
            let data_set = cell / (2 * self.by_fold.len());
            own[data_set].push((held_out.known.length, held_out.near_own, 1.0 / sizes[cell]));
        }
        self.whole.usual = own.iter().map(|points| line(points)).collect();
        let observations: Vec<Observation> = known()
            .flat_map(|(cell, held_out)| {
                [(held_out.known, true), (held_out.away, false)].map(|(nearest, outcome)| {
                    Observation {
                        covariates: self.whole.signs(nearest).to_vec(),
                        offset: 0.0,
                        outcome,
                        weight: 1.0 / sizes[cell],
                    }
                })
            })
            .collect();
        self.whole.in_domain_probability = BinaryLogistic::learn(&observations, RIDGE);
        let found = held_out[..traces]
            .iter()
            .map(|(_, held_out)| match held_out {
                Some(HeldOut { known, .. }) => (known.data_set, self.whole.in_domain(*known)),
                None => (0, 1.0),
            })
            .collect();
        (self.whole, found)
    }
}

/// The nearest data set of a row, by how near each is.
fn nearest(near: &[f32], row: &Row) -> Nearest {
    let best = argmax(near);
    Nearest { data_set: best, near: f64::from(near[best]), length: length_of(row) }
}

/// The line of least weighted squares through points (x, y, weight): its height at 0 and its slope.
fn line(points: &[(f64, f64, f64)]) -> [f64; 2] {
    let total: f64 = points.iter().map(|p| p.2).sum::<f64>().max(1e-12);
    let mean = |of: &dyn Fn(&(f64, f64, f64)) -> f64| {
        points.iter().map(|p| p.2 * of(p)).sum::<f64>() / total
    };
    let (x, y) = (mean(&|p| p.0), mean(&|p| p.1));
    let spread = mean(&|p| (p.0 - x).powi(2));
    // Where all are of one length, there is no slope to be told.
    let slope = mean(&|p| (p.0 - x) * (p.1 - y)) / spread.max(1e-6);
    [y - slope * x, slope]
}

/// `Xᵀ A` over the sparse part of rows: a row per feature, a column per column of `coefficients`.
fn sparse_product(rows: &[Row], features: usize, coefficients: &Array2<f32>) -> Array2<f32> {
    let mut product = Array2::<f32>::zeros((features, coefficients.ncols()));
    for (row, factors) in rows.iter().zip(coefficients.outer_iter()) {
        for (column, &factor) in factors.iter().enumerate().filter(|(_, f)| **f != 0.0) {
            for (&index, &value) in row.indices.iter().zip(&row.values) {
                product[[index as usize, column]] += factor * value;
            }
        }
    }
    product
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two data sets with a feature of their own and one that both share.
    fn rows() -> (Vec<Row>, Vec<usize>, Vec<usize>) {
        let rows = (0..40).map(|i| Row {
            indices: vec![(i % 2) as u32, 2],
            values: vec![0.8, 0.6],
            ..Row::default()
        });
        (rows.collect(), (0..40).map(|i| i % 2).collect(), (0..40).map(|i| i / 10).collect())
    }

    fn learned(
        rows: &[Row],
        of: &[usize],
        count: usize,
        folds: &[usize],
    ) -> (DataSets, Vec<(usize, f64)>) {
        let learned = DataSetFolds::new(rows, 4, of, count, folds);
        let held_out: Vec<(usize, Option<HeldOut>)> =
            rows.iter().enumerate().map(|(i, row)| (i, learned.nearest(i, row))).collect();
        learned.finish(&held_out, rows.len())
    }

    #[test]
    fn a_row_is_on_the_data_set_whose_words_it_holds() {
        let (rows, of, folds) = rows();
        let (data_sets, found) = learned(&rows, &of, 2, &folds);
        let (data_set, known) = data_sets.find(&rows[1]);
        assert!(data_set == 1 && known > 0.8, "{data_set} {known}");
        assert!(found.iter().zip(&of).all(|(found, of)| found.0 == *of && found.1 > 0.8));
        // A row with the shared feature only is as near to either.
        let strange = Row { indices: vec![2, 3], values: vec![0.6, 0.8], ..Row::default() };
        assert!(data_sets.find(&strange).1 < 0.5, "{:?}", data_sets.find(&strange));
    }

    #[test]
    fn a_short_row_need_not_be_as_near() {
        // Rows of three data sets: the long ones are mostly about their data set, the short ones hardly.
        let rows: Vec<Row> = (0..120)
            .map(|i| Row {
                indices: vec![(i % 3) as u32, 3],
                values: if i % 2 == 0 { vec![0.8, 0.6] } else { vec![0.3, 0.95] },
                words: if i % 2 == 0 { 1000 } else { 50 },
                ..Row::default()
            })
            .collect();
        let of: Vec<usize> = (0..120).map(|i| i % 3).collect();
        let folds: Vec<usize> = (0..120).map(|i| i / 30).collect();
        let (data_sets, _) = learned(&rows, &of, 3, &folds);
        let long = Row { words: 1000, ..rows[1].clone() };
        assert!(data_sets.find(&rows[1]).1 > data_sets.find(&long).1);
    }

    #[test]
    fn a_data_set_whose_own_traces_are_nearer_is_harder_to_belong_to() {
        // Three data sets, each with a feature of its own; the traces of the first hold more of it.
        let strength = |data_set: usize| if data_set == 0 { 0.9_f32 } else { 0.4 };
        let row = |data_set: usize, strength: f32| Row {
            indices: vec![data_set as u32, 3],
            values: vec![strength, (1.0 - strength * strength).sqrt()],
            words: 300,
            ..Row::default()
        };
        let rows: Vec<Row> = (0..120).map(|i| row(i % 3, strength(i % 3))).collect();
        let of: Vec<usize> = (0..120).map(|i| i % 3).collect();
        let folds: Vec<usize> = (0..120).map(|i| i / 30).collect();
        let (data_sets, _) = learned(&rows, &of, 3, &folds);
        assert!(data_sets.usual[0][0] > data_sets.usual[1][0], "{:?}", data_sets.usual);
        let (half_first, half_second) =
            (data_sets.find(&row(0, 0.4)), data_sets.find(&row(1, 0.4)));
        assert_eq!((half_first.0, half_second.0), (0, 1));
        assert!(half_first.1 < half_second.1, "{half_first:?} {half_second:?}");
    }

    #[test]
    fn a_line_goes_through_its_points_and_is_flat_through_one_length() {
        let [height, slope] = line(&[(1.0, 3.0, 1.0), (2.0, 5.0, 2.0), (3.0, 7.0, 1.0)]);
        assert!((height - 1.0).abs() < 1e-9 && (slope - 2.0).abs() < 1e-9);
        assert_eq!(line(&[(2.0, 1.0, 1.0), (2.0, 3.0, 1.0)]), [2.0, 0.0]);
        assert_eq!(line(&[]), [0.0, 0.0]);
    }

    #[test]
    fn with_one_data_set_all_is_known() {
        let (rows, _, folds) = rows();
        let (data_sets, found) = learned(&rows, &[0; 40], 1, &folds);
        assert_eq!((data_sets.find(&rows[0]), found[0]), ((0, 1.0), (0, 1.0)));
    }
}
