//! Traces on prompts that the atlas does not know, and controls: traces of known models on the same
//! prompts.
//!
//! On new prompts everybody's mean lies elsewhere: the centre has moved, and each model moves in its own
//! way besides. Controls tell where the centre is: what a known model shows there, less where it usually
//! lies, averaged over the controls and drawn towards the centre of the nearest data set by their number.
//! How far models move of themselves is the variance between the data sets of one model, learned from the
//! models that are known from several.

use super::two_covariance::{Cell, Coordinate, Ratio, TwoCovariance, sorted};
use std::collections::BTreeMap;

/// The part of the variances between data sets that is taken to be the same in all directions.
const SHRINKAGE: f64 = 0.5;

/// Where a reference usually lies from the centre of a data set.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Position {
    pub reference: usize,
    /// The mean of its means on the data sets.
    pub mean: Vec<f64>,
    /// The data sets.
    pub data_sets: f64,
    /// The variance of the mean that is due to the choice of traces.
    pub noise: f64,
}

/// Where the references lie, by all data sets but `without`, in the order of their numbers.
pub(super) fn positions(cells: &[Cell], without: Option<usize>) -> Vec<Position> {
    let mut own: BTreeMap<usize, Vec<&Cell>> = BTreeMap::new();
    for cell in cells.iter().filter(|cell| Some(cell.data_set) != without) {
        own.entry(cell.reference).or_default().push(cell);
    }
    own.into_iter()
        .map(|(reference, cells)| {
            let count = cells.len() as f64;
            let mut mean = vec![0.0_f64; cells[0].mean.len()];
            for cell in &cells {
                mean.iter_mut().zip(&cell.mean).for_each(|(m, v)| *m += f64::from(*v) / count);
            }
            let noise = cells.iter().map(|cell| 1.0 / cell.traces as f64).sum::<f64>();
            Position { reference, mean, data_sets: count, noise: noise / (count * count) }
        })
        .collect()
}

/// The variance between the data sets of one model in each coordinate: what is left of the differences
/// between its means when the choice of traces is taken off. 0 where no model is known from several.
pub(super) fn session_variances(cells: &[Cell], coordinates: usize) -> Vec<f64> {
    let known: BTreeMap<usize, Position> =
        positions(cells, None).into_iter().map(|own| (own.reference, own)).collect();
    let mut sums = vec![0.0_f64; coordinates];
    let (mut freedom, mut noise) = (0.0_f64, 0.0_f64);
    for cell in cells {
        let Some(own) = known.get(&cell.reference).filter(|own| own.data_sets > 1.5) else {
            continue;
        };
        for ((sum, v), m) in sums.iter_mut().zip(&cell.mean).zip(&own.mean) {
            *sum += (f64::from(*v) - m).powi(2);
        }
        let share = (own.data_sets - 1.0) / own.data_sets;
        freedom += share;
        noise += share / cell.traces as f64;
    }
    if freedom < 1.0 {
        return vec![0.0; coordinates];
    }
    sums.iter_mut().for_each(|sum| *sum = ((*sum - noise) / freedom).max(0.0));
    let usual = sums.iter().sum::<f64>() / coordinates.max(1) as f64;
    sums.iter().map(|own| (1.0 - SHRINKAGE) * own + SHRINKAGE * usual).collect()
}

/// Where the centre of new prompts is: `nearest` is the centre of the nearest known data set, `offsets`
/// has for each control where it lies less where it usually does.
pub(super) fn centre(nearest: &[f64], offsets: &[Vec<f64>]) -> Vec<f64> {
    let weight = 1.0 / (offsets.len() as f64 + 1.0);
    let mut centre: Vec<f64> = nearest.iter().map(|value| weight * value).collect();
    for offset in offsets {
        centre.iter_mut().zip(offset).for_each(|(c, value)| *c += weight * value);
    }
    centre
}

impl TwoCovariance {
    /// The ratios of `n` traces, whose mean is `point` from a [`centre`] that `controls` controls tell,
    /// with references at these positions, the largest first.
    pub(super) fn shifted_ratios(
        &self,
        point: &[f64],
        n: f64,
        controls: usize,
        positions: &[Position],
    ) -> Vec<Ratio> {
        // How the model moves itself, and how uncertain the centre is.
        let moves = 1.0 + 1.0 / (controls as f64 + 1.0);
        let ratio = |own: &Position| {
            let variances = self.between.iter().zip(&self.session);
            let coordinates = variances.zip(point.iter().zip(&own.mean));
            Ratio::new(
                own.reference,
                coordinates.map(|((&b, &s), (&q, &r))| Coordinate {
                    both: b,
                    query: b + moves * s + 1.0 / n,
                    reference: b + s / own.data_sets + own.noise,
                    q,
                    r,
                }),
            )
        };
        sorted(positions.iter().map(ratio).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(reference: usize, data_set: usize, mean: f32) -> Cell {
        Cell { reference, data_set, traces: 10, mean: vec![mean] }
    }

    #[test]
    fn a_model_that_moves_between_data_sets_is_expected_to_move_again() {
        let cells = [cell(0, 0, 1.0), cell(0, 1, 3.0), cell(1, 0, -2.0)];
        // Deviations 1 and 1, one degree of freedom: (2 − 2 · ½ · 0.1) / 1 = 1.9, of one coordinate.
        assert!((session_variances(&cells, 1)[0] - 1.9).abs() < 1e-9);
        assert_eq!(session_variances(&cells[1..], 1), [0.0]);
        let known = positions(&cells, None);
        assert_eq!((known[0].mean[0], known[0].data_sets), (2.0, 2.0));
        assert!((known[0].noise - 0.05).abs() < 1e-12);
        assert_eq!(positions(&cells, Some(1))[0].mean, [1.0]);
    }

    #[test]
    fn controls_move_the_centre_by_their_number() {
        assert_eq!(centre(&[4.0], &[]), [4.0]);
        assert_eq!(centre(&[4.0], &[vec![0.0]]), [2.0]);
        assert_eq!(centre(&[4.0], &[vec![0.0], vec![2.0]]), [2.0]);
    }

    #[test]
    fn one_coordinate_is_worked_by_hand() {
        let comparison = TwoCovariance::new(vec![2.0], vec![1.0], vec![], vec![]);
        let own = Position { reference: 3, mean: vec![2.0], data_sets: 2.0, noise: 0.1 };
        let ratio = comparison.shifted_ratios(&[1.0], 5.0, 1, &[own])[0];
        // alone 2 + 1.5 + 0.2 = 3.7; share 2 / 2.6; left 3.7 − 1.53846 = 2.16154; off (1 − 1.53846)² / left
        // = 0.13413; ½ (ln(3.7 / 2.16154) + 1 / 3.7 − 0.13413) = 0.3369.
        assert!((ratio.log_ratio - 0.3369).abs() < 1e-3, "{ratio:?}");
        assert_eq!(ratio.reference, 3);
    }
}
