//! The data sets as they look to traces that were held out: by their prompt, and with their data
//! set.

use super::known::{DataSetEstimate, DataSets, Nearest};
use crate::{
    features::Row,
    stats::logistic::binary::{BinaryLogistic, Observation},
};

/// The ridge of the probability of known data sets, where cells of one data set in one fold weigh
/// 1.
const RIDGE: [f64; 2] = [0.0, 1e-3];

/// What a trace or piece shows that was held out by its prompt.
#[derive(Debug, Clone, Copy)]
pub(in crate::attribution) struct HeldOut {
    /// The nearest of all data sets.
    known: Nearest,
    /// The nearest of the others, by means that had not seen its own.
    away: Nearest,
    /// How near its own is.
    near_own: f64,
}

/// A piece of a trace that was held out.
#[derive(Debug, Clone, Copy)]
pub(in crate::attribution) struct HeldOutPiece {
    /// The number of its trace.
    pub trace: usize,
    /// `None` where there are fewer than two data sets.
    pub held_out: Option<HeldOut>,
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

/// The data sets with what they say of the traces that they were learned from.
pub(in crate::attribution) struct LearnedDataSets {
    pub data_sets: DataSets,
    /// The data set of each trace, estimated without its prompt.
    pub estimates: Vec<DataSetEstimate>,
}

/// A held-out trace or piece in its cell: the traces or the pieces of one data set in one fold.
#[derive(Clone, Copy)]
struct InCell {
    data_set: usize,
    cell: usize,
    held_out: HeldOut,
}

/// A point that a line is fitted to.
struct Point {
    x: f64,
    y: f64,
    weight: f64,
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

    /// The nearest data set of a row of a trace, or of a piece of it; `None` with fewer than two
    /// data sets.
    pub fn nearest(&self, trace: usize, row: &Row) -> Option<HeldOut> {
        let near = self.by_fold.get(self.folds[trace])?.near(row);
        let of = self.of[trace];
        let away = Nearest::new(&self.left_out.get(of)?.near(row), row);
        Some(HeldOut { known: Nearest::new(&near, row), away, near_own: f64::from(near[of]) })
    }

