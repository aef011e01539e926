//! The likelihood ratio of two sets of traces: one writer, or two.
//!
//! In the coordinates of [`super::space`] the traces of a writer lie about its mean with the covariance
//! of the identity, and the means of writers about the centre of their data set with variance `b` in each
//! coordinate. The mean `q` of `n` traces and the mean `r` of `m` traces of a reference then have the
//! variances `b + s + 1/n` and `b + s + 1/m`, and the covariance `b` if one writer wrote both, else none
//! (Brümmer & de Villiers 2010). `s` is how far a writer's mean moves from some prompts to others.

/// What is known of a reference on one data set.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// The number of the reference.
    pub reference: usize,
    /// The number of the data set.
    pub data_set: usize,
    /// Traces.
    pub traces: usize,
    /// Their mean, from the centre of the data set.
    pub mean: Vec<f32>,
}

/// How some traces compare with one reference.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ratio {
    /// The number of the reference.
    pub reference: usize,
    /// The logarithm of the likelihood ratio, in nats: above 0 one writer is likelier than two.
    pub log_ratio: f64,
    /// How far the traces lie from where those of this writer are expected, in standard deviations of
    /// that distance: about 0 for its own, large for another's.
    pub misfit: f64,
}

/// The variances between writers, and the references.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct TwoCovariance {
    /// `b`, a number per coordinate.
    pub between: Vec<f64>,
    /// The variance between the data sets of one model, a number per coordinate.
    pub session: Vec<f64>,
    /// How far a model's mean moves from some prompts of a data set to others, beyond the choice of
    /// traces: a variance per data set, the same in all coordinates.
    pub prompts: Vec<f64>,
    /// By data set.
    cells: Vec<Cell>,
}

impl TwoCovariance {
    pub fn new(
        between: Vec<f64>,
        session: Vec<f64>,
        prompts: Vec<f64>,
        mut cells: Vec<Cell>,
    ) -> Self {
        cells.sort_by_key(|cell| (cell.data_set, cell.reference));
        Self { between, session, prompts, cells }
    }

    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    pub fn add(&mut self, cell: Cell) {
        self.cells.push(cell);
        self.cells.sort_by_key(|cell| (cell.data_set, cell.reference));
    }

    /// The ratios of `n` traces, whose mean is `point` from the centre of a data set, with every
    /// reference on it, the largest first.
    ///
    /// Each reference counts half of its traces, and the corpus at most half of those of the largest. The
    /// traces of a model are no independent draws: their prompts are few, and the directions were found
    /// on these very traces. With all of them the ratios were too sure of known and unknown models alike.
    pub fn ratios(&self, point: &[f64], n: f64, data_set: usize) -> Vec<Ratio> {
        let own = self.on(data_set);
        let n = counted(n, own);
        sorted(own.iter().map(|cell| self.ratio(point, n, cell, half(cell))).collect())
    }

    /// The largest ratio that the traces of another family on this data set have with a reference, if
    /// they were `n`. `None` where no other family is known there.
    pub fn nearest_other(
        &self,
        reference: usize,
        n: f64,
        data_set: usize,
        family_of: impl Fn(usize) -> usize,
    ) -> Option<f64> {
        let own = self.on(data_set);
        let n = counted(n, own);
        let cell = own.iter().find(|cell| cell.reference == reference)?;
        let family = family_of(reference);
        own.iter()
            .filter(|other| family_of(other.reference) != family)
            .map(|other| {
                let point: Vec<f64> = other.mean.iter().map(|&value| f64::from(value)).collect();
                self.ratio(&point, n, cell, half(cell)).log_ratio
            })
            .max_by(f64::total_cmp)
    }

    /// What is known on a data set.
    fn on(&self, data_set: usize) -> &[Cell] {
        let from = self.cells.partition_point(|cell| cell.data_set < data_set);
        let to = self.cells.partition_point(|cell| cell.data_set <= data_set);
        &self.cells[from..to]
    }

    /// The ratio of `n` traces with a reference of which `m` count.
    fn ratio(&self, point: &[f64], n: f64, cell: &Cell, m: f64) -> Ratio {
        let prompts = self.prompts.get(cell.data_set).copied().unwrap_or(0.0);
        let coordinates = self.between.iter().zip(point).zip(&cell.mean);
        Ratio::new(
            cell.reference,
            coordinates.map(|((&b, &q), &r)| Coordinate {
                both: b,
                query: b + prompts + 1.0 / n,
                reference: b + prompts + 1.0 / m,
                q,
                r: f64::from(r),
            }),
        )
    }
}

/// The traces of a reference that count.
fn half(cell: &Cell) -> f64 {
    (cell.traces as f64 / 2.0).max(1.0)
}

/// How many of `n` traces count beside these references.
fn counted(n: f64, cells: &[Cell]) -> f64 {
    n.min(cells.iter().map(half).fold(1.0, f64::max))
}

/// Two means in one coordinate: their variances, and their covariance if one writer wrote both.
pub(super) struct Coordinate {
    pub both: f64,
    pub query: f64,
    pub reference: f64,
    pub q: f64,
    pub r: f64,
}

impl Ratio {
    /// The ratio with a reference over all coordinates.
    pub(super) fn new(reference: usize, coordinates: impl Iterator<Item = Coordinate>) -> Self {
        let (mut log_ratio, mut distance, mut count) = (0.0, 0.0, 0.0_f64);
        for Coordinate { both, query, reference, q, r } in coordinates {
            // What the reference tells of this writer's mean, and what stays open.
            let share = both / reference;
            let left = query - both * share;
            let off = (q - share * r).powi(2) / left;
            log_ratio += (query / left).ln() + q * q / query - off;
            distance += off;
            count += 1.0;
        }
        let count = count.max(1.0);
        Self {
            reference,
            log_ratio: log_ratio / 2.0,
            misfit: (distance - count) / (2.0 * count).sqrt(),
        }
    }
}

/// The largest first.
pub(super) fn sorted(mut ratios: Vec<Ratio>) -> Vec<Ratio> {
    ratios.sort_by(|a, b| b.log_ratio.total_cmp(&a.log_ratio).then(a.reference.cmp(&b.reference)));
    ratios
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_coordinate_is_worked_by_hand() {
        let cell = |reference, mean| Cell { reference, data_set: 1, traces: 8, mean: vec![mean] };
        let other = Cell { reference: 2, data_set: 0, traces: 9, mean: vec![2.0] };
        let both = TwoCovariance::new(
            vec![2.0],
            vec![0.0],
            vec![],
            vec![cell(0, 3.0), cell(1, -3.0), other],
        );
        let ratios = both.ratios(&[2.0], 2.0, 1);
        // b = 2, n = 2, m = 8 / 2: alone 2.5, share 2 / 2.25, left 2.5 − 2 · 0.8889 = 0.7222. For the first,
        // off = (2 − 2.6667)² / 0.7222 = 0.6154; ½ (ln(2.5 / 0.7222) + 4 / 2.5 − 0.6154) = 1.1132.
        assert_eq!(ratios.iter().map(|r| r.reference).collect::<Vec<_>>(), [0, 1]);
        assert!((ratios[0].log_ratio - 1.1132).abs() < 1e-3, "{ratios:?}");
        assert!((ratios[0].misfit - (0.6154 - 1.0) / 2.0_f64.sqrt()).abs() < 1e-3, "{ratios:?}");
        assert!(ratios[1].log_ratio < -10.0);
        assert!(both.ratios(&[2.0], 2.0, 7).is_empty());
        // The second one's mean of −3 with the first: off = (−3 − 2.6667)² / 0.7222 = 44.46.
        let nearest = both.nearest_other(0, 2.0, 1, |i| i).unwrap();
        assert!((nearest - (1.2417 + 9.0 / 2.5 - 44.46) / 2.0).abs() < 1e-2, "{nearest}");
        // Relatives are no others, and neither are references of another data set.
        assert_eq!(both.nearest_other(0, 2.0, 1, |_| 0), None);
        assert_eq!(both.nearest_other(2, 2.0, 0, |i| i), None);
    }

    #[test]
    fn more_traces_say_more() {
        let cell = Cell { reference: 0, data_set: 0, traces: 50, mean: vec![1.5, -1.5] };
        let comparison = TwoCovariance::new(vec![1.0, 1.0], vec![0.0; 2], vec![], vec![cell]);
        let of = |n: f64| comparison.ratios(&[1.5, -1.5], n, 0)[0].log_ratio;
        assert!(of(1.0) < of(5.0) && of(5.0) < of(25.0));
        // No more than half of what is known of the reference.
        assert_eq!(of(25.0), of(50.0));
    }

    #[test]
    fn where_means_move_with_the_prompts_a_distance_says_less() {
        let cell = |mean| Cell { reference: 0, data_set: 0, traces: 50, mean: vec![mean; 20] };
        let of = |prompts, mean| {
            let own = vec![cell(mean)];
            let comparison = TwoCovariance::new(vec![1.0; 20], vec![0.0; 20], vec![prompts], own);
            comparison.ratios(&[1.5; 20], 20.0, 0)[0]
        };
        // Its own mean, moved by half a deviation of a trace.
        let (strict, mild) = (of(0.0, 1.0), of(0.2, 1.0));
        assert!(strict.misfit > 7.0 && mild.misfit < 0.5, "{strict:?} {mild:?}");
        assert!(of(0.2, -1.5).log_ratio < 0.0);
    }
}