    /// Learns how probable a known data set is. Every data set weighs the same in every fold, and
    /// traces weigh as much as pieces.
    pub fn finish(
        mut self,
        traces: &[Option<HeldOut>],
        pieces: &[HeldOutPiece],
    ) -> LearnedDataSets {
        let parts = self.by_fold.len();
        let in_cell = |trace: usize, piece: bool, held_out: Option<HeldOut>| {
            let data_set = self.of[trace];
            let cell = (data_set * parts + self.folds[trace]) * 2 + usize::from(piece);
            held_out.map(|held_out| InCell { data_set, cell, held_out })
        };
        let of_traces = traces.iter().enumerate().map(|(i, &one)| in_cell(i, false, one));
        let of_pieces = pieces.iter().map(|piece| in_cell(piece.trace, true, piece.held_out));
        let known: Vec<InCell> = of_traces.chain(of_pieces).flatten().collect();
        let mut sizes = vec![0.0_f64; self.left_out.len() * parts * 2];
        known.iter().for_each(|one| sizes[one.cell] += 1.0);

        let mut points: Vec<Vec<Point>> = self.left_out.iter().map(|_| Vec::new()).collect();
        for InCell { data_set, cell, held_out } in &known {
            points[*data_set].push(Point {
                x: held_out.known.length,
                y: held_out.near_own,
                weight: 1.0 / sizes[*cell],
            });
        }
        self.whole.usual = points.iter().map(|points| line(points)).collect();

        let observations: Vec<Observation> = known
            .iter()
            .flat_map(|InCell { cell, held_out, .. }| {
                [(held_out.known, true), (held_out.away, false)].map(|(nearest, outcome)| {
                    Observation {
                        covariates: self.whole.covariates(nearest).to_vec(),
                        offset: 0.0,
                        outcome,
                        weight: 1.0 / sizes[*cell],
                    }
                })
            })
            .collect();
        self.whole.in_domain_probability = BinaryLogistic::learn(&observations, RIDGE);

        let only = DataSetEstimate { data_set: 0, in_domain: 1.0 };
        let estimates = traces
            .iter()
            .map(|held_out| held_out.map_or(only, |one| self.whole.estimate(one.known)))
            .collect();
        LearnedDataSets { data_sets: self.whole, estimates }
    }
}

/// The line of least weighted squares through points: its intercept and its slope.
fn line(points: &[Point]) -> [f64; 2] {
    let total: f64 = points.iter().map(|p| p.weight).sum::<f64>().max(1e-12);
    let mean =
        |of: &dyn Fn(&Point) -> f64| points.iter().map(|p| p.weight * of(p)).sum::<f64>() / total;
    let (x, y) = (mean(&|p| p.x), mean(&|p| p.y));
    let spread = mean(&|p| (p.x - x).powi(2));
    // Where all are of one length, no slope can be told.
    let slope = mean(&|p| (p.x - x) * (p.y - y)) / spread.max(1e-6);
    [y - slope * x, slope]
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

    fn learned(rows: &[Row], of: &[usize], count: usize, folds: &[usize]) -> LearnedDataSets {
        let learned = DataSetFolds::new(rows, 4, of, count, folds);
        let held_out: Vec<Option<HeldOut>> =
            rows.iter().enumerate().map(|(i, row)| learned.nearest(i, row)).collect();
        learned.finish(&held_out, &[])
    }

    #[test]
    fn a_row_is_on_the_data_set_whose_words_it_holds() {
        let (rows, of, folds) = rows();
        let LearnedDataSets { data_sets, estimates } = learned(&rows, &of, 2, &folds);
        let found = data_sets.find(&rows[1]);
        assert!(found.data_set == 1 && found.in_domain > 0.8, "{found:?}");
        let mut held_out = estimates.iter().zip(&of);
        assert!(held_out.all(|(one, of)| one.data_set == *of && one.in_domain > 0.8));
        // A row with the shared feature only is as near to either.
        let strange = Row { indices: vec![2, 3], values: vec![0.6, 0.8], ..Row::default() };
        assert!(data_sets.find(&strange).in_domain < 0.5, "{:?}", data_sets.find(&strange));
    }

    #[test]
    fn a_short_row_need_not_be_as_near() {
        // Rows of three data sets: the long ones are mostly about their data set, the short ones
        // hardly.
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
        let data_sets = learned(&rows, &of, 3, &folds).data_sets;
        let long = Row { words: 1000, ..rows[1].clone() };
        assert!(data_sets.find(&rows[1]).in_domain > data_sets.find(&long).in_domain);
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
        let data_sets = learned(&rows, &of, 3, &folds).data_sets;
        assert!(data_sets.usual[0][0] > data_sets.usual[1][0], "{:?}", data_sets.usual);
        let [first, second] = [0, 1].map(|data_set| data_sets.find(&row(data_set, 0.4)));
        assert_eq!([first.data_set, second.data_set], [0, 1]);
        assert!(first.in_domain < second.in_domain, "{first:?} {second:?}");
    }

    #[test]
    fn a_line_goes_through_its_points_and_is_flat_through_one_length() {
        let point = |x, y, weight| Point { x, y, weight };
        let [height, slope] =
            line(&[point(1.0, 3.0, 1.0), point(2.0, 5.0, 2.0), point(3.0, 7.0, 1.0)]);
        assert!((height - 1.0).abs() < 1e-9 && (slope - 2.0).abs() < 1e-9);
        assert_eq!(line(&[point(2.0, 1.0, 1.0), point(2.0, 3.0, 1.0)]), [2.0, 0.0]);
        assert_eq!(line(&[]), [0.0, 0.0]);
    }

    #[test]
    fn with_one_data_set_all_is_known() {
        let (rows, _, folds) = rows();
        let LearnedDataSets { data_sets, estimates } = learned(&rows, &[0; 40], 1, &folds);
        let only = DataSetEstimate { data_set: 0, in_domain: 1.0 };
        assert_eq!([data_sets.find(&rows[0]), estimates[0]], [only, only]);
    }
}
